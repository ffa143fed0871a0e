"""How the tests drive the app: open it, press keys, wait for what it shows."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import pytest
from textual import events
from textual._context import visible_screen_stack
from textual._queue import Queue
from textual.app import App
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key
from textual.message import Message
from textual.message_pump import MessagePump
from textual.pilot import Pilot

from frontend.tui.app.app import CharlieApp
from frontend.tui.widgets.panes.reader import Reader

#: Seconds until a test gives up waiting for what should be there at once.
PATIENCE = 300

#: Seconds that an answer may take. A supervisor of a worker always has something to do and is
#: waited for no longer than Textual's pilot does; everything else only ends what hangs.
_LONGEST_ANSWER = 60.0
_LONGEST_ANSWER_OF_A_SUPERVISOR = 1.0

# Turns of the event loop in which nothing happens before an app counts as settled: a thread's
# answer goes through three of them until it becomes a message.
_QUIET_TURNS = 5

#: Columns and rows: one pane and three panes, and what is rare, which `make test` leaves out.
SIZES = [
    (80, 24),
    (120, 40),
    pytest.param((60, 20), marks=pytest.mark.slow),
    pytest.param((200, 50), marks=pytest.mark.slow),
]


class CountedThreads(ThreadPoolExecutor):
    """An event loop's threads that can be asked whether they are at work.

    A thread counts until its answer is with whoever waits for it. It is done a little earlier,
    which a processor that is busy with something else makes long.

    Args:
        loop: what waits for their answers.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(thread_name_prefix="asyncio")
        self._loop = loop
        self._run_in_executor = loop.run_in_executor
        self.at_work = 0
        loop.set_default_executor(self)
        cast("Any", loop).run_in_executor = self._ask

    def _ask(self, *args: Any) -> asyncio.Future[Any]:
        self.at_work += 1
        answer = self._run_in_executor(*args)
        answer.add_done_callback(self._count_answer)
        return answer

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have `fn(*args, **kwargs)` called by a thread, which counts even if nobody waits."""
        self.at_work += 1
        future = super().submit(fn, *args, **kwargs)
        future.add_done_callback(self._note_end)
        return future

    def _note_end(self, _: Future[Any]) -> None:
        # The loop may be closed by now.
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._count_answer)

    def _count_answer(self, _: object = None) -> None:
        self.at_work -= 1


class AnswerPilot(Pilot[Any]):
    """Drives an app, and waits for its answers where Textual's own waits for an idle processor.

    A processor that is busy with something else looks idle to Textual, and one that is not takes
    20 ms a key to be found so.

    Args:
        app: is running.
        threads: those of its event loop.
        longest_answer: seconds after which what goes on is not waited for.
    """

    def __init__(
        self, app: App[Any], threads: CountedThreads, longest_answer: float = _LONGEST_ANSWER
    ) -> None:
        super().__init__(app)
        self._threads = threads
        self._longest_answer = longest_answer

    async def press(self, *keys: str) -> None:
        """Press keys, each when the one before has been answered."""
        for key in keys:
            self.send(key)
            await self.pause()

    def send(self, key: str) -> None:
        """Press a key as a terminal does, without waiting."""
        name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
        character: str | None
        try:
            original = REPLACED_KEYS.get(name, name)
            character = unicodedata.lookup(_get_unicode_name_from_key(original))
        except KeyError:
            character = name if len(name) == 1 else None
        event = events.Key(name, character)
        event.set_sender(self.app)
        driver = self.app._driver
        assert driver is not None
        driver.send_message(event)

    async def pause(self, delay: float | None = None) -> None:
        """Wait until the app has answered everything, before that `delay` seconds."""
        if delay is not None:
            await asyncio.sleep(delay)
        try:
            async with asyncio.timeout(self._longest_answer):
                await self._settle()
        except TimeoutError:
            self.app.screen._on_timer_update()

    async def _settle(self) -> None:
        quiet = 0
        while quiet < _QUIET_TURNS and self.app._exception is None and self.app.is_running:
            if self._is_busy():
                quiet = 0
                await asyncio.sleep(0.001)
                continue
            quiet += 1
            if quiet == _QUIET_TURNS:
                await self.app.animator.wait_until_complete()
                self.app.screen._on_timer_update()
                quiet = 0 if self._is_busy() else quiet
            await asyncio.sleep(0)

    def _is_busy(self) -> bool:
        """Whether a thread is at work for the app or a message has not been dealt with."""
        return self._threads.at_work > 0 or any(
            not _waits_for_a_message(pump)
            for screen in self.app.screen_stack
            for pump in (self.app, *screen.walk_children(with_self=True))
            if pump.is_running
        )


def _waits_for_a_message(pump: MessagePump) -> bool:
    # Textual's type of it is not one that mypy can follow through its `cached_property`.
    queue: Queue[Message | None] = pump._message_queue
    # Who is at work on a message, or about to be, waits for none.
    return queue.empty() and bool(getattr(queue.ready_event, "_waiters"))  # noqa: B009 - private


@dataclass
class Journey:
    """An app that runs, and its keyboard."""

    app: CharlieApp
    pilot: AnswerPilot

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
        reading = self.app.screen.query_one(Reader).entry_view
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
async def begun(
    size: tuple[int, int] = (80, 24),
    *,
    start_worker: bool = False,
    longest_answer: float = _LONGEST_ANSWER,
) -> AsyncIterator[Journey]:
    """Charlie, just begun to run without a terminal; its list may not have been read yet.

    Args:
        size: columns and rows.
        start_worker: whether it supervises a worker.
        longest_answer: seconds after which it is not waited for; for one that is held up.
    """
    app = CharlieApp(start_worker=start_worker)
    threads = CountedThreads(asyncio.get_running_loop())
    if start_worker:
        longest_answer = min(longest_answer, _LONGEST_ANSWER_OF_A_SUPERVISOR)
    async with app.run_test(size=size, notifications=True):
        yield Journey(app, AnswerPilot(app, threads, longest_answer))
        # As where an app ends by itself: this way of running one closes its screens under work.
        app.workers.cancel_all()


@asynccontextmanager
async def opened(
    size: tuple[int, int] = (80, 24), *, start_worker: bool = False
) -> AsyncIterator[Journey]:
    """Charlie, running without a terminal, its list read."""
    async with begun(size, start_worker=start_worker) as journey:
        await journey.until(lambda: journey.app.home.entries.is_loaded)
        yield journey
