"""Keys typed at any speed, while what they are for is being opened, arrive in their order."""

from __future__ import annotations

import asyncio
import random

import pytest
from textual import events
from textual.widgets import Input, TextArea

from backend import add_entry
from tests.frontend.tui.journeys import Journey, opened
from tests.slow import seeds

TEXT = "Met Omar in Lisbon 7c95b728"


def typed(journey: Journey) -> str:
    """What the field on top holds."""
    for field in journey.app.screen.query(TextArea):
        return field.text
    for line in journey.app.screen.query(Input):
        return line.value
    return ""


@pytest.mark.parametrize("seed", seeds(6, quick=1))
@pytest.mark.parametrize("key", ["n", "slash", "ctrl+p", "t", "x"])
async def test_keys_do_not_overtake_one_another(key: str, seed: int) -> None:
    choose = random.Random(seed)
    add_entry("something")
    async with opened() as journey:
        await journey.sees("something")
        names = {"slash": "/"}
        journey.app.post_message(events.Key(key, names.get(key, key if len(key) == 1 else None)))
        for character in TEXT:
            name = "space" if character == " " else character
            journey.app.post_message(events.Key(name, character))
            # Now and then what handles the keys before gets on with it, as far as it may.
            for _ in range(choose.choice((0, 0, 1, 2, 5, 20))):
                await asyncio.sleep(0)
            if choose.random() < 0.05:
                await asyncio.sleep(0.05)
        await journey.until(lambda: len(typed(journey)) >= len(TEXT))
        assert typed(journey) == TEXT
