"""Goes from place to place: on, back and forward along the history."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable
from contextlib import suppress
from typing import cast

from textual.app import App
from textual.signal import Signal

from backend.text import for_terminal_line
from frontend.tui.app.history import History
from frontend.tui.routes import ROUTES, CalendarRoute, JournalRoute, OnThisDayRoute, Route
from frontend.tui.screens.base import PATIENCE, RouteScreen
from frontend.tui.screens.home import HomeScreen
from frontend.tui.tasks import run_each


class Navigation:
    """Shows places on the screens of `app`: home, and at most one other screen over it.

    Args:
        app: the app whose screens change.
        arrived: called when what is shown may be what keys wait for.

    Attributes:
        changed: published after every step, with the names of the places behind.
        history: the places in the order they were visited.
        turn: held while screens come and go: one walk after the other.
    """

    def __init__(self, app: App[None], arrived: Callable[[], None]) -> None:
        self._app = app
        self._arrived = arrived
        self.changed: Signal[tuple[str, ...]] = Signal(app, "history-changed")
        self.history = History(JournalRoute())
        self.turn = asyncio.Lock()
        # Walks that have begun and not ended.
        self._walks = 0

    @property
    def home(self) -> HomeScreen:
        """The screen at the bottom of the stack."""
        return cast("HomeScreen", self._app.screen_stack[0])

    @property
    def here(self) -> Route:
        """The place that is shown, or is about to be."""
        return self.history.here

    @property
    def behind(self) -> tuple[Route, ...]:
        """The places that `back` leads to, the nearest one last."""
        return self.history.behind

    @property
    def ahead(self) -> tuple[Route, ...]:
        """The places that `forward` leads to, the nearest one first."""
        return self.history.ahead

    @property
    def is_navigating(self) -> bool:
        """Whether another screen is about to be shown."""
        return self._walks > 0

    def navigate(self, route: Route) -> None:
        """Go on to `route`; the one that is left can be come back to."""
        self._note_route()
        self.history.navigate(route)
        self._go_to_route()

    def go(self, name: str) -> None:
        """Go on to one of the `ROUTES`, unless one is there."""
        if not self.is_at(name):
            self.navigate(self._route_of(name))

    def _route_of(self, name: str) -> Route:
        """Return where one of the `ROUTES` leads: those to days lead to the day in view."""
        route = ROUTES[name]()
        screen = self.route_screen()
        if isinstance(route, CalendarRoute):
            return CalendarRoute(screen.day_in_view)
        if isinstance(route, OnThisDayRoute):
            home = self.home
            # A user who has just opened the journal means today.
            is_at_start = screen is home and not home.is_viewing and not home.entries.cursor
            return route if is_at_start else OnThisDayRoute(screen.day_in_view)
        return route

    def is_at(self, name: str) -> bool:
        """Return whether one of the `ROUTES` leads to where one is."""
        return type(ROUTES[name]()) is type(self.history.here)

    def back(self) -> None:
        """Go to the place before this one, if there is one."""
        self._note_route()
        if self.history.go_back():
            self._go_to_route()

    def forward(self) -> None:
        """Go to the place one has come back from, if there is one."""
        self._note_route()
        if self.history.go_forward():
            self._go_to_route()

    def labels_behind(self) -> tuple[str, ...]:
        """Return the names of the places behind, safe for the terminal."""
        return tuple(for_terminal_line(route.label) for route in self.history.behind)

    def _note_route(self) -> None:
        if not self.is_navigating:
            self.history.note(self.route_screen().where())

    def route_screen(self) -> RouteScreen:
        """Return the screen of the place that is shown, or shown below others."""
        stack = reversed(self._app.screen_stack)
        return next(screen for screen in stack if isinstance(screen, RouteScreen))

    def _go_to_route(self) -> None:
        route = self.history.here
        if self._app.screen is self.home and not route.SCREEN:
            # At once: nothing is to be brought up for it.
            self.home.go_to(route)
            self._publish()
        else:
            self._walks += 1
            run_each(self._app, "walk", self._navigate, route)

    async def _navigate(self, route: Route) -> None:
        """Show a place: home, or one screen over it."""
        try:
            async with self.turn:
                # Else one has gone on meanwhile.
                if route is self.history.here:
                    await self._show(route)
                    with suppress(TimeoutError):
                        async with asyncio.timeout(PATIENCE):
                            await self.route_screen().loaded()
        finally:
            self._walks -= 1
            self._arrived()

    async def _show(self, route: Route) -> None:
        app, covering = self._app, None
        if route.SCREEN:
            module, _, name = route.SCREEN.partition(":")
            kind = getattr(importlib.import_module(f"frontend.tui.screens.{module}"), name)
            covering = kind(route)
        else:
            self.home.go_to(route)
        while len(app.screen_stack) > 2:
            await app.pop_screen()
        if len(app.screen_stack) == 2:
            await (app.switch_screen(covering) if covering else app.pop_screen())
        elif covering:
            await app.push_screen(covering)
        self._publish()

    def _publish(self) -> None:
        self.changed.publish(self.labels_behind())
        self._app.screen.refresh_bindings()
