"""Carries out keys one after the other, however fast they are typed.

Textual puts a key into the queue of the widget that has the focus, and from there through those
of all its parents back to the app. Whatever a key leads to (another screen, another focus, another
entry) comes later than the next key of a burst, which would be for what was there before. So
the next key is handed to Textual only when the one before has had its effect, and when what it
leads to is there.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from textual import events
from textual.app import App
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer

from frontend.tui.app.driver import EscapedKey
from frontend.tui.screens.base import CharlieScreen, FieldScreen

#: Seconds that a key may be on its way. Nothing takes so long, but a widget may vanish under it.
LONGEST = 2.0


class KeyDone(Message):
    """Posted behind a key to where that goes, this comes to the app when the key had its effect."""

    def __init__(self, mark: int) -> None:
        super().__init__()
        self.mark = mark


@dataclass(frozen=True, slots=True)
class _Typed:
    """An event, and the number of keys that have had their effect when it has."""

    event: events.Key | events.Paste
    number: int


class KeyBuffer:
    """Holds what is typed until its turn has come.

    Args:
        app: the app whose keys these are.
        dispatch: hands a key to Textual.
        is_awaited: tells whether another screen is about to be shown that keys are meant for.
            `check` is to be called when this may have ended, or a screen holds them no longer.
        is_open: tells whether the journal is open.
    """

    def __init__(
        self,
        app: App[Any],
        dispatch: Callable[[events.Event], Awaitable[None]],
        *,
        is_awaited: Callable[[], bool],
        is_open: Callable[[], bool],
    ) -> None:
        self._app = app
        self._dispatch = dispatch
        self._is_screen_awaited = is_awaited
        self._is_open = is_open
        self._waiting: deque[_Typed] = deque()
        # Keys are numbered as they come, from 1.
        self._typed = 0
        self._done = 0
        # The number up to which keys were typed before the latest command.
        self._command = 0
        # The key on its way, the screen that it went to, and since when; None where none is.
        self._under_way: _Typed | None = None
        self._screen: Screen[Any] | None = None
        self._since = 0.0
        # Tells the latest mark from earlier ones, which may come back too.
        self._mark = 0
        self._timer: Timer | None = None
        self._progress = asyncio.Condition()

    @property
    def is_idle(self) -> bool:
        """Whether every key has had its effect."""
        return not self._waiting and self._under_way is None

    @property
    def is_awaited(self) -> bool:
        """Whether something is about to be shown that keys are meant for."""
        if self._is_screen_awaited():
            return True
        screen = self._app.screen
        return isinstance(screen, CharlieScreen) and screen.holds_keys

    async def handle(self, event: events.Key | events.Paste) -> None:
        """Carry `event` out, now or in its turn; called by the app for what comes from outside."""
        if isinstance(event, events.Key) and self.is_awaited and self._passes(event):
            self._command = self._typed
            await self._dispatch(event)
            return
        self._typed += 1
        self._waiting.append(_Typed(event, self._typed))
        await self._go_on()
        if self._waiting and self._under_way is not None:
            self._watch()

    def offer(self, event: events.Key | events.Paste) -> None:
        """Give what nobody wanted to the field of the screen, if it has one."""
        screen = self._app.screen
        if isinstance(screen, FieldScreen) and screen.accept(event):
            event.prevent_default()
            event.stop()

    def check(self) -> None:
        """Carry on with the keys that wait, if what they wait for is there."""
        if self._waiting and self._under_way is None:
            self._app.call_later(self._go_on)

    def clear(self) -> None:
        """Forget what waits."""
        self._waiting.clear()
        if self._under_way is None:
            self._done = self._typed

    async def all_taken(self) -> None:
        """Wait until every key typed before the latest command has had its effect.

        The command is a key too, or was given with one that does not wait.
        """
        wanted = self._command
        async with self._progress:
            await self._progress.wait_for(lambda: self._done >= wanted)

    def screen_gone(self, screen: Screen[Any]) -> None:
        """Look for the end of a key elsewhere: what went with `screen` does not come back."""
        if screen is self._screen:
            self._post_mark()
        # They may have waited for it.
        self.check()

    async def returned(self, mark: int) -> None:
        """Go on, if it is the latest key that had its effect; called by the app for `KeyDone`."""
        if mark == self._mark and self._under_way is not None:
            # In the app's turn: focus, for one, is given in it.
            self._app.call_later(self._settle, mark)

    async def _settle(self, mark: int) -> None:
        if mark != self._mark or self._under_way is None:
            return
        if self._app.screen is not self._screen:
            # Another screen has come; keys are for what it shows once it is mounted.
            self._post_mark()
            return
        await self._finish()
        await self._go_on()

    async def _finish(self) -> None:
        typed, self._under_way, self._screen = self._under_way, None, None
        if typed is not None:
            self._done = typed.number if self._waiting else self._typed
            async with self._progress:
                self._progress.notify_all()

    def _watch(self) -> None:
        if self._timer is None:
            self._timer = self._app.set_timer(LONGEST, self._give_up)

    async def _give_up(self) -> None:
        """Wait no longer for a key whose end nobody told."""
        self._timer = None
        if self._under_way is not None and time.monotonic() - self._since >= LONGEST:
            await self._finish()
            await self._go_on()
        if self._waiting and self._under_way is not None:
            self._watch()

    async def _go_on(self) -> None:
        """Hand over the next key, if nothing is to be waited for."""
        while self._waiting and self._under_way is None and not self.is_awaited:
            typed = self._split(self._waiting.popleft())
            self._under_way, self._command = typed, typed.number
            self._since = time.monotonic()
            self._screen = screen = self._app.screen
            target = self._app.focused or screen
            await self._dispatch(typed.event)
            self._post_mark(target if screen in self._app.screen_stack else None)

    def _passes(self, key: events.Key) -> bool:
        """Return whether `key` leaves Charlie, for which nothing needs to be shown."""
        active = self._app.screen.active_bindings.get(key.key)
        return (
            active is not None
            and active.binding.action in ("quit", "app.quit")
            and (active.binding.priority or not self._is_open())
        )

    def _split(self, typed: _Typed) -> _Typed:
        """Tell an escape and a key behind it from a key with alt, by the screen they are for.

        Nothing but a field knows letters with alt.
        """
        event, screen = typed.event, self._app.screen
        if not isinstance(event, EscapedKey):
            return typed
        if isinstance(screen, CharlieScreen) and screen.IS_FOR_WRITING:
            return typed
        key = events.Key(event.key, event.character)
        self._waiting.appendleft(_Typed(key, typed.number))
        return _Typed(events.Key("escape", "\x1b"), typed.number - 1)

    def _post_mark(self, target: Any = None) -> None:
        """Have the end of the key told, by `target` or by what has the focus now."""
        self._mark += 1
        if target is None:
            self._screen = self._app.screen
            target = self._app.focused or self._screen
        if not target.post_message(KeyDone(self._mark)):
            # It is being closed.
            self._app.post_message(KeyDone(self._mark))
