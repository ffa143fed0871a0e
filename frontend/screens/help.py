"""All keys of a screen, from its bindings."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from frontend.screens.base import CharlieModal

_KEY_WIDTH = 16


def list_keys(screen: Screen[object]) -> list[tuple[str, str]]:
    """(keys, what they do) of every binding that has words and works now, in order."""
    keys: dict[tuple[str, str], list[str]] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        words = binding.tooltip or binding.description
        if not words or not active.enabled or binding.system:
            continue
        shown = screen.app.get_key_display(binding)
        own = keys.setdefault((binding.action, words), [])
        for key in (shown, _plain(binding.key)):
            if key not in own:
                own.append(key)
    return [(" ".join(_distinct(shown)), words) for (_, words), shown in keys.items()]


def _plain(key: str) -> str:
    names = {"question_mark": "?", "slash": "/", "escape": "esc"}
    return names.get(key, key)


def _distinct(keys: list[str]) -> list[str]:
    """Without spellings of the same key ("^s" beside "ctrl+s")."""
    return [key for key in keys if not (key.startswith("^") and f"ctrl+{key[1:]}" in keys)]


class HelpScreen(CharlieModal[None]):
    """Shows the keys of another screen.

    Args:
        of: the screen whose keys are shown.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "dismiss", "close", key_display="esc"),
        Binding("j,down", "scroll(1)", "Down", key_display="j", show=False),
        Binding("k,up", "scroll(-1)", "Up", key_display="k", show=False),
    ]

    def __init__(self, of: Screen[object]) -> None:
        super().__init__()
        self._keys = list_keys(of)

    def compose(self) -> ComposeResult:
        """A line a key."""
        with Vertical(classes="sheet tall"):
            yield Static("Keys", classes="sheet-title")
            with VerticalScroll():
                yield Static(self._table(), id="keys")

    def _table(self) -> Text:
        text = Text(end="")
        for keys, words in self._keys:
            text.append(f"{keys:<{_KEY_WIDTH}} ", "bold")
            text.append(f"{words}\n")
        return text

    def action_scroll(self, lines: int) -> None:
        """Scroll a long list of keys."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)
