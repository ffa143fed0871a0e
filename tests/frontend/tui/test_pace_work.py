"""Work that is wanted more often than it can be looked at."""

from __future__ import annotations

import asyncio

from textual.app import App

from frontend.tui.tasks import Pacing


async def test_of_calls_that_rush_by_the_first_and_the_last_act() -> None:
    app: App[None] = App()
    acted: list[int] = []
    calls = iter(range(1, 10))
    called = 0

    def call() -> None:
        nonlocal called
        called = next(calls)
        pacing()

    async with app.run_test():
        pacing = Pacing(app, 0.05, lambda: acted.append(called))
        for _ in range(5):
            call()
        assert acted == [1]
        async with asyncio.timeout(30):
            while acted == [1]:  # noqa: ASYNC110 - nobody tells of it
                await asyncio.sleep(0.01)
        assert acted == [1, 5]
        call()
        assert acted == [1, 5, 6]
