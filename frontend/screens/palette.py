"""The command palette: everything that can be done here, found by its words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from frontend.screens.base import CharlieModal, FieldScreen
from frontend.widgets.choice_list import ChoiceList
from frontend.widgets.query_input import QueryInput
from frontend.widgets.virtual_list import VirtualList


@dataclass(frozen=True, slots=True)
class Command:
    """Something that can be done: what in words, how else (a key), and the doing."""

    words: str
    hint: str
    run: Callable[[], Awaitable[object] | None]


def find_commands(commands: Sequence[Command], typed: str) -> list[Command]:
    """The commands in whose words every word of `typed` begins a word, or at least occurs.

    Those in which they begin one come first, else in the order of `commands`.
    """
    wanted = typed.casefold().split()

    def beginnings(command: Command) -> int:
        words = command.words.casefold().split()
        return sum(any(word.startswith(each) for word in words) for each in wanted)

    found = [c for c in commands if all(each in c.words.casefold() for each in wanted)]
    return sorted(found, key=lambda command: -beginnings(command))


class PaletteScreen(CharlieModal[Command], FieldScreen[Command]):
    """Dismissed with the command that was chosen, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "run", "do it", priority=True),
        Binding("down,ctrl+n", "move(1)", "next", priority=True),
        Binding("up", "move(-1)", "previous", priority=True),
        Binding("pagedown", "move_screen(1)", "A screen down", show=False, priority=True),
        Binding("pageup", "move_screen(-1)", "A screen up", show=False, priority=True),
        Binding("escape,ctrl+p", "leave", "close", priority=True),
    ]

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__()
        self._commands = commands
        self._found: list[Command] = list(commands)
        self._input = QueryInput(placeholder="What to do?", id="query")
        self._list = ChoiceList(id="commands")

    def compose(self) -> ComposeResult:
        """The field over what it finds."""
        with Vertical(classes="sheet tall"):
            yield self._input
            yield self._list

    def on_mount(self) -> None:
        """Ready to type."""
        self._list.can_focus = False
        self._show()
        self.take_keys(self._input)

    @on(Input.Changed)
    def _typed(self) -> None:
        self._found = find_commands(self._commands, self._input.value)
        self._show()

    def _show(self) -> None:
        self._list.show([(command.words, command.hint) for command in self._found])

    @on(VirtualList.Opened)
    def action_run(self) -> None:
        """Close, and do what is chosen."""
        # Every key that was typed has been handled when the field's text is looked at.
        found = find_commands(self._commands, self._input.value)
        position = self._list.cursor or 0
        if position < len(found):
            self.dismiss(found[position])

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)

    def action_move(self, rows: int) -> None:
        """Move in the list."""
        self._list.action_move(rows)

    def action_move_screen(self, screens: float) -> None:
        """Move in the list by a screen."""
        self._list.action_move_screen(screens)
