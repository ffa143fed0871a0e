"""Keeps keys in the order in which they were typed while what they are for changes.

A key goes from the app to the widget that has the focus and, if that has no use for it, through
all its parents back to the app. Whatever gets the focus meanwhile would be given later keys
before earlier ones: of "nMet", typed at once, the page would get "eMt".
"""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import events
from textual.widget import Widget

from frontend.tui.screens.base import FieldScreen, KeysTaken
from frontend.tui.tasks import run_each

if TYPE_CHECKING:
    from frontend.tui.app.navigation import WalkingApp

# Seconds that keys may be on their way. Nothing takes so long; a screen may close under them.
_LONGEST = 2.0


class KeyGate:
    """Holds the keys of `charlie` while it is shut.

    Args:
        charlie: asks `holds` of every event.
    """

    def __init__(self, charlie: WalkingApp) -> None:
        self._charlie = charlie
        self._turn = asyncio.Lock()
        # What was typed since the gate was shut; None while it is open.
        self._held: list[events.Key | events.Paste] | None = None
        # The screen whose field is to get them, once it has one.
        self._awaited: FieldScreen[Any] | None = None

    @property
    def is_shut(self) -> bool:
        """Whether keys are held."""
        return self._held is not None

    def holds(self, event: events.Event) -> bool:
        """Whether `event` is kept for later: a key that comes from the terminal just now."""
        if self._held is None or event.is_forwarded:
            return False
        if isinstance(event, events.Key | events.Paste):
            self._held.append(event)
            return True
        return False

    def shut_for(self, screen: FieldScreen[Any]) -> None:
        """Hold keys until `screen`, which is about to be shown, has a field for them.

        What was typed before is on its way through the screen below, and comes later than what
        would go to this one straight away.
        """
        self._awaited = screen
        if self._held is None:
            self._held = []
        self._charlie.set_timer(_LONGEST, partial(self.give_up, screen))

    def give_up(self, screen: FieldScreen[Any]) -> None:
        """Hold no keys for `screen` any longer: it is gone, or takes too long."""
        if self._awaited is screen:
            self._awaited = None
            run_each(self._charlie, "keys", self._let_go)

    async def replay(self) -> None:
        """Pass on what the app has held, behind what is on its way and before what comes now."""
        charlie = self._charlie
        async with self._turn:
            # Else it goes to the field that is being given the keys.
            is_own = self._held is None
            try:
                if is_own:
                    self._held = []
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(_LONGEST):
                            await self._all_arrived()
            finally:
                charlie.is_replaying = False
                if is_own and self._awaited is None:
                    self._held = [*charlie.take_held(), *(self._held or ())]
                    if charlie.is_waiting:
                        charlie.held, self._held = self._held, None
                    else:
                        await self._open()

    async def _let_go(self) -> None:
        async with self._turn:
            # Else another screen is awaited by now.
            if self._awaited is None:
                await self._open()

    async def _open(self) -> None:
        while self._held:
            await self._charlie.pass_on(self._held.pop(0))
        self._held = None

    async def hand_over(self, screen: FieldScreen[Any], field: Widget) -> None:
        """Give `field` of `screen` the keys, those first that were typed before it was there."""
        async with self._turn:
            if self._held is None:
                self._held = []
            try:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_LONGEST):
                        await self._all_arrived()
                screen.receive_keys(field, self._charlie.take_held())
            finally:
                if self._awaited in (screen, None):
                    self._awaited = None
                    await self._open()

    async def _all_arrived(self) -> None:
        """Wait until every key that is on its way has come back to the app."""
        arrivals = []
        for screen in self._charlie.screen_stack[-2:]:
            arrived = asyncio.Event()
            if (screen.focused or screen).post_message(KeysTaken(arrived)):
                arrivals.append(arrived)
        for arrived in arrivals:
            await arrived.wait()
