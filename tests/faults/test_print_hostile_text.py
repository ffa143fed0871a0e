"""Whatever an entry, a title, a name or an argument holds, a terminal gets nothing to obey."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import backend
import charlie
from backend import text as texts
from backend.database.journal import extractions
from backend.database.redis import server as redis_server
from backend.database.sqlite import connection
from backend.locations import templates_dir
from backend.records import EntityType, Span
from frontend.cli.group import COMMANDS, cli
from tests.faults.counts import LONG, survived

#: What terminals obey: colours that hide, a title, the clipboard, a link, a cleared screen, an
#: answer typed in the user's name, C1 forms of the same, and text that runs backwards.
HOSTILE = (
    "\x1b[38;5;66m\x1b[8m",
    "\x1b]0;owned\x07",
    "\x1b]52;c;cm0gLXJmIH4=\x1b\\",
    "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "\x1b[2J\x1b[H",
    '\x1b[6n\x1bP$q"p\x1b\\',
    "\x9b2J\x9d52;c;eA==\x9c\x90q",
    "\u202egnp.exe\u2066\u2069",
    "\x08\x08\x08\r\x7f\x0b\x0c\x00\u2028\u2029",
)
PAYLOAD = "Zed" + "".join(HOSTILE) + "Zed"

#: No argument of a process can hold a NUL.
ARGUMENT = PAYLOAD.replace("\0", "")

#: As little can the name of a file, nor a slash.
NAME = ARGUMENT.replace("/", "")

# What click.style writes around a piece: the only sequences that are Charlie's own.
_OWN = re.compile(r"\x1b\[(?:0|1|2|22|3\d)m")


def find_obeyed(output: str) -> set[str]:
    """The characters of an output that a terminal would obey."""
    return {
        character
        for character in _OWN.sub("", output)
        if (unicodedata.category(character) in ("Cc", "Zl", "Zp") and character not in "\n\t")
        or character in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    }


@pytest.fixture
def hostile_journal(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A journal of hostile text on a terminal that shows colours; the uuid of its entry."""
    monkeypatch.setitem(cli.context_settings, "color", True)
    text = f"# {PAYLOAD}\n\nMet {PAYLOAD} at noon. #tag{PAYLOAD}\nrain"
    entry = backend.add_entry(text, title=PAYLOAD, uuid="hostile-1")
    start = text.index("Met ") + 4
    span = Span(start, start + len(PAYLOAD), EntityType.PERSON, 0.9)
    assert extractions.store_extraction(entry.uuid, 1, PAYLOAD, [span])
    backend.edit_entry(entry.uuid, text + " more", title=PAYLOAD + "2")
    gone = backend.add_entry(text, uuid="hostile-2")
    backend.delete_entry(gone.uuid)
    backend.save_draft("typed", text, journal="default")
    (templates_dir() / f"{NAME}.md").write_text(text, encoding="utf-8")
    (templates_dir() / "bad.md").write_bytes(b"\xff")
    yield entry.uuid
    redis_server.leave()
    connection.close_all()


#: Ways to run each command: those that show what is stored, and those that repeat an argument.
RUNS: dict[str, Sequence[Sequence[str]]] = {
    "add": [["fine"], [ARGUMENT], [ARGUMENT, "--json"], ["x", "--journal", ARGUMENT],
            ["x", "--date", ARGUMENT], ["x", "--title", ARGUMENT * 20],
            ["x", "--template", ARGUMENT], ["x", "--template", "bad"], ["x", "--template", NAME]],
    "edit": [["hostile-1", "--text", ARGUMENT, "--json"], [ARGUMENT, "--text", "x"],
             ["hostile-1", "--date", ARGUMENT]],
    "delete": [["hostile-1"], [ARGUMENT]],
    "restore": [["hostile-2"], [ARGUMENT]],
    "list": [[], ["--json"], ["--journal", ARGUMENT], ["--limit", ARGUMENT]],
    "show": [["hostile-1"], ["hostile-1", "--json"], [ARGUMENT], ["hostile-2"]],
    "template": [["list"], ["list", "--json"], ["show", NAME], ["show", NAME, "--json"],
                 ["show", ARGUMENT], ["show", "bad"], ["edit", ARGUMENT, "--text", "x"],
                 ["edit", "fine", "--text", ARGUMENT], [ARGUMENT]],
    "prompt": [[], ["--json"], [ARGUMENT]],
    "draft": [[], ["--json"], ["show", "typed"], ["show", ARGUMENT], ["save", ARGUMENT],
              ["discard", ARGUMENT], [ARGUMENT]],
    "lock": [["status"], ["--after", ARGUMENT], [ARGUMENT]],
    "trash": [[], ["--json"], [ARGUMENT]],
    "history": [["hostile-1"], ["hostile-1", "--json"], [ARGUMENT]],
    "search": [["rain"], ["rain", "--json"], [ARGUMENT], [f'"{ARGUMENT}'], [f"in:{ARGUMENT}"],
               [f"journal:{ARGUMENT}"], ["Zed"]],
    "journals": [[], ["--json"], [ARGUMENT]],
    "journal": [["create", ARGUMENT], ["rename", ARGUMENT, "x"], ["rename", "default", ARGUMENT],
                ["delete", ARGUMENT], [ARGUMENT]],
    "on-this-day": [[], ["--json"], ["--date", ARGUMENT], [ARGUMENT]],
    "calendar": [[], ["--json"], ["--journal", ARGUMENT], [ARGUMENT]],
    "stats": [[], ["--json"], ["--journal", ARGUMENT], [ARGUMENT]],
    "config": [["list"], ["list", "--json"], ["get", ARGUMENT], ["set", ARGUMENT, "x"],
               ["set", "theme", ARGUMENT], ["set", "journal", ARGUMENT], [ARGUMENT]],
    "entities": [[], ["--json"], ["--type", ARGUMENT]],
    "entity": [["show", ARGUMENT], ["show", "Zed"], [ARGUMENT], ["show", ARGUMENT, "--json"]],
    "extract": [[ARGUMENT], ["--model", ARGUMENT, "/dev/null"]],
    "process": [[ARGUMENT]],
    "inference": [[ARGUMENT], ["on"]],
    "queue": [[], ["--json"], ["retry", ARGUMENT], ["drop", ARGUMENT], [ARGUMENT]],
    "worker": [["status"], ["status", "--json"], [ARGUMENT]],
    "model": [["list"], ["list", "--json"], ["use", ARGUMENT], ["info", ARGUMENT], [ARGUMENT],
              ["download", ARGUMENT]],
    "reread": [["--since", ARGUMENT], [ARGUMENT]],
    "backup": [[f"/nowhere/{ARGUMENT}"], [ARGUMENT, ARGUMENT]],
    "restore-backup": [[f"/nowhere/{ARGUMENT}"], [ARGUMENT]],
    "doctor": [[], ["--json"], [ARGUMENT]],
}  # fmt: skip


def test_every_command_has_its_runs() -> None:
    assert RUNS.keys() == COMMANDS.keys()


@pytest.mark.parametrize("command", RUNS)
def test_a_command_prints_nothing_that_is_obeyed(
    command: str, hostile_journal: str, capsys: pytest.CaptureFixture[str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    for arguments in RUNS[command]:
        code = charlie.main([command, *arguments])
        output, errors = capsys.readouterr()
        assert find_obeyed(output) == set(), arguments
        assert find_obeyed(errors) == set(), arguments
        assert "inside Charlie" not in errors, arguments
        assert code in (0, 1, 2)
        survived("command run on hostile text")
    assert hostile_journal


def test_the_door_repeats_nothing_that_is_obeyed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(cli.context_settings, "color", True)
    for arguments in ([ARGUMENT], [f"--{ARGUMENT}"], ["list", f"--{ARGUMENT}"], ["list", "-\x9b"]):
        assert charlie.main(arguments) == 2
        output, errors = capsys.readouterr()
        assert find_obeyed(output + errors) == set()
        survived("command run on hostile text")


def test_stored_text_is_not_changed(hostile_journal: str) -> None:
    assert PAYLOAD in backend.get_entry(hostile_journal).text


_PIECES = st.lists(
    st.sampled_from([*HOSTILE, "word", " ", "\n", "é", "👩‍👧"]) | st.text(max_size=8)
)


@given(_PIECES.map("".join))
@settings(
    max_examples=2_000 if LONG else 200, deadline=None, suppress_health_check=list(HealthCheck)
)
def test_the_sanitiser_leaves_nothing_that_is_obeyed(text: str) -> None:
    for safe in (texts.for_terminal(text), texts.for_terminal_line(text)):
        assert len(safe) == len(text)
        assert find_obeyed(safe) == set()
    assert "\n" not in texts.for_terminal_line(text)


@given(_PIECES.map("".join).filter(lambda text: texts.has_content(text) and "\ud800" not in text))
@settings(
    max_examples=200 if LONG else 20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_any_text_is_shown_without_anything_that_is_obeyed(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    entry = backend.add_entry(text, title=text[:100])
    for arguments in (["show", entry.uuid], ["list"], ["search", "word"], ["journals"]):
        printed = _run(arguments)
        assert find_obeyed(printed) == set()


def _run(arguments: list[str]) -> str:
    """What a command prints on a terminal with colours."""
    from click.testing import CliRunner

    return CliRunner().invoke(cli, arguments, color=True).output


def test_what_is_obeyed_is_found() -> None:
    assert find_obeyed(click.style("fine", bold=True, fg="red") + "\n") == set()
    for piece in HOSTILE:
        assert find_obeyed(piece)
