"""Commands that need the worker: add --wait, process, inference, queue, worker, doctor."""

import json
from pathlib import Path

from tests.commands import RunCharlie

TEXT = "Had tea with Grandma in Lisbon. Afterwards Anna called from Lisbon, about yoga."


def test_waits_for_the_names_of_a_new_entry(run_charlie_process: RunCharlie) -> None:
    done = run_charlie_process("add", "--wait", "--json", TEXT)
    assert done.returncode == 0, done.stderr
    entry = json.loads(done.stdout)
    named = {entity["name"]: entity for entity in entry["entities"]}
    assert {"Lisbon", "Anna", "Grandma"} <= named.keys()
    assert named["Lisbon"]["type"] == "PLACE"
    assert named["Anna"]["type"] == "PERSON"
    for entity in entry["entities"]:
        assert entity["count"] == len(entity["mentions"])
        for mention in entity["mentions"]:
            assert TEXT[mention["start"] : mention["end"]] == mention["text"]
            assert 0 <= mention["confidence"] <= 1
    shown = json.loads(run_charlie_process("show", entry["uuid"], "--json").stdout)
    assert shown["entities"] == entry["entities"]
    assert shown["text"] == TEXT


def test_processes_what_waits_and_knows_the_people(run_charlie: RunCharlie) -> None:
    for day in (1, 2, 3):
        run_charlie("add", f"Met Anna in Lisbon, day {day}.", "--date", f"2025-03-0{day}")
    done = run_charlie("process")
    assert done.returncode == 0, done.stderr
    assert "3 of 3 read" in done.stderr
    assert "Nothing was waiting" in run_charlie("process").stderr
    listed = json.loads(run_charlie("entities", "--type", "person", "--json").stdout)
    assert [(entity["name"], entity["count"]) for entity in listed] == [("Anna", 3)]
    anna = json.loads(run_charlie("entity", "show", "anna", "--json").stdout)
    assert (anna["first"], anna["last"]) == ("2025-03-01", "2025-03-03")
    assert [mention["text"] for mention in anna["mentions"]] == ["Anna"] * 3
    assert len({mention["entry"] for mention in anna["mentions"]}) == 3
    assert "Met Anna in Lisbon, day 2." in run_charlie("entity", "show", "Anna").stdout
    found = json.loads(run_charlie("search", "@anna", "in:2025", "--json").stdout)
    assert len(found) == 3


def test_entries_wait_while_inference_is_off(run_charlie: RunCharlie) -> None:
    assert run_charlie("inference").stdout == "Inference is on.\n"
    assert run_charlie("inference", "off").stdout == "Inference is off.\n"
    done = run_charlie("add", "--wait", "--json", TEXT)
    assert done.returncode == 1
    assert "charlie inference on" in done.stderr
    entry = json.loads(done.stdout)
    assert entry["entities"] == []
    assert run_charlie("process").returncode == 1
    waiting = json.loads(run_charlie("queue", "--json").stdout)
    assert [episode["uuid"] for episode in waiting] == [entry["uuid"]]
    assert json.loads(run_charlie("inference", "--json").stdout) == {"enabled": False}
    assert run_charlie("inference", "on").returncode == 0
    assert run_charlie("process").returncode == 0
    assert json.loads(run_charlie("show", entry["uuid"], "--json").stdout)["entities"]


def test_nobody_works_when_nobody_is_there(run_charlie: RunCharlie) -> None:
    done = run_charlie("worker", "status", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["phase"] == "stopped"


def test_an_unreachable_redis_is_told_and_costs_no_entry(run_charlie_process: RunCharlie) -> None:
    away = {"CHARLIE_REDIS_URL": "redis://127.0.0.1:1/0"}
    done = run_charlie_process("add", "Still written.", environment=away)
    assert done.returncode == 0
    assert "Still written." in run_charlie_process("list", environment=away).stdout
    for command in (["process"], ["inference"], ["queue"]):
        done = run_charlie_process(*command, environment=away)
        assert done.returncode == 1
        assert "Redis" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_missing_model_is_told_and_costs_no_entry(
    run_charlie_process: RunCharlie, tmp_path: Path
) -> None:
    away = {"CHARLIE_MODEL": str(tmp_path / "nowhere.gguf")}
    uuid = run_charlie_process("add", TEXT, environment=away).stdout.strip()
    done = run_charlie_process("process", environment=away)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert run_charlie_process("process").returncode == 0
    assert json.loads(run_charlie_process("show", uuid, "--json").stdout)["entities"]


def test_the_doctor_finds_a_healthy_charlie(run_charlie: RunCharlie) -> None:
    run_charlie("add", TEXT)
    done = run_charlie("doctor", "--json")
    assert done.returncode == 0, done.stdout
    assert all(check["ok"] for check in json.loads(done.stdout))


def test_the_doctor_finds_a_damaged_journal(run_charlie: RunCharlie, charlie_home: Path) -> None:
    charlie_home.mkdir(mode=0o700)
    (charlie_home / "charlie.db").write_bytes(b"this is no database" * 1000)
    done = run_charlie("doctor")
    assert done.returncode == 1
    assert "not a database" in done.stdout
    assert (charlie_home / "charlie.db").read_bytes() == b"this is no database" * 1000


def test_the_worker_can_be_switched_off_altogether(run_charlie: RunCharlie) -> None:
    uuid = run_charlie("add", TEXT).stdout.strip()
    assert run_charlie("worker", "off").returncode == 0
    done = run_charlie("process")
    assert done.returncode == 1
    assert "charlie worker on" in done.stderr
    assert not json.loads(run_charlie("show", uuid, "--json").stdout)["read"]
    assert run_charlie("worker", "on").returncode == 0
    assert run_charlie("process").returncode == 0
    assert json.loads(run_charlie("show", uuid, "--json").stdout)["read"]
