"""A line to type something in, over what is said about it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from backend.text import for_terminal_line
from frontend.tui.screens.base import CharlieModal, FieldScreen, ResultT
from frontend.tui.widgets.fields.query_input import QueryInput
from frontend.tui.widgets.panes.footer import Footer


class AskingScreen(CharlieModal[ResultT], FieldScreen[ResultT]):
    """Dismissed with what was asked for, or None. A subclass binds enter.

    Args:
        title: what is asked for; safe for the terminal.
        field: the line.
        words: what is said before anything is typed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "close", priority=True)]

    def __init__(self, title: str, field: QueryInput, words: str = "") -> None:
        super().__init__()
        self._title = title
        self.field = field
        self._says = Static(words, classes="quiet", markup=False)

    def compose(self) -> ComposeResult:
        """Yield the title over the field, over what is said."""
        with Vertical(classes="sheet"):
            yield Static(self._title, classes="sheet-title", markup=False)
            yield self.field
            yield self._says
            yield Footer()

    def on_mount(self) -> None:
        """Ready to type."""
        self.give_keys(self.field)

    def show_sentence(self, words: str, *, is_wrong: bool = False) -> None:
        """Say something else about what is typed."""
        self._says.update(for_terminal_line(words))
        self._says.set_class(is_wrong, "wrong")

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)
