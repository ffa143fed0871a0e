"""Streams that hold only some characters, that are closed, or that nobody reads to their end."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from backend.database.journal.entries import get_entry, list_entries
from tests.commands import CHARLIE, PATIENCE, RunCharlie
from tests.frontend.tui.terminal import Terminal

_LATIN_1 = {"PYTHONIOENCODING": "iso-8859-1", "PYTHONUTF8": "0"}


def _texts() -> list[str]:
    return [get_entry(entry.uuid).text for entry in list_entries()]


def test_what_a_stream_cannot_hold_is_replaced_or_escaped(run_charlie_process: RunCharlie) -> None:
    text = "She said “no”. 田"
    done = run_charlie_process("add", "--json", text, environment=_LATIN_1)
    assert done.returncode == 0
    assert json.loads(done.stdout)["text"] == text
    assert done.stdout.isascii()
    assert _texts() == [text]
    for command in (("list",), ("search", "said"), ("show", json.loads(done.stdout)["uuid"])):
        done = run_charlie_process(*command, environment=_LATIN_1)
        assert done.returncode == 0
        assert "She said ?no?. ?" in done.stdout


@pytest.fixture
def latin_1(tmp_path: Path) -> dict[str, str]:
    """The environment of a locale that is not UTF-8."""
    name = "en_US.ISO-8859-1"
    if not shutil.which("localedef") or subprocess.run(
        ["localedef", "-i", "en_US", "-f", "ISO-8859-1", tmp_path / name],
        check=False,
        capture_output=True,
    ).returncode not in (0, 1):
        pytest.skip("this machine cannot make a locale")
    return {"LOCPATH": str(tmp_path), "LC_ALL": name}


def test_what_is_typed_in_another_charset_is_understood(
    run_charlie_process: RunCharlie, latin_1: dict[str, str]
) -> None:
    done = subprocess.run(
        [CHARLIE, "add", b"caf\xe9 cr\xe8me"],
        env={**os.environ, **latin_1},
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0
    done_piped = run_charlie_process("add", "-", stdin=b"l\xe0 bas", environment=latin_1)
    assert done_piped.returncode == 0
    # What is UTF-8 is UTF-8, whatever the locale.
    run_charlie_process("add", "-", stdin="田", environment=latin_1)
    assert sorted(_texts()) == ["café crème", "là bas", "田"]


def test_a_key_in_another_charset_is_a_letter(latin_1: dict[str, str]) -> None:
    charlie = Terminal(CHARLIE, environment=latin_1)
    try:
        charlie.sees("Welcome.")
        charlie.send("n")
        charlie.sees("New entry")
        charlie.send(b"caf\xe9 noir")
        charlie.sees("noir")
        charlie.send("\x1b")
        charlie.sees("1 entry")
        charlie.send("q")
        assert charlie.wait() == 0
    finally:
        charlie.close()
    assert _texts() == ["café noir"]


def test_a_reader_that_has_read_enough_is_no_failure() -> None:
    for number in range(3):
        subprocess.run([CHARLIE, "add", f"Entry {number}."], check=True, capture_output=True)
    for arguments in (["list"], ["list", "--json"], ["--help"]):
        with subprocess.Popen(
            [CHARLIE, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as command:
            assert command.stdout is not None
            assert command.stderr is not None
            command.stdout.close()
            errors = command.stderr.read()
            assert command.wait() == 0
        assert errors == b""


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_that_are_closed_are_no_failure(closed: str) -> None:
    command = f"'{CHARLIE}' add 'Said to nobody.' {closed}"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, check=False)
    assert done.returncode == 0
    assert _texts() == ["Said to nobody."]


def test_nothing_on_a_closed_input_is_told_in_a_sentence() -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f"'{CHARLIE}' add - <&-"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "nothing to save" in done.stderr


def test_typing_into_a_command_says_how_to_end_and_keeps_what_was_typed() -> None:
    charlie = Terminal(CHARLIE, "add", "-")
    try:
        charlie.sees("ctrl+d")
        charlie.send("Half a thought\r")
        charlie.sees("Half a thought")
        charlie.signal(signal.SIGINT)
        charlie.sees("is kept in")
        assert charlie.wait() == 130
    finally:
        charlie.close()
    assert _texts() == []
    (kept,) = (Path(os.environ["CHARLIE_HOME"]) / "rescued").iterdir()
    assert kept.read_text() == "Half a thought\n"
