"""The work of a screen that is being closed."""

from __future__ import annotations

import asyncio

from textual.app import ComposeResult

from frontend.tui.screens.base import CharlieScreen
from frontend.tui.tasks import run_latest
from frontend.tui.widgets.panes.reader import Reader
from tests.frontend.tui.journeys import opened


class SlowScreen(CharlieScreen[None]):
    """Its text comes when there is nothing left to show it."""

    def __init__(self) -> None:
        super().__init__()
        self.reader = Reader()
        self.has_begun = False

    def compose(self) -> ComposeResult:
        yield self.reader

    def on_mount(self) -> None:
        run_latest(self, "text", self._show)

    async def _show(self) -> None:
        self.has_begun = True
        while self.reader.parent is not None:  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0)
        self.reader.show_sentence("Too late.")


async def test_what_comes_too_late_for_a_screen_is_dropped() -> None:
    screen = SlowScreen()
    async with opened() as journey:
        journey.app.push_screen(screen)
        await journey.until(lambda: screen.has_begun)
        screen.dismiss()
        await journey.until(lambda: screen.parent is None)
        assert journey.app.screen is journey.app.home
        assert journey.app.defect is None


async def test_what_comes_too_late_for_the_app_is_dropped() -> None:
    screen = SlowScreen()
    async with opened() as journey:
        journey.app.push_screen(screen)
        await journey.until(lambda: screen.has_begun)
    assert journey.app.defect is None
