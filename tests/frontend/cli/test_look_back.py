"""history and the emptying of the trash, as typed in a shell."""

import json

from tests.commands import RunCharlie


def add(run: RunCharlie, text: str) -> str:
    return run("add", text).stdout.strip()


def test_shows_and_restores_earlier_texts(run_charlie: RunCharlie) -> None:
    uuid = add(run_charlie, "First \x1b[31mtext.")
    run_charlie("edit", uuid, "--text", "Second text.", "--title", "Named")
    listed = run_charlie("history", uuid[:8])
    assert listed.returncode == 0, listed.stderr
    assert "\x1b" not in listed.stdout
    newest, oldest = json.loads(run_charlie("history", uuid, "--json").stdout)
    assert (newest["revision"], newest["title"], newest["current"]) == (2, "Named", True)
    assert (oldest["revision"], oldest["text"], oldest["current"]) == (
        1,
        "First \x1b[31mtext.",
        False,
    )
    shown = run_charlie("history", uuid, "--show", "1").stdout
    assert shown.startswith("First ")
    assert "\x1b" not in shown
    restored = run_charlie("history", uuid, "--restore", "1", "--json")
    assert json.loads(restored.stdout)["revision"] == 3
    assert json.loads(run_charlie("show", uuid, "--json").stdout)["text"] == oldest["text"]


def test_history_tells_what_there_is_not(run_charlie: RunCharlie) -> None:
    uuid = add(run_charlie, "Text.")
    for arguments, code in (
        (["feedfeed"], 1),
        ([uuid, "--show", "2"], 1),
        ([uuid, "--restore", "2"], 1),
        ([uuid, "--show", "0"], 2),
        ([uuid, "--show", "1", "--restore", "1"], 2),
    ):
        done = run_charlie("history", *arguments)
        assert done.returncode == code
        assert done.stdout == ""
        assert "Traceback" not in done.stderr


def test_empties_the_trash_only_when_told(run_charlie: RunCharlie) -> None:
    kept, gone = add(run_charlie, "Kept."), add(run_charlie, "Gone.")
    run_charlie("delete", gone)
    refused = run_charlie("trash", "empty")
    assert refused.returncode == 2
    assert "--yes" in refused.stderr
    assert json.loads(
        run_charlie("trash", "empty", "--older-than", "30", "--yes", "--json").stdout
    ) == {"deleted": []}
    done = run_charlie("trash", "empty", "--yes", "--json")
    assert json.loads(done.stdout) == {"deleted": [gone]}
    assert run_charlie("trash", "--json").stdout.strip() == "[]"
    assert run_charlie("restore", gone).returncode == 1
    assert json.loads(run_charlie("show", kept, "--json").stdout)["text"] == "Kept."
    assert run_charlie("trash", "empty").returncode == 0


def test_purges_one_entry_of_the_trash(run_charlie: RunCharlie) -> None:
    first, second = add(run_charlie, "First."), add(run_charlie, "Second.")
    assert run_charlie("trash", "purge", first, "--yes").returncode == 1
    run_charlie("delete", first)
    run_charlie("delete", second)
    assert run_charlie("trash", "purge", first[:8], "--yes").returncode == 0
    assert [entry["uuid"] for entry in json.loads(run_charlie("trash", "--json").stdout)] == [
        second
    ]


def test_shows_what_changed_between_two_texts(run_charlie: RunCharlie) -> None:
    uuid = add(run_charlie, "We went to Lisbon.\nIt rained.")
    run_charlie("edit", uuid, "--text", "We went to Porto.\nIt rained.")
    run_charlie(
        "edit", uuid, "--text", "We went to Porto.\nIt \x1brained.\nHome.", "--title", "Trip"
    )
    last = run_charlie("history", uuid, "--diff")
    assert last.returncode == 0, last.stderr
    assert last.stdout.splitlines()[0] == "+ # Trip"
    assert "+ Home." in last.stdout
    assert "Lisbon" not in last.stdout
    assert "\x1b" not in last.stdout
    assert "added" in last.stderr
    first = run_charlie("history", uuid[:8], "--diff", "1", "2").stdout.splitlines()
    assert first == ["- We went to [-Lisbon-].", "+ We went to {+Porto+}.", "  It rained."]
    since = json.loads(run_charlie("history", uuid, "--diff", "1", "--json").stdout)
    assert {"change": "removed", "text": "We went to Lisbon.", "changed": [[11, 17]]} in since
    assert {"change": "added", "text": "Home.", "changed": [[0, 5]]} in since
    backwards = run_charlie("history", uuid, "--diff", "2", "1").stdout.splitlines()
    assert backwards[0] == "- We went to [-Porto-]."


def test_an_entry_with_one_text_is_compared_with_nothing(run_charlie: RunCharlie) -> None:
    uuid = add(run_charlie, "One.")
    assert run_charlie("history", uuid, "--diff").stdout == "+ One.\n"
    for arguments, code in ((["--diff", "7"], 1), (["2"], 2), (["--diff", "1", "1", "1"], 2)):
        done = run_charlie("history", uuid, *arguments)
        assert done.returncode == code
        assert done.stdout == ""


def test_the_trash_tells_since_when(run_charlie: RunCharlie) -> None:
    uuid = add(run_charlie, "Gone.")
    run_charlie("delete", uuid)
    (entry,) = json.loads(run_charlie("trash", "--json").stdout)
    assert entry["deleted_at"].endswith("Z")
    listed = run_charlie("trash").stdout
    assert listed.startswith("20")
    assert listed.rstrip().endswith(f"{uuid[:8]}  Gone.")
