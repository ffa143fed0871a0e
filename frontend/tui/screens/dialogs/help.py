"""All keys of a screen, from its bindings."""

from __future__ import annotations

from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from frontend.tui.key_names import list_actions, words_of
from frontend.tui.screens.base import CharlieModal
from frontend.tui.widgets.panes.footer import Footer

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
        Binding("pagedown,space", "scroll_screen(1)", "A screen down", show=False),
        Binding("pageup", "scroll_screen(-1)", "A screen up", show=False),
        Binding("g,home", "scroll_to_edge(False)", "First", show=False),
        Binding("G,end", "scroll_to_edge(True)", "Last", show=False),
    ]

    def __init__(self, of: Screen[object]) -> None:
        super().__init__()
        self._actions = list_actions(of)

    def compose(self) -> ComposeResult:
        """Yield a line a key."""
        with Vertical(classes="sheet"):
            yield Static("Keys", classes="sheet-title")
            with VerticalScroll():
                yield Static(self._table(), id="keys")
            yield Footer()

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 1))
        table.add_column(min_width=_KEY_WIDTH, no_wrap=True, style="bold")
        table.add_column()
        for active, keys in self._actions:
            table.add_row(Text(" ".join(keys)), Text(words_of(active.binding)))
        return table

    def action_scroll(self, lines: int) -> None:
        """Scroll a long list of keys."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_scroll_screen(self, screens: int) -> None:
        """Scroll by as much as is seen."""
        self.action_scroll(screens * self.query_one(VerticalScroll).size.height)

    def action_scroll_to_edge(self, is_last: bool) -> None:
        """Scroll to the first key or the last."""
        view = self.query_one(VerticalScroll)
        view.scroll_to(y=view.max_scroll_y if is_last else 0, animate=False)
