"""A line to type a name in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Input

from backend.errors import CharlieError
from frontend.tui.screens.dialogs.line_prompt import AskingScreen
from frontend.tui.widgets.fields.query_input import QueryInput


class NameScreen(AskingScreen[str]):
    """Dismissed with the name as it was kept, or None. What is wrong with it is said below it.

    Args:
        title: what is named; like `name` safe for the terminal.
        keep: keeps the name, and answers with it; called in a thread, and may raise.
        name: what to begin with.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "keep", "keep", priority=True)]

    def __init__(self, title: str, keep: Callable[[str], str], *, name: str = "") -> None:
        super().__init__(title, QueryInput(name, placeholder="Name", id="name"))
        self._keep = keep

    @on(Input.Changed)
    def _typed(self) -> None:
        self.show_sentence("")

    def action_keep(self) -> None:
        """Keep the name and close, or say why it cannot be."""
        if self.field.value.strip():
            self.change(self._try, self.field.value)

    async def _try(self, name: str) -> None:
        try:
            kept = await asyncio.to_thread(self._keep, name)
        except CharlieError as error:
            self.show_sentence(error.message, is_wrong=True)
        else:
            self.dismiss(kept)
