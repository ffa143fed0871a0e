"""Walking through a journal: on to a place, back and forward along the trail."""

from __future__ import annotations

import asyncio
import importlib
from contextlib import suppress
from typing import Any, cast

from textual import events
from textual.app import App
from textual.signal import Signal

from backend.text import for_terminal_line
from frontend.tui.app.history import Trail
from frontend.tui.app.key_buffer import KeyGate
from frontend.tui.routes import DOORS, CalendarPlace, JournalPlace, OnThisDayPlace, Place
from frontend.tui.screens.base import CharlieScreen, FieldScreen, PlaceScreen
from frontend.tui.screens.home import HomeScreen
from frontend.tui.tasks import run_each

# How long keys wait for what they are meant for, in seconds. Most of it is here in a tenth of that.
_PATIENCE = 0.3


class WalkingApp(App[None]):
    """An app that shows places: home, and at most one other screen over it.

    Attributes:
        trail_changed: one went on, back or forward; the names of the stops behind.
        trail: the way one came.
        turn: held while screens come and go: one walk after the other.
        is_walking: whether one is on the way to a place.
        held: what was typed since the walk began: it is meant for where that leads.
        gate: keeps keys in their order.
        is_replaying: whether what is typed waits for the keys that are still on their way.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.trail_changed: Signal[tuple[str, ...]] = Signal(self, "trail-changed")
        self.trail = Trail(JournalPlace())
        self.turn = asyncio.Lock()
        self.is_walking = False
        self.is_replaying = False
        self.held: list[events.Key | events.Paste] = []
        self.gate = KeyGate(self)

    @property
    def home(self) -> HomeScreen:
        """The screen at the bottom of the stack."""
        return cast("HomeScreen", self.screen_stack[0])

    async def on_event(self, event: events.Event) -> None:
        """Hold keys that would overtake others."""
        if not self.gate.holds(event):
            await super().on_event(event)

    def push_screen(self, screen: Any, *args: Any, **kwargs: Any) -> Any:
        """Show a screen over this one; keys wait for its field, if it has one."""
        self._await_field(screen)
        return super().push_screen(screen, *args, **kwargs)

    def switch_screen(self, screen: Any) -> Any:
        """Show a screen in the place of this one; keys wait for its field, if it has one."""
        self._await_field(screen)
        return super().switch_screen(screen)

    def _await_field(self, screen: object) -> None:
        if isinstance(screen, FieldScreen) and screen.IS_AWAITED:
            self.gate.shut_for(screen)
        elif isinstance(screen, CharlieScreen) and screen.IS_ANSWERED:
            self.catch_up()

    async def pass_on(self, event: events.Key | events.Paste) -> None:
        """Go on with what the gate has held."""
        await super().on_event(event)

    def visit(self, place: Place) -> None:
        """Go on to `place`; the one that is left can be come back to."""
        self._note_place()
        self.trail.visit(place)
        self._go_to_stop()

    def action_go(self, door: str) -> None:
        """Go on to one of the `DOORS`."""
        if not self.is_at(door):
            self.visit(self._behind(door))

    def _behind(self, door: str) -> Place:
        """Where one of the `DOORS` leads from here: those to days lead to the day in view."""
        place = DOORS[door]()
        screen = self.place_screen()
        if isinstance(place, CalendarPlace):
            return CalendarPlace(screen.day_in_view)
        if isinstance(place, OnThisDayPlace):
            home = self.home
            # Whoever has just opened the journal means today.
            is_at_start = screen is home and not home.is_reading and not home.entries.cursor
            return place if is_at_start else OnThisDayPlace(screen.day_in_view)
        return place

    def is_at(self, door: str) -> bool:
        """Whether one of the `DOORS` leads to where one is."""
        return type(DOORS[door]()) is type(self.trail.here)

    def back(self) -> None:
        """Go to the stop before this one."""
        self._note_place()
        if self.trail.go_back():
            self._go_to_stop()

    def forward(self) -> None:
        """Go to the stop one has come back from."""
        self._note_place()
        if self.trail.go_forward():
            self._go_to_stop()

    async def action_back(self) -> None:
        """Back to where one came from."""
        self.back()

    def action_forward(self) -> None:
        """Forward again."""
        self.forward()

    def trail_behind(self) -> tuple[str, ...]:
        """The names of the stops behind, safe for the terminal."""
        return tuple(for_terminal_line(stop.label) for stop in self.trail.behind)

    def _note_place(self) -> None:
        if self.is_walking:
            return
        self.trail.note(self.place_screen().where())

    def place_screen(self) -> PlaceScreen:
        """The one that is shown, or shown below others."""
        stack = reversed(self.screen_stack)
        return next(screen for screen in stack if isinstance(screen, PlaceScreen))

    def _go_to_stop(self) -> None:
        place = self.trail.here
        if self.screen is self.home and not place.SCREEN:
            # At once: the next key may be typed already.
            self.home.go_to(place)
            self._tell_trail()
        else:
            self.is_walking = True
            run_each(self, "walk", self._walk, place)

    @property
    def holds_keys(self) -> bool:
        """Whether what is typed is meant for what is about to be shown."""
        # Nothing overtakes what is held already.
        return bool(self.held) or self.is_replaying or self.is_waiting

    @property
    def is_waiting(self) -> bool:
        """Whether something is about to be shown that keys are meant for."""
        screen = self.screen
        return self.is_walking or (isinstance(screen, CharlieScreen) and screen.holds_keys)

    def let_keys_go(self) -> None:
        """Handle what was held, if nothing is to be waited for any more."""
        if self.held and not self.is_waiting:
            self.catch_up()

    def catch_up(self) -> None:
        """Handle every key in its turn, those first that are still on their way."""
        if not self.is_replaying:
            self.is_replaying = True
            run_each(self, "keys", self.gate.replay)

    def take_held(self) -> list[events.Key | events.Paste]:
        """What was typed since a walk began, to be handled now."""
        held, self.held = self.held, []
        return held

    async def _walk(self, place: Place) -> None:
        """Show a stop: home, or one screen over it."""
        async with self.turn:
            # Else one has gone on meanwhile.
            if place is self.trail.here:
                await self._show_place(place)
                with suppress(TimeoutError):
                    async with asyncio.timeout(_PATIENCE):
                        await self.place_screen().loaded()
                await self.replay()

    async def replay(self) -> None:
        """One has arrived: what was typed on the way is for what is shown now."""
        self.is_walking = False
        # A field that is just being given the keys gets these too.
        if not self.gate.is_shut:
            self.let_keys_go()

    async def _show_place(self, place: Place) -> None:
        covering = None
        if place.SCREEN:
            module, _, name = place.SCREEN.partition(":")
            kind = getattr(importlib.import_module(f"frontend.tui.screens.{module}"), name)
            covering = kind(place)
        else:
            self.home.go_to(place)
        while len(self.screen_stack) > 2:
            await self.pop_screen()
        if len(self.screen_stack) == 2:
            await (self.switch_screen(covering) if covering else self.pop_screen())
        elif covering:
            await self.push_screen(covering)
        self._tell_trail()

    def _tell_trail(self) -> None:
        self.trail_changed.publish(self.trail_behind())
        self.screen.refresh_bindings()
