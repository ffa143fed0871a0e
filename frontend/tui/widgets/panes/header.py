"""The line at the top: where one is on the left, what the worker does on the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from backend.text import for_terminal_line
from frontend.tui.text.wrapping import fit

_GAP = 2


# Cells of a name in the history, and of the history that are worth showing at all.
_ROUTE_WIDTH = 20
_SHORTEST_HISTORY = 8
_BETWEEN = " › "


class Header(Widget):
    """`title` and `about` say where one is; `status` is the worker's state in words.

    `history` is how one came: the stops before this one, the first one first, safe for the
    terminal.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"header--title", "header--quiet"}

    title: reactive[str] = reactive("")
    about: reactive[str] = reactive("")
    status: reactive[str] = reactive("")
    history: reactive[tuple[str, ...]] = reactive(())

    def render(self) -> Text:
        """One line; the status gives way last, because nothing else tells it."""
        width = self.content_size.width
        title = fit(for_terminal_line(self.title), width)
        status = fit(self.status, max(0, width - cell_len(title) - _GAP))
        room = width - cell_len(title) - cell_len(status) - _GAP
        about = " " * _GAP + self.about if self.about else ""
        if cell_len(about) > room:
            about = ""
        history = fit_history(self.history, room - cell_len(about))
        gap = room - cell_len(about) - cell_len(history) + _GAP
        quiet = self.get_component_rich_style("header--quiet", partial=True)
        return Text.assemble(
            (history, quiet),
            (title, self.get_component_rich_style("header--title", partial=True)),
            (about, quiet),
            " " * max(0, gap),
            (status, quiet),
            no_wrap=True,
            end="",
        )


def fit_history(labels: Sequence[str], width: int) -> str:
    """As many of the last stops as `width` cells hold, each with a mark behind it."""
    history = ""
    for number, label in enumerate(reversed(labels)):
        longer = fit(label, _ROUTE_WIDTH) + _BETWEEN + history
        more = "" if number == len(labels) - 1 else "…" + _BETWEEN
        if cell_len(more + longer) > width:
            break
        history = longer
    else:
        return history
    marked = "…" + _BETWEEN + history
    return marked if history and _SHORTEST_HISTORY <= cell_len(marked) <= width else ""
