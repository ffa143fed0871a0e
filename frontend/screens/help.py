"""All keys of a screen, from its bindings."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from frontend.keys import list_actions, words_of
from frontend.screens.base import CharlieModal
from frontend.widgets.key_line import KeyLine

_KEY_WIDTH = 16


class HelpScreen(CharlieModal[None]):
    """Shows the keys of another screen.

    Args:
        of: the screen whose keys are shown.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "dismiss", "close"),
        Binding("j,down", "scroll(1)", "Down", show=False),
        Binding("k,up", "scroll(-1)", "Up", show=False),
    ]

    def __init__(self, of: Screen[object]) -> None:
        super().__init__()
        self._actions = list_actions(of)

    def compose(self) -> ComposeResult:
        """A line a key."""
        with Vertical(classes="sheet tall"):
            yield Static("Keys", classes="sheet-title")
            with VerticalScroll():
                yield Static(self._table(), id="keys")
            yield KeyLine()

    def _table(self) -> Text:
        text = Text(end="")
        for active, keys in self._actions:
            text.append(f"{' '.join(keys):<{_KEY_WIDTH}} ", "bold")
            text.append(f"{words_of(active.binding)}\n")
        return text

    def action_scroll(self, lines: int) -> None:
        """Scroll a long list of keys."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)
