"""Keys sent in one burst do what they do when each is pressed after the other's effect."""

from __future__ import annotations

import random

import pytest
from textual import events
from textual.widgets import Input

from backend import add_entry, list_entries
from frontend.tui.app.driver import EscapedKey
from frontend.tui.screens.editor import EditorScreen
from frontend.tui.screens.search import SearchScreen
from tests.frontend.tui.journeys import SIZES, Journey, opened
from tests.slow import seeds

KEYS = ["j", "k", "l", "a", "f", "c", "enter", "enter", "escape", "escape", "slash", "x", "t"]
CHARACTERS = {"slash": "/", "question_mark": "?", "space": " "}


def send(journey: Journey, *keys: str) -> None:
    """Send keys as a macro or a slow line does: all at once."""
    for key in keys:
        character = CHARACTERS.get(key, key if len(key) == 1 else None)
        journey.app.post_message(events.Key(key, character))


def value(journey: Journey) -> str | None:
    """What is typed in the field that has the keys; None where there is none."""
    field = journey.app.focused
    return field.value if isinstance(field, Input) else None


def state(journey: Journey) -> tuple[object, ...]:
    """Where one is, and what has the keys."""
    app = journey.app
    chosen = app.home.entries.chosen
    return (
        [type(screen).__name__ for screen in app.screen_stack],
        type(app.navigation.history.here).__name__,
        chosen.uuid if chosen else None,
        type(app.focused).__name__,
        value(journey),
    )


def is_at_rest(journey: Journey) -> bool:
    buffer = journey.app.key_buffer
    return buffer.is_idle and not buffer.is_awaited


@pytest.mark.parametrize("size", SIZES)
async def test_finding_begins_in_the_entry_that_is_being_opened(size: tuple[int, int]) -> None:
    for number in range(3):
        add_entry(f"Entry {number} about rain\nand {number} more words")
    async with opened(size) as journey:
        send(journey, "j", "enter", "f", *"rain")
        await journey.until(lambda: value(journey) == "rain")
        await journey.sees("Entry 1 about rain", "1 of 1")


async def test_keys_for_a_place_are_not_for_the_one_that_is_left() -> None:
    uuids = [add_entry(f"entry {number}").uuid for number in range(5)]
    async with opened() as journey:
        await journey.sees("entry 0")
        send(journey, "c", "j", "j", "escape", "d")
        await journey.until(lambda: len(list_entries()) == 4)
        assert uuids[-1] not in [entry.uuid for entry in list_entries()]


async def test_keys_behind_the_end_of_an_editor_are_for_what_lies_below() -> None:
    add_entry("below")
    async with opened() as journey:
        await journey.sees("below")
        send(journey, "n", *"hello", "escape", "slash", *"low")
        await journey.until(lambda: isinstance(journey.app.screen, SearchScreen))
        await journey.until(lambda: value(journey) == "low")
        assert list_entries()[0].preview == "hello"


async def test_leaving_while_the_editor_opens_keeps_what_was_typed_before() -> None:
    async with opened() as journey:
        send(journey, "n", *"kept", "ctrl+q")
        await journey.until(lambda: not journey.app.is_running)
    assert [entry.preview for entry in list_entries()] == ["kept"]


async def test_an_escape_with_a_key_behind_it_is_told_from_alt_by_the_screen_it_comes_to() -> None:
    add_entry("below")
    async with opened() as journey:
        await journey.sees("below")
        send(journey, "slash", *"be")
        journey.app.post_message(EscapedKey("n", "n"))
        send(journey, *"new")
        await journey.until(lambda: isinstance(journey.app.screen, EditorScreen))
        screen = journey.app.screen
        assert isinstance(screen, EditorScreen)
        await journey.until(lambda: screen.opened.is_set() and screen._area.text == "new")


@pytest.mark.parametrize("seed", seeds(8, quick=2))
async def test_a_burst_ends_where_the_same_keys_end_one_by_one(seed: int) -> None:
    for number in range(6):
        add_entry(f"Entry {number} about a walk\nthrough jackal lanes, {number} of them")
    choose = random.Random(seed)
    keys = [choose.choice(KEYS) for _ in range(12)]
    size = choose.choice([(60, 20), (80, 24), (120, 40), (200, 50)])
    async with opened(size) as journey:
        for key in keys:
            send(journey, key)
            await journey.pilot.pause(0.3)
            await journey.until(lambda: is_at_rest(journey))
        expected = state(journey)
    async with opened(size) as journey:
        send(journey, *keys)
        await journey.until(lambda: is_at_rest(journey) and state(journey) == expected)
