"""The least a Textual app can do with a list and a text area: what Charlie is compared with."""

from __future__ import annotations

import sys
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widgets import OptionList, TextArea


class BareApp(App[None]):
    """`list` shows fifty lines and a cursor, `editor` an empty text area."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("j", "move('cursor_down')", "Down"),
        ("k", "move('cursor_up')", "Up"),
    ]

    def compose(self) -> ComposeResult:
        if sys.argv[1:] == ["editor"]:
            yield TextArea()
        else:
            yield OptionList(*(f"Line {number} of the list" for number in range(50)))

    def action_move(self, name: str) -> None:
        getattr(self.query_one(OptionList), f"action_{name}")()


if __name__ == "__main__":
    BareApp().run()
