"""The cover: on request, after a while, before anything is shown; what it hides and keeps."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

import backend
from backend import add_entry, list_drafts, list_entries, locations
from backend.preferences import LOCK_AFTER, SHOWN_JOURNAL, THEME
from backend.services import screen_lock
from frontend.tui.screens.editor import EditorScreen
from frontend.tui.screens.lock import LockScreen
from frontend.tui.screens.search import SearchScreen
from tests.frontend.tui.journeys import SIZES, Journey, begun, opened
from tests.frontend.tui.terminal import terminal


def is_covered(journey: Journey) -> bool:
    return isinstance(journey.app.screen, LockScreen)


@pytest.mark.parametrize("size", SIZES)
async def test_without_a_passphrase_any_key_shows_the_journal_again(size: tuple[int, int]) -> None:
    add_entry("Nobody should read this")
    async with opened(size) as journey:
        await journey.press("ctrl+l")
        await journey.sees("Any key shows the journal again", "charlie lock set")
        assert "Nobody" not in journey.text
        await journey.press("ctrl+p")
        await journey.until(lambda: journey.app.screen is journey.app.home)
        await journey.sees("Nobody should read this")


@pytest.mark.parametrize("theme", ["charlie", "charlie-light", "ansi-dark"])
async def test_nothing_of_the_journal_is_seen_through_the_cover(theme: str) -> None:
    backend.set_preference(THEME, theme)
    screen_lock.set_passphrase("open sesame")
    add_entry("Nobody should read this", journal="Secret garden")
    async with opened_covered() as journey:
        await journey.sees("Passphrase", "encrypts nothing")
        journey.app.notify("“Nobody should read this” was given up.")
        journey.app.action_drafts()
        await journey.pilot.pause(0.3)
        assert "Nobody" not in journey.text
        await unlock(journey, "open sesame")
        await journey.sees("Nobody should read this", "was given")
        await journey.press("ctrl+l")
        await journey.sees("Passphrase")
        await journey.pilot.pause(0.3)
        assert "Nobody" not in journey.text


@asynccontextmanager
async def opened_covered(size: tuple[int, int] = (80, 24)) -> AsyncIterator[Journey]:
    """Charlie, running without a terminal, whose passphrase is asked for."""
    async with begun(size) as journey:
        assert is_covered(journey)
        await journey.sees("Passphrase")
        yield journey


async def unlock(journey: Journey, passphrase: str) -> None:
    await journey.type(passphrase)
    await journey.press("enter")
    await journey.until(lambda: not is_covered(journey))


def let_the_next_try_count_in(seconds: float) -> None:
    path = locations.run_dir() / "lock-tries.json"
    record = json.loads(path.read_text())
    path.write_text(json.dumps({**record, "until": time.time() + seconds}))


async def test_a_wrong_passphrase_costs_time() -> None:
    screen_lock.set_passphrase("open sesame")
    add_entry("Nobody should read this")
    async with opened_covered() as journey:
        await journey.type("sesame")
        assert "sesame" not in journey.text
        await journey.press("enter")
        await journey.sees("That is not it. The next try counts in 1 s.")
        let_the_next_try_count_in(50)
        await journey.type("open sesame")
        await journey.press("enter")
        await journey.sees("Not yet.")
        assert is_covered(journey)
        let_the_next_try_count_in(0)
        await journey.type("again")
        await journey.press("enter")
        await journey.sees("The next try counts in 2 s.")
        let_the_next_try_count_in(0)
        await unlock(journey, "open sesame")
        await journey.sees("Nobody should read this")


async def test_what_is_typed_goes_on_being_kept_below() -> None:
    screen_lock.set_passphrase("open sesame")
    async with opened_covered() as journey:
        await unlock(journey, "open sesame")
        await journey.press("n")
        await journey.type("Half a thought")
        await journey.press("ctrl+l")
        await journey.sees("Passphrase")
        assert "Half" not in journey.text
        await journey.until(lambda: [draft.text for draft in list_drafts()] == ["Half a thought"])
        await unlock(journey, "open sesame")
        assert isinstance(journey.app.screen, EditorScreen)
        await journey.type(" and the rest")
        await journey.press("escape")
        await journey.sees("1 entry", "Half a thought and the rest")


async def test_a_modal_is_covered_too_and_is_there_afterwards() -> None:
    add_entry("Nobody should read this")
    async with opened() as journey:
        await journey.press("s")
        await journey.sees("Read my entries")
        await journey.press("ctrl+l")
        await journey.sees("Any key")
        assert "Nobody" not in journey.text
        await journey.press("y")
        await journey.sees("Read my entries")


async def test_a_walk_that_has_begun_does_not_take_the_cover_away() -> None:
    add_entry("Nobody should read this")
    async with opened() as journey:
        journey.app.action_go("search")
        journey.app.action_lock()
        await journey.sees("Any key")
        journey.app.navigation.back()
        await journey.pilot.pause(0.3)
        assert is_covered(journey)
        await journey.press("x")
        await journey.until(lambda: journey.app.screen is journey.app.home)
        journey.app.action_lock()
        await journey.sees("Any key")
        journey.app.action_go("search")
        await journey.pilot.pause(0.3)
        assert is_covered(journey)
        await journey.press("x")
        await journey.until(lambda: isinstance(journey.app.screen, SearchScreen))


async def test_the_screen_is_covered_when_nobody_is_there() -> None:
    backend.set_preference(LOCK_AFTER, "5")
    async with opened() as journey:
        journey.app.screen_lock._look()
        await journey.pilot.pause(0.2)
        assert not is_covered(journey)
        # As if the machine had slept for an hour: only one of the two clocks went on.
        monotonic, wall = journey.app.screen_lock._clocks
        journey.app.screen_lock._clocks = (monotonic, wall - 3600)
        journey.app.screen_lock._look()
        await journey.sees("Any key")
        await journey.press("x")
        await journey.until(lambda: not is_covered(journey))
        journey.app.screen_lock._look()
        await journey.pilot.pause(0.2)
        assert not is_covered(journey)


async def test_the_time_is_changed_on_the_screen() -> None:
    async with opened((100, 40)) as journey:
        assert journey.app.screen_lock.patience is None
        await journey.press("s")
        await journey.sees("Cover the screen", "After so long without a key.")


async def test_a_passphrase_that_was_set_meanwhile_is_asked_for() -> None:
    async with opened() as journey:
        screen_lock.set_passphrase("open sesame")
        await journey.press("ctrl+l")
        await journey.sees("Passphrase", "unlock")
        await unlock(journey, "open sesame")
        screen_lock.remove_passphrase(is_forgotten=True)
        await journey.press("ctrl+l")
        await journey.sees("Any key")


def test_nothing_is_painted_before_the_passphrase_and_leaving_keeps_the_draft() -> None:
    screen_lock.set_passphrase("open sesame")
    backend.set_preference(SHOWN_JOURNAL, "Secret garden")
    add_entry("Nobody should read this", journal="Secret garden")
    with terminal() as charlie:
        charlie.sees("Passphrase", "unlock")
        time.sleep(1)
        charlie.sees("Passphrase")
        for word in (b"Nobody", b"Secret", b"garden", b"entry"):
            assert word not in charlie.raw
        charlie.send("open sesame\r")
        charlie.sees("Nobody should read")
        charlie.send("n")
        charlie.sees("New entry")
        charlie.send("Not saved yet")
        charlie.sees("Not saved yet")
        charlie.send("\x0c")
        charlie.sees("Passphrase")
        charlie.send("\x11")
        assert charlie.wait() == 0
    assert len(list_entries()) == 1
    assert [draft.text for draft in list_drafts()] == ["Not saved yet"]
    with terminal() as charlie:
        charlie.sees("Passphrase", "unlock")
        before = len(charlie.raw)
        charlie.send("open sesame\r")
        charlie.sees("You were writing", "Not saved yet")
        assert b"Not saved yet" not in charlie.raw[:before]
