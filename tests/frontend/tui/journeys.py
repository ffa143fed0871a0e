"""How the tests drive the app: open it, press keys, wait for what it shows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from textual._context import visible_screen_stack
from textual.pilot import Pilot

from frontend.tui.app.app import CharlieApp
from frontend.tui.widgets.panes.reader import Reader

#: Seconds until a test gives up waiting for what should be there at once.
PATIENCE = 120

SIZES = [(60, 20), (80, 24), (120, 40), (200, 50)]


@dataclass
class Journey:
    """An app that runs, and its keyboard."""

    app: CharlieApp
    pilot: Pilot[None]

    @property
    def lines(self) -> list[str]:
        """What is painted."""
        # A sheet that is painted without them would go on to hide what lies below it.
        visible_screen_stack.set(self.app._background_screens)
        strips = self.app.screen._compositor.render_strips(self.app.size)
        return [strip.text.rstrip() for strip in strips]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def reader_text(self) -> str:
        reading = self.app.screen.query_one(Reader).reading
        return reading.text if reading else ""

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        names = {" ": "space", "\n": "enter"}
        await self.pilot.press(*(names.get(c, c) for c in text))

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for `condition`; whoever waits in vain is shown what is painted instead."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition():  # noqa: ASYNC110 - anything may be waited for
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(f"waited in vain; the screen shows\n{self.text}") from None
        await self.pilot.pause()

    async def sees(self, *words: str) -> None:
        await self.until(lambda: all(word in self.text for word in words))

    async def misses(self, words: str) -> None:
        await self.until(lambda: words not in self.text)


@asynccontextmanager
async def opened(
    size: tuple[int, int] = (80, 24), *, start_worker: bool = False
) -> AsyncIterator[Journey]:
    """Charlie, running without a terminal, its list read."""
    app = CharlieApp(start_worker=start_worker)
    async with app.run_test(size=size, notifications=True) as pilot:
        journey = Journey(app, pilot)
        await journey.until(lambda: app.home.entries.is_loaded)
        yield journey
