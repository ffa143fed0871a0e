"""extract: text in, spans out, nothing stored."""

import json
from pathlib import Path

import pytest

from tests.commands import RunCharlie


def test_answers_line_for_line(run_charlie: RunCharlie, charlie_home: Path) -> None:
    texts = ["Anna flew to Lisbon.", "", "Nothing here.", "👩‍👧 Anna\tin Łódź 🎉 with Ben"]
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    done = run_charlie("extract", "--jsonl", stdin=lines)
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(texts)
    for text, answer in zip(texts, answers, strict=True):
        for entity in answer["entities"]:
            assert text[entity["start"] : entity["end"]] == entity["text"]
    assert {entity["text"] for entity in answers[0]["entities"]} == {"Anna", "Lisbon"}
    assert answers[1] == {"entities": []}
    assert not (charlie_home / "charlie.db").exists()
    assert not (charlie_home / "redis").exists()


@pytest.mark.parametrize("line", ["not json", "[]", '{"text": 5}', "{}", '{"text": "\\ud800"}'])
def test_a_bad_line_holds_up_no_other(run_charlie: RunCharlie, line: str) -> None:
    good = json.dumps({"text": "Anna flew to Lisbon."})
    done = run_charlie("extract", "--jsonl", stdin=f"{good}\n{line}\n{good}\n")
    assert done.returncode == 1
    assert "Line 2" in done.stderr
    first, bad, last = (json.loads(answer) for answer in done.stdout.splitlines())
    assert first == last
    assert first["entities"]
    assert bad["entities"] == []
    assert bad["error"]


def test_reads_a_file_for_people_and_for_programs(run_charlie: RunCharlie, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Anna flew to Lisbon.\n")
    printed = run_charlie("extract", str(file)).stdout
    assert "PERSON" in printed
    assert "Lisbon" in printed
    entities = json.loads(run_charlie("extract", str(file), "--json").stdout)["entities"]
    assert [entity["type"] for entity in entities] == ["PERSON", "PLACE"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["extract", "no-such-file"], 1),
        (["extract", "--model", "no-such-model"], 2),
        (["extract", "--model", "/no/such/file.gguf"], 1),
        (["extract", "/"], 1),
    ],
)
def test_what_cannot_be_read_is_told(
    run_charlie: RunCharlie, arguments: list[str], code: int
) -> None:
    done = run_charlie(*arguments, stdin="Anna")
    assert done.returncode == code
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_a_damaged_model_is_told(run_charlie: RunCharlie, tmp_path: Path) -> None:
    file = tmp_path / "model.gguf"
    file.write_bytes(b"GGUF" + bytes(1000))
    done = run_charlie("extract", "--model", str(file), stdin="Anna")
    assert done.returncode == 1
    assert str(file) in done.stderr
    assert "Traceback" not in done.stderr
