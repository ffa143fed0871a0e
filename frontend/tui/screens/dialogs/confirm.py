"""A question with two answers."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static

from frontend.tui.screens.base import CharlieModal


class ConfirmScreen(CharlieModal[bool]):
    """Dismissed with True for yes.

    Args:
        question: safe for the terminal.
        yes: the word for doing it.
        no: the word for leaving things as they are.
        cautious: the answer that enter gives is no.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "yes"),
        Binding("n,escape", "answer(False)", "no"),
        Binding("left,right,h,l", "other", "the other answer", show=False),
    ]

    def __init__(self, question: str, yes: str, no: str, *, cautious: bool = False) -> None:
        super().__init__()
        self._question = question
        self._yes = yes
        self._no = no
        self._cautious = cautious

    def compose(self) -> ComposeResult:
        """Yield the question over its answers."""
        with Vertical(classes="sheet"):
            yield Static(self._question, markup=False)
            with Horizontal(classes="answers"):
                yield Button(f"{self._yes} (y)", id="yes", compact=True)
                yield Button(f"{self._no} (n)", id="no", compact=True)

    def on_mount(self) -> None:
        """Enter answers."""
        self.query_one("#no" if self._cautious else "#yes").focus()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")

    def action_answer(self, yes: bool) -> None:
        """Answer and close."""
        self.dismiss(yes)

    def action_other(self) -> None:
        """Move between the answers."""
        self.focus_next()
