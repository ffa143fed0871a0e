"""The user's templates, one of which may begin an entry."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from backend.dates import local_time, local_zone, now
from backend.errors import CharlieError
from backend.templates import Template, fill_template, list_templates, read_template
from backend.text import for_terminal_line
from frontend.tui.screens.base import CharlieModal
from frontend.tui.tasks import run_latest

_NONE = (
    "There are no templates yet. A template is a file you keep, with {{date}}, {{time}} and"
    " {{weekday}} for the moment. To write one:\n\n  charlie template edit NAME"
)


class TemplatesScreen(CharlieModal[str | None]):
    """Dismissed with the beginning of an entry, filled in for this moment, or None."""

    CSS_PATH = "../../styles/templates.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "begin with it"),
        Binding("escape,q", "dismiss", "close"),
        Binding("j", "move(1)", "Next", show=False),
        Binding("k", "move(-1)", "Previous", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._templates: list[Template] = []
        self._options = OptionList(id="templates", markup=False, compact=True)
        self._says = Static("", id="templates-say", classes="quiet", markup=False)

    def compose(self) -> ComposeResult:
        """Yield the templates over the keys."""
        with Vertical(classes="sheet"):
            yield Static("Begin with a template", classes="sheet-title")
            yield self._options
            yield self._says
            yield Static("enter begin with it · esc close", classes="quiet keys")

    def on_mount(self) -> None:
        """Read the folder, in a thread."""
        self._options.focus()
        run_latest(self, "templates", self._list)

    async def _list(self) -> None:
        try:
            self._templates = await asyncio.to_thread(list_templates)
        except CharlieError as error:
            self._show_sentence(error.message)
            return
        self._options.add_options(Option(for_terminal_line(t.name)) for t in self._templates)
        self._options.display = bool(self._templates)
        if self._templates:
            self._options.highlighted = 0
            self._show_sentence(f"Kept in {self._templates[0].path.parent}.")
        else:
            self._show_sentence(_NONE)

    def _show_sentence(self, words: str) -> None:
        self._says.update(for_terminal_line(words) if words != _NONE else words)

    def on_option_list_option_selected(self) -> None:
        """Enter on a template."""
        self.action_choose()

    def action_choose(self) -> None:
        """Begin with the chosen one."""
        place = self._options.highlighted
        if place is not None and place < len(self._templates):
            self.change(self._choose, self._templates[place])

    async def _choose(self, template: Template) -> None:
        try:
            beginning = await asyncio.to_thread(_beginning, template)
        except CharlieError as error:
            self.show_error(error)
            return
        self.dismiss(beginning)

    def action_move(self, rows: int) -> None:
        """Move in the list."""
        if rows > 0:
            self._options.action_cursor_down()
        else:
            self._options.action_cursor_up()


def _beginning(template: Template) -> str:
    return fill_template(read_template(template), local_time(now(), local_zone()))
