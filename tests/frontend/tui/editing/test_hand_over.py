"""The text handed to the user's own editor and back, in a real terminal."""

from __future__ import annotations

import signal
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backend import add_entry, get_entry, list_drafts, list_entries
from backend.locations import rescue_dir
from tests.frontend.tui.journeys import opened
from tests.frontend.tui.terminal import Terminal, terminal

ESCAPE, EDITOR_KEY, UNDO = "\x1b", "\x05", "\x1a"


def editor(tmp_path: Path, script: str) -> dict[str, str]:
    """An editor that runs `script` with the file as `$1`."""
    path = tmp_path / "my editor"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return {"EDITOR": f"'{path}'"}


@contextmanager
def writing(text: str, environment: dict[str, str]) -> Iterator[Terminal]:
    """Charlie with `text` on a new page."""
    with terminal(environment={"VISUAL": "", **environment}, columns=100) as charlie:
        charlie.sees("Welcome.", "settings")
        charlie.send("n")
        charlie.sees("New entry")
        charlie.send(text)
        charlie.sees(text)
        yield charlie


def save_and_quit(charlie: Terminal) -> None:
    charlie.send(ESCAPE)
    charlie.sees("1 entry", "enter read")
    charlie.send("q")
    assert charlie.wait() == 0


def files() -> list[Path]:
    return sorted(rescue_dir().glob("*/entry.md"))


def text_of_the_entry() -> str:
    (entry,) = list_entries()
    return get_entry(entry.uuid).text


def test_what_the_editor_saved_is_on_the_page_and_can_be_undone(tmp_path: Path) -> None:
    script = f'stat -c "%a %n" "$1" > {tmp_path}/seen; echo " and more" >> "$1"'
    with writing("begun", editor(tmp_path, script)) as charlie:
        charlie.send(EDITOR_KEY)
        charlie.sees("and more", "draft kept")
        assert [draft.text for draft in list_drafts()] == ["begun and more"]
        charlie.send(UNDO)
        charlie.until(lambda: "and more" not in charlie.text)
        charlie.send("\x19")
        charlie.sees("and more")
        save_and_quit(charlie)
    mode, _, name = (tmp_path / "seen").read_text().strip().partition(" ")
    assert mode == "600"
    assert Path(name).parents[1] == rescue_dir()
    assert stat.S_IMODE(rescue_dir().stat().st_mode) == 0o700
    assert files() == []
    assert text_of_the_entry() == "begun and more"


def test_a_text_with_controls_comes_back_as_it_was(tmp_path: Path) -> None:
    text = "a\x1b[31m\r\nb\u2028c\U0010f01b"
    entry = add_entry(text)
    with terminal(environment={"VISUAL": "", **editor(tmp_path, 'printf " d" >> "$1"')}) as charlie:
        charlie.sees("1 entry", "enter read")
        charlie.send("e")
        charlie.sees("Editing")
        charlie.send(EDITOR_KEY)
        charlie.sees(" d", "draft kept")
        save_and_quit(charlie)
    assert get_entry(entry.uuid).text == text + " d"


def test_private_characters_from_the_editor_stay_what_they_are(tmp_path: Path) -> None:
    private = "".join(map(chr, (0x10FF00, 0x10FF1B, 0x10FF40)))
    (tmp_path / "text").write_text(private)
    script = f'cat {tmp_path}/text >> "$1"'
    with writing("begun", editor(tmp_path, script)) as charlie:
        charlie.send(EDITOR_KEY)
        charlie.until(lambda: [d.text for d in list_drafts()] == ["begun" + private])
        save_and_quit(charlie)
    assert text_of_the_entry() == "begun" + private


@pytest.mark.parametrize(
    ("script", "words", "kept"),
    [
        ('printf "\\377" > "$1"', "UTF-8", b"\xff"),
        (': > "$1"', "came back empty", b""),
        ('echo lost >> "$1"; exit 3', "ended with an error (3)", b"preciouslost\n"),
        ("kill -9 $$", "ended with an error", b"precious"),
    ],
)
def test_an_editor_that_fails_costs_nothing(
    tmp_path: Path, script: str, words: str, kept: bytes
) -> None:
    with writing("precious", editor(tmp_path, script)) as charlie:
        charlie.send(EDITOR_KEY)
        charlie.sees(words.split(maxsplit=1)[0], "precious", "Your text is kept in")
        save_and_quit(charlie)
    (file,) = files()
    assert file.read_bytes() == kept
    assert text_of_the_entry() == "precious"


def test_an_editor_that_is_not_there_is_told(tmp_path: Path) -> None:
    with writing("precious", {"EDITOR": str(tmp_path / "no-such-editor")}) as charlie:
        charlie.send(EDITOR_KEY)
        charlie.sees("could not be", "Set EDITOR", "precious")
        save_and_quit(charlie)
    assert text_of_the_entry() == "precious"


def test_ctrl_c_is_the_editors_alone(tmp_path: Path) -> None:
    script = 'trap "echo caught >> $1; exit 0" INT; echo waiting; while :; do sleep 0.1; done'
    with writing("begun", editor(tmp_path, script)) as charlie:
        charlie.send(EDITOR_KEY)
        charlie.sees("waiting")
        charlie.send("\x03")
        charlie.sees("beguncaught")
        save_and_quit(charlie)
    assert text_of_the_entry() == "beguncaught"


def test_a_connection_lost_in_the_editor_keeps_both_texts(tmp_path: Path) -> None:
    script = 'echo more >> "$1"; echo waiting; while :; do sleep 0.1; done'
    with writing("begun", editor(tmp_path, script)) as charlie:
        charlie.sees("draft kept")
        charlie.send(EDITOR_KEY)
        charlie.sees("waiting")
        charlie.hang_up()
        charlie.wait()
    assert [draft.text for draft in list_drafts()] == ["begun"]
    assert [file.read_text() for file in files()] == ["begunmore\n"]


def test_a_charlie_killed_under_the_editor_keeps_both_texts(tmp_path: Path) -> None:
    script = 'echo more >> "$1"; echo waiting; sleep 2'
    with writing("begun", editor(tmp_path, script)) as charlie:
        charlie.sees("draft kept")
        charlie.send(EDITOR_KEY)
        charlie.sees("waiting")
        charlie.signal(signal.SIGKILL)
        charlie.wait()
    assert [draft.text for draft in list_drafts()] == ["begun"]
    assert [file.read_text() for file in files()] == ["begunmore\n"]


async def test_where_no_editor_can_run_the_text_stays() -> None:
    async with opened() as journey:
        await journey.press("n")
        await journey.type("precious")
        await journey.press("ctrl+e")
        await journey.sees("cannot be handed", "precious")
        await journey.press("escape")
        await journey.until(lambda: journey.app.screen is journey.app.home)
    assert text_of_the_entry() == "precious"
