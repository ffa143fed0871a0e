"""The command palette: places, what can be done here, entries and names, found by their words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.timer import Timer
from textual.widgets import Input

from backend.errors import CharlieError
from frontend.tui.commands import SHORTEST, Command, find_commands, recent_commands
from frontend.tui.screens.base import CharlieModal, FieldScreen
from frontend.tui.tasks import run_latest
from frontend.tui.widgets.fields.query_input import QueryInput
from frontend.tui.widgets.lists.command_list import CommandList
from frontend.tui.widgets.lists.virtual_list import VirtualList

# Typing is over, for the moment, when no key came for this long. In seconds.
_DEBOUNCE_SECONDS = 0.12


class PaletteScreen(CharlieModal[Command], FieldScreen[Command]):
    """Dismissed with the command that was chosen, or None.

    Args:
        commands: what is offered at once.
        recent: the words of those that were chosen lately, the latest last.
        find: gives more for what was typed; called in a thread. None where there is no more.
    """

    CSS_PATH = "../../styles/palette.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "run", "do it", priority=True),
        Binding("down,ctrl+n", "move(1)", "next", priority=True),
        Binding("up", "move(-1)", "previous", priority=True),
        Binding("pagedown", "move_screen(1)", "A screen down", show=False, priority=True),
        Binding("pageup", "move_screen(-1)", "A screen up", show=False, priority=True),
        Binding("escape,ctrl+p", "leave", "close", priority=True),
    ]

    def __init__(
        self,
        commands: Sequence[Command],
        *,
        recent: Sequence[str] = (),
        find: Callable[[str], list[Command]] | None = None,
    ) -> None:
        super().__init__()
        self._commands = commands
        self._recent = recent_commands(commands, recent)
        self._find = find
        words = "Go to, do, or find…" if find else "What to do?"
        self._input = QueryInput(placeholder=words, id="query")
        self._list = CommandList(id="commands")
        self._timer: Timer | None = None
        # What was typed, the commands that fit it, and what the journal has; until `_is_whole`
        # the latter is of what was typed before.
        self._typed: str | None = None
        self._known: list[Command] = []
        self._found: list[Command] = []
        self._is_whole = True
        # What was asked of the list before all of it had come.
        self._ahead: list[Callable[[], None]] = []

    def compose(self) -> ComposeResult:
        """Yield the field over what it finds."""
        with Vertical(classes="sheet"):
            yield self._input
            yield self._list

    def on_mount(self) -> None:
        """Ready to type."""
        self._list.can_focus = False
        self._show_typed()
        self.give_keys(self._input)

    @on(Input.Changed)
    def _show_typed(self) -> None:
        """Show what is known to fit what is typed, and look for more."""
        typed = self._input.value
        if typed == self._typed:
            return
        self._typed = typed
        self._ahead.clear()
        self.workers.cancel_group(self, "find")
        if self._timer is not None:
            self._timer.stop()
        found = find_commands(self._commands, typed)
        self._known = found if typed.strip() else [*self._recent, *found]
        self._is_whole = self._find is None or len(typed.strip()) < SHORTEST
        if self._is_whole:
            self._found = []
        else:
            look = partial(run_latest, self, "find", self._look, typed)
            self._timer = self.set_timer(_DEBOUNCE_SECONDS, look)
        self._show()

    def _show(self, *, keep_cursor: bool = False) -> None:
        sentence = "Nothing found." if self._is_whole else ""
        commands = [*self._known, *self._found]
        self._list.show_commands(commands, sentence, keep_cursor=keep_cursor)

    async def _look(self, typed: str) -> None:
        if self._find is None:
            return
        try:
            self._found = await asyncio.to_thread(self._find, typed)
        except CharlieError as error:
            self.show_error(error)
            self._found = []
        self._is_whole = True
        self._show(keep_cursor=True)
        ahead, self._ahead = self._ahead, []
        for act in ahead:
            act()

    def _once_found(self, act: Callable[[], None], *, position: int) -> None:
        """Do `act`, which concerns the command at `position`, when that is there to stay."""
        if self._is_whole or (0 <= position < len(self._known) and not self._ahead):
            act()
        else:
            self._ahead.append(act)

    @on(VirtualList.Opened)
    def action_run(self) -> None:
        """Close, and do what is chosen."""
        self._show_typed()
        self._once_found(self._run, position=self._list.cursor or 0)

    def _run(self) -> None:
        if self._list.chosen is not None:
            self.dismiss(self._list.chosen)

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)

    def action_move(self, rows: int) -> None:
        """Move in the list."""
        self._show_typed()
        move = partial(self._list.action_move, rows)
        self._once_found(move, position=(self._list.cursor or 0) + rows)

    def action_move_screen(self, screens: float) -> None:
        """Move in the list by a screen."""
        self._show_typed()
        self._once_found(partial(self._list.action_move_screen, screens), position=-1)
