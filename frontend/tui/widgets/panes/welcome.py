"""What an empty journal shows in the list's place."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from backend.text import for_terminal_line

_KEYS = (
    ("n", "write your first entry"),
    ("ctrl+s", "save it; escape saves and returns"),
    ("/", "search what you wrote"),
    ("s", "settings"),
    ("?", "all keys, wherever you are"),
    ("q", "leave; everything is kept"),
)


_KEYS_OF_ONE = (
    ("n", "write its first entry"),
    ("b", "show another journal, or all of them"),
    ("q", "leave; everything is kept"),
)


class Welcome(Widget):
    """Says what this is and which keys there are.

    `journal` is the one that is shown, "" for all of them.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"welcome--title", "welcome--key", "welcome--quiet"}

    journal: reactive[str] = reactive("")

    def render(self) -> Text:
        """Return a greeting, and the keys."""
        key_style = self.get_component_rich_style("welcome--key", partial=True)
        quiet = self.get_component_rich_style("welcome--quiet", partial=True)
        text = Text(end="")
        greeting = f"“{for_terminal_line(self.journal)}” is empty." if self.journal else "Welcome."
        text.append(greeting, self.get_component_rich_style("welcome--title", partial=True))
        if self.journal:
            text.append("\n\n")
        else:
            text.append(
                "\n\nThis is your journal. Write, and Charlie reads along: the people, places,"
                " organisations and activities of your days appear beside what you wrote."
                " Nothing leaves this machine.\n\n",
            )
        for key, words in _KEYS_OF_ONE if self.journal else _KEYS:
            text.append(f"{key:>8}", key_style)
            text.append(f"  {words}\n", quiet)
        return text
