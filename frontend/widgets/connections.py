"""The names in an entry, by type: a column beside the reader, or a strip below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.reactive import reactive
from textual.strip import Strip

from frontend.reading import NameGroup
from frontend.themes import TYPE_VARIABLES
from frontend.widgets.line_view import LineView
from frontend.wrapping import fit, wrap

#: A piece of a line: its text and the component class that styles it ("" for none).
Piece = tuple[str, str]

_HEADING_WIDTH = 14


def column_lines(groups: Sequence[NameGroup], width: int) -> list[list[Piece]]:
    """The names as a column: a heading a type, a line a name with its count to the right."""
    lines: list[list[Piece]] = []
    for group in groups:
        lines.append([])
        lines.append([(group.heading, f"names--{TYPE_VARIABLES[group.type]}")])
        for name in group.names:
            count = name.count
            text = fit(name.text, width - len(count) - 1)
            gap = " " * max(1, width - cell_len(text) - len(count))
            lines.append([(text, ""), (gap + count, "names--quiet")])
    return lines


def strip_lines(groups: Sequence[NameGroup], width: int) -> list[list[Piece]]:
    """The names as a strip: one line a type, as many names as fit and how many do not."""
    lines: list[list[Piece]] = []
    for group in groups:
        heading = group.heading.ljust(_HEADING_WIDTH)
        line: list[Piece] = [(heading, f"names--{TYPE_VARIABLES[group.type]}")]
        used = _HEADING_WIDTH
        for index, name in enumerate(group.names):
            part = "" if index == 0 else " · "
            count = f" {name.here}" if name.here > 1 else ""
            left = len(group.names) - index
            more = f" · {left - 1} more" if left > 1 else ""
            if used + cell_len(part + name.text + count) + len(more) > width:
                if index == 0:
                    room = width - used - len(count) - len(more)
                    line += [(fit(name.text, room), ""), (count + more, "names--quiet")]
                else:
                    line.append((f" · {left} more", "names--quiet"))
                break
            line += [(part, "names--quiet"), (name.text, ""), (count, "names--quiet")]
            used += cell_len(part + name.text + count)
        lines.append(line)
    return lines


class Connections(LineView, can_focus=True):
    """Shows the names of one entry, or a quiet sentence why there are none."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "names--quiet",
        "names--person",
        "names--place",
        "names--organization",
        "names--activity",
    }

    as_strip: reactive[bool] = reactive(False)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._groups: tuple[NameGroup, ...] = ()
        self._sentence = ""
        self._lines: list[list[Piece]] = []

    def show(self, groups: tuple[NameGroup, ...], sentence: str) -> None:
        """Show `groups`, or `sentence` where there are none."""
        self._groups = groups
        self._sentence = sentence
        self._arrange()

    def watch_as_strip(self) -> None:
        """Column and strip hold the same names."""
        self._arrange()

    def on_resize(self, event: events.Resize) -> None:
        """Lines are as wide as the widget."""
        self._arrange()

    def _arrange(self) -> None:
        width = self.scrollable_content_region.width
        if width <= 0:
            return
        if self._groups:
            arrange = strip_lines if self.as_strip else column_lines
            self._lines = arrange(self._groups, width)
        else:
            layout = wrap(self._sentence, width)
            self._lines = [] if self.as_strip else [[], []]
            self._lines += [
                [(layout.text[start:end], "names--quiet")]
                for start, end in zip(layout.starts, layout.ends, strict=True)
            ]
        before = self.virtual_size.height
        self.set_lines(len(self._lines))
        self.scroll_to(y=0, animate=False)
        # A strip is as high as it has lines.
        self.refresh(layout=self.as_strip and len(self._lines) != before)

    def paint(self, y: int) -> Strip:
        """One line of the visible part."""
        width = self.scrollable_content_region.width
        base = self.base
        line = self.scroll_offset.y + y
        if line >= len(self._lines):
            return self.blank()
        segments = [Segment(text, base + self.part_style(name)) for text, name in self._lines[line]]
        return self.strip(segments, width)
