"""A line to type a name in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from backend.errors import CharlieError
from backend.text import for_terminal_line
from frontend.background import run_latest
from frontend.screens.base import CharlieModal, FieldScreen
from frontend.widgets.key_line import KeyLine
from frontend.widgets.query_input import QueryInput


class NameScreen(CharlieModal[str], FieldScreen[str]):
    """Dismissed with the name as it was kept, or None. What is wrong with it is said beside it.

    Args:
        title: what is named; like `name` safe for the terminal.
        keep: keeps the name, and answers with it; called in a thread, and may raise.
        name: what to begin with.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "keep", "keep", priority=True),
        Binding("escape", "leave", "close", priority=True),
    ]

    def __init__(self, title: str, keep: Callable[[str], str], *, name: str = "") -> None:
        super().__init__()
        self._title = title
        self._keep = keep
        self._input = QueryInput(name, placeholder="Name", id="name")
        self._says = Static("", classes="wrong", markup=False)

    def compose(self) -> ComposeResult:
        """The title over the field."""
        with Vertical(classes="sheet"):
            yield Static(self._title, classes="sheet-title", markup=False)
            yield self._input
            yield self._says
            yield KeyLine()

    def on_mount(self) -> None:
        """Ready to type."""
        self.take_keys(self._input)

    @on(Input.Changed)
    def _typed(self) -> None:
        self._says.update("")

    def action_keep(self) -> None:
        """Keep the name and close, or say why it cannot be."""
        self.after_keys(self._input, self._keep_typed)

    def _keep_typed(self) -> None:
        if self._input.value.strip():
            run_latest(self, "keep", self._try, self._input.value)

    async def _try(self, name: str) -> None:
        try:
            kept = await asyncio.to_thread(self._keep, name)
        except CharlieError as error:
            self._says.update(for_terminal_line(error.message))
        else:
            self.dismiss(kept)

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)
