"""add, edit, delete and restore, as typed in a shell."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.backend.services.work import wait_until
from tests.commands import RunCharlie


def add(run: RunCharlie, *words: str) -> str:
    done = run("add", *words)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def editor(tmp_path: Path, script: str) -> dict[str, str]:
    """An $EDITOR that runs `script` on the file it is given."""
    path = tmp_path / "editor.sh"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return {"EDITOR": str(path), "VISUAL": ""}


def test_adds_words_and_prints_the_uuid(run_charlie: RunCharlie) -> None:
    uuid = add(run_charlie, "Tea", "with", "Grandma.")
    shown = json.loads(run_charlie("show", uuid, "--json").stdout)
    assert shown["text"] == "Tea with Grandma."
    assert shown["uuid"] == uuid
    assert shown["journal"] == "default"


def test_adds_standard_input_unchanged(run_charlie_process: RunCharlie) -> None:
    text = "Ligne à ligne\n\n\ttab, emoji 👩‍👧, NUL \x00 and escape \x1b[31m.\r\n"
    uuid = run_charlie_process("add", "-", stdin=text).stdout.strip()
    assert json.loads(run_charlie_process("show", uuid, "--json").stdout)["text"] == text


def test_reads_a_pipe_without_being_told(run_charlie: RunCharlie) -> None:
    uuid = run_charlie("add", stdin="From a pipe.").stdout.strip()
    assert json.loads(run_charlie("show", uuid, "--json").stdout)["text"] == "From a pipe."


def test_prints_the_entry_as_json(run_charlie: RunCharlie) -> None:
    done = run_charlie(
        "add", "Walked.", "--json", "--journal", "Travel", "--date", "2024-02-29 23:30"
    )
    entry = json.loads(done.stdout)
    assert entry["journal"] == "Travel"
    assert entry["local_date"] == "2024-02-29"
    assert entry["created_at"] == "2024-02-29T23:30:00Z"
    assert entry["entities"] == []


def test_an_evening_falls_on_the_writers_day(run_charlie_process: RunCharlie) -> None:
    done = run_charlie_process(
        "add",
        "Late.",
        "--json",
        "--date",
        "2024-07-04 23:30",
        environment={"TZ": "America/New_York"},
    )
    entry = json.loads(done.stdout)
    assert entry["local_date"] == "2024-07-04"
    assert entry["created_at"] == "2024-07-05T03:30:00Z"


@pytest.mark.parametrize("text", ["", "  \n ", "\x00", "\u200b"])
def test_an_empty_entry_is_refused(run_charlie: RunCharlie, text: str) -> None:
    done = run_charlie("add", "-", stdin=text)
    assert done.returncode == 2
    assert "empty" in done.stderr.lower()
    assert run_charlie("list", "--json").stdout.strip() == "[]"


def test_invalid_utf8_is_kept_and_not_guessed(
    run_charlie_process: RunCharlie, charlie_home: Path
) -> None:
    done = run_charlie_process("add", "-", stdin=b"caf\xe9 with Anna")
    assert done.returncode == 2
    assert "UTF-8" in done.stderr
    (kept,) = (charlie_home / "rescued").iterdir()
    assert str(kept) in done.stderr
    assert kept.read_bytes() == b"caf\xe9 with Anna"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_invalid_utf8_in_arguments_is_kept(
    run_charlie_process: RunCharlie, charlie_home: Path
) -> None:
    done = run_charlie_process("add", os.fsdecode(b"caf\xe9"))
    assert done.returncode == 2
    (kept,) = (charlie_home / "rescued").iterdir()
    assert kept.read_bytes() == b"caf\xe9"


def test_five_megabytes_are_an_entry(run_charlie_process: RunCharlie) -> None:
    text = "All work and no play. " * 240_000
    uuid = run_charlie_process("add", "-", stdin=text).stdout.strip()
    assert json.loads(run_charlie_process("show", uuid, "--json").stdout)["text"] == text


def test_a_wrong_date_is_refused_and_nothing_saved(run_charlie: RunCharlie) -> None:
    done = run_charlie("add", "Soon.", "--date", "soonish")
    assert done.returncode == 2
    assert "soonish" in done.stderr
    assert run_charlie("list", "--json").stdout.strip() == "[]"


def test_edits_with_text_and_keeps_the_uuid(run_charlie: RunCharlie) -> None:
    uuid = add(run_charlie, "First.")
    done = run_charlie("edit", uuid, "--text", "Second.", "--json")
    assert json.loads(done.stdout)["text"] == "Second."
    assert json.loads(done.stdout)["uuid"] == uuid
    assert run_charlie("edit", uuid, "--text", "-", stdin="Third.").returncode == 0
    assert json.loads(run_charlie("show", uuid, "--json").stdout)["text"] == "Third."


def test_edits_in_the_editor(run_charlie: RunCharlie, tmp_path: Path, charlie_home: Path) -> None:
    uuid = add(run_charlie, "First.")
    environment = editor(tmp_path, 'printf "First. And more.\\n" > "$1"')
    done = run_charlie("edit", uuid, environment=environment)
    assert done.returncode == 0, done.stderr
    assert json.loads(run_charlie("show", uuid, "--json").stdout)["text"] == "First. And more."
    assert not list((charlie_home / "rescued").iterdir())


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ('printf "Half a thought" > "$1"; exit 3', "ended with an error (3)"),
        ('printf "caf\\351" > "$1"', "UTF-8"),
        ('printf "" > "$1"', "empty"),
    ],
)
def test_what_a_failing_editor_saved_is_kept(
    run_charlie: RunCharlie, tmp_path: Path, charlie_home: Path, script: str, says: str
) -> None:
    uuid = add(run_charlie, "First.")
    done = run_charlie("edit", uuid, environment=editor(tmp_path, script))
    assert done.returncode in (1, 2)
    assert says in done.stderr
    (kept,) = (charlie_home / "rescued").glob("*/entry.md")
    assert str(kept) in done.stderr
    assert json.loads(run_charlie("show", uuid, "--json").stdout)["text"] == "First."


def test_a_missing_editor_is_named(run_charlie: RunCharlie) -> None:
    uuid = add(run_charlie, "First.")
    done = run_charlie("edit", uuid, environment={"EDITOR": "no-such-editor", "VISUAL": ""})
    assert done.returncode == 1
    assert "no-such-editor" in done.stderr
    assert "EDITOR" in done.stderr


def test_the_database_failing_under_an_editor_keeps_the_text(
    run_charlie: RunCharlie, tmp_path: Path, charlie_home: Path
) -> None:
    uuid = add(run_charlie, "First.")
    environment = editor(
        tmp_path, f'printf "Precious" > "$1"; printf garbage-garbage > "{charlie_home}/charlie.db"'
    )
    done = run_charlie("edit", uuid, environment=environment)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    (kept,) = (charlie_home / "rescued").glob("*/entry.md")
    assert kept.read_text() == "Precious"
    assert str(kept) in done.stderr


def test_moves_an_entry_to_another_day(run_charlie: RunCharlie) -> None:
    uuid = add(run_charlie, "About last week.")
    done = run_charlie("edit", uuid, "--date", "2025-01-02", "--json")
    assert json.loads(done.stdout)["local_date"] == "2025-01-02"
    assert json.loads(done.stdout)["text"] == "About last week."


def test_deletes_to_the_trash_and_restores(run_charlie: RunCharlie) -> None:
    uuid = add(run_charlie, "Regretted.")
    assert run_charlie("delete", uuid[:8]).returncode == 0
    assert run_charlie("list", "--json").stdout.strip() == "[]"
    gone = run_charlie("show", uuid)
    assert gone.returncode == 1
    assert "trash" in gone.stderr
    assert [entry["uuid"] for entry in json.loads(run_charlie("trash", "--json").stdout)] == [uuid]
    assert run_charlie("restore", uuid).returncode == 0
    assert json.loads(run_charlie("show", uuid, "--json").stdout)["text"] == "Regretted."


@pytest.mark.parametrize("command", [["show"], ["edit", "--text", "x"], ["delete"], ["restore"]])
def test_an_unknown_uuid_is_told(run_charlie: RunCharlie, command: list[str]) -> None:
    done = run_charlie(*command, "feedfeed")
    assert done.returncode == 1
    assert "feedfeed" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_window_that_is_not_waited_for_is_told_and_its_text_offered(
    run_charlie_process: RunCharlie, tmp_path: Path, charlie_home: Path
) -> None:
    go = tmp_path / "go"
    script = (
        f'(until [ -e {go} ]; do sleep 0.05; done; echo "Typed late." > "$1") > /dev/null 2>&1 &'
    )
    environment = editor(tmp_path, script)
    uuid = add(run_charlie_process, "First.")
    # Whatever a busy machine takes for it is at once.
    code = (
        "import sys, charlie; from frontend.shared import external_editor as editor;"
        "editor._AT_ONCE = 1e9; sys.exit(charlie.main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "edit", uuid],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "returned at once" in done.stderr
    assert "--wait" in done.stderr
    (file,) = (charlie_home / "rescued").glob("*/entry.md")
    assert run_charlie_process("draft").stdout == ""
    go.touch()
    wait_until(lambda: file.read_text() == "Typed late.\n")
    shown = run_charlie_process("draft").stdout
    assert "Typed late." in shown
    assert run_charlie_process("draft").stdout == shown


def test_what_an_editor_leaves_beside_its_file_goes_with_it(
    run_charlie: RunCharlie, tmp_path: Path, charlie_home: Path
) -> None:
    environment = editor(
        tmp_path, 'echo "Kept." > "$1"; cp "$1" "$1~"; cp "$1" "$(dirname "$1")/.entry.md.swp"'
    )
    uuid = add(run_charlie, "First.")
    assert run_charlie("edit", uuid, environment=environment).returncode == 0
    assert list((charlie_home / "rescued").iterdir()) == []
    (charlie_home / "rescued" / "entry-old.md~").write_text("Deleted long ago.")
    done = run_charlie("doctor")
    assert "entry-old.md~" in done.stdout


@pytest.mark.parametrize("command", ["~/my-editor", "$HOME/my-editor", "WORD=late ~/my-editor -x"])
def test_an_editor_is_named_as_a_shell_would_read_it(
    run_charlie: RunCharlie, tmp_path: Path, command: str
) -> None:
    script = tmp_path / "my-editor"
    script.write_text('#!/bin/sh\nfor file; do :; done; echo "Written ${WORD:-so}." > "$file"\n')
    script.chmod(0o700)
    environment = {"EDITOR": command, "VISUAL": "", "HOME": str(tmp_path)}
    uuid = add(run_charlie, "First.")
    done = run_charlie("edit", uuid, environment=environment)
    assert done.returncode == 0, done.stderr
    word = "late" if "WORD" in command else "so"
    assert f"Written {word}." in run_charlie("list").stdout


def test_a_missing_editor_is_named_by_the_shell_too(run_charlie: RunCharlie) -> None:
    uuid = add(run_charlie, "First.")
    done = run_charlie("edit", uuid, environment={"EDITOR": "~/no-such-editor", "VISUAL": ""})
    assert done.returncode == 1
    assert "“~/no-such-editor” could not be started" in done.stderr


def test_several_entries_are_deleted_at_once_or_none(run_charlie: RunCharlie) -> None:
    first, second, third = (add(run_charlie, f"Entry {number}.") for number in range(3))
    done = run_charlie("delete", first, "no-such-entry", second)
    assert done.returncode == 1
    assert len(run_charlie("list").stdout.split("Entry")) == 4
    done = run_charlie("delete", first, second[:8], first)
    assert done.returncode == 0
    assert done.stderr.count("charlie restore") == 2
    shown = run_charlie("list").stdout
    assert third[:8] in shown
    assert first[:8] not in shown
