"""Which model reads, chosen in the settings."""

from __future__ import annotations

import pytest
from textual.widgets import Input, OptionList

from backend.services import endpoints, models
from backend.services.models import Fallback
from frontend.tui.screens.dialogs.confirm import ConfirmScreen
from frontend.tui.screens.dialogs.models import ModelsScreen
from frontend.tui.screens.settings import SettingsScreen
from tests.frontend.tui.journeys import Journey, opened

WIDTHS = [(60, 20), (80, 24), (120, 40)]


async def open_models(journey: Journey) -> None:
    await journey.press("s")
    await journey.sees("Model", "↵", "Read my entries")
    await journey.press("m")
    await journey.sees("Entries are read by", "● ")


async def move_to(journey: Journey, name: str) -> None:
    listed = journey.app.screen.query_one("#models", OptionList)
    listed.focus()
    listed.highlighted = listed.get_option_index(name)
    await journey.pilot.pause()


def add_cellar() -> str:
    endpoint = endpoints.make_endpoint("http://192.168.1.20:8080/v1", "qwen3:8b")
    return endpoints.add_endpoint(endpoint, name="cellar")


@pytest.mark.parametrize("size", WIDTHS)
async def test_an_endpoint_is_chosen_only_after_a_question(size: tuple[int, int]) -> None:
    add_cellar()
    async with opened(size) as journey:
        await open_models(journey)
        await move_to(journey, "cellar")
        await journey.press("enter")
        await journey.sees("leaves", "192.168.1.20:8080,", "Use it (y)")
        # Enter alone is no consent.
        await journey.press("enter")
        await journey.until(lambda: isinstance(journey.app.screen, ModelsScreen))
        assert models.chosen_model() == models.BUILT_IN
        await journey.press("enter")
        await journey.until(lambda: isinstance(journey.app.screen, ConfirmScreen))
        await journey.press("y")
        await journey.sees("● cellar")
        assert models.chosen_model() == "cellar"
        await journey.press("escape")
        await journey.until(lambda: isinstance(journey.app.screen, SettingsScreen))
        await journey.sees("cellar ↵")


@pytest.mark.parametrize("size", WIDTHS)
async def test_everything_there_is_to_set_is_seen(size: tuple[int, int]) -> None:
    async with opened(size) as journey:
        await open_models(journey)
        await journey.sees(
            "● built-in", "qwen3-4b", "to download", "reads meanwhile", "entries wait", "4"
        )
        await journey.sees("Entries at once", "Of an endpoint: 1 to 16", "charlie model download")
        await journey.press("escape")
        await journey.sees("Read my entries", "built-in ↵")


async def test_what_is_not_downloaded_is_not_chosen() -> None:
    async with opened() as journey:
        await open_models(journey)
        await move_to(journey, "qwen3-4b")
        await journey.press("enter")
        await journey.sees("It is not there yet", "download qwen3-4b")
        assert models.chosen_model() == models.BUILT_IN


async def test_the_fallback_is_written_at_once() -> None:
    async with opened() as journey:
        await open_models(journey)
        await journey.sees("Off: entries wait")
        await journey.press("tab", "space")
        await journey.sees("On: where the chosen model")
        assert models.get_fallback() is Fallback.BUILT_IN
        await journey.press("space")
        await journey.sees("Off: entries wait")
        assert models.get_fallback() is Fallback.WAIT


async def test_how_many_at_once_is_written_if_it_can_be() -> None:
    async with opened() as journey:
        await open_models(journey)
        await journey.sees("Off: entries wait")
        await journey.press("tab", "tab", "end", "backspace", "9")
        await journey.until(lambda: models.get_parallel() == 9)
        await journey.press("9", "x")
        number = journey.app.screen.query_one("#parallel", Input)
        await journey.until(lambda: number.value == "99")
        assert journey.app.screen.query_one("#parallel-state").has_class("wrong")
        assert models.get_parallel() == 9
        await journey.press("escape")
        await journey.until(lambda: isinstance(journey.app.screen, SettingsScreen))
