"""The line at the top: where one is on the left, what the worker does on the right."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from frontend.wrapping import fit

_GAP = 2


class Masthead(Widget):
    """`place` and `about` say where one is; `status` is the worker's state in words."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"masthead--place", "masthead--quiet"}

    place: reactive[str] = reactive("")
    about: reactive[str] = reactive("")
    status: reactive[str] = reactive("")

    def render(self) -> Text:
        """One line; the status gives way last, because nothing else tells it."""
        width = self.content_size.width
        status = fit(self.status, max(0, width - cell_len(self.place) - _GAP))
        room = width - cell_len(self.place) - cell_len(status) - 2 * _GAP
        about = self.about if cell_len(self.about) <= room else ""
        gap = (
            width - cell_len(self.place) - cell_len(status) - (cell_len(about) + _GAP) * bool(about)
        )
        quiet = self.get_component_rich_style("masthead--quiet", partial=True)
        return Text.assemble(
            (self.place, self.get_component_rich_style("masthead--place", partial=True)),
            (" " * _GAP + about if about else "", quiet),
            " " * max(0, gap),
            (status, quiet),
            no_wrap=True,
            end="",
        )
