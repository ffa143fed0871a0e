"""The names in an entry, by type: a column beside the reader, or a strip below it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.strip import Strip

from frontend.tui.text.entry_view import Name, NameGroup
from frontend.tui.text.wrapping import fit, wrap
from frontend.tui.themes import TYPE_VARIABLES
from frontend.tui.widgets.line_view import LineView
from frontend.tui.widgets.messages import NameFollowed

_HEADING_WIDTH = 14


class Piece(NamedTuple):
    """A piece of a line: its text, the component class that styles it ("" for none), and the
    position of the name it belongs to, counted over all groups (None for none)."""

    text: str
    style: str = ""
    name: int | None = None


def column_lines(groups: Sequence[NameGroup], width: int) -> list[list[Piece]]:
    """Return the names as a column: a heading a type, a line a name with its count to the right."""
    lines: list[list[Piece]] = []
    position = 0
    for group in groups:
        lines.append([])
        lines.append([Piece(group.heading, f"names--{TYPE_VARIABLES[group.type]}")])
        for name in group.names:
            count = name.count
            text = fit(name.text, width - len(count) - 1)
            gap = " " * max(1, width - cell_len(text) - len(count))
            quiet = Piece(gap + count, "names--quiet", position)
            lines.append([Piece(text, "", position), quiet])
            position += 1
    return lines


def strip_lines(
    groups: Sequence[NameGroup], width: int, chosen: int | None = None
) -> list[list[Piece]]:
    """Return the names as a strip: one line a type, as many names as fit and how many do not.

    The name at position `chosen` is among those that are shown.
    """
    lines: list[list[Piece]] = []
    position = 0
    for group in groups:
        count = len(group.names)
        wanted = chosen - position if chosen is not None else 0
        start = 0
        line, stop = _strip_line(group, position, start, width)
        while stop <= wanted < count:
            start = stop
            line, stop = _strip_line(group, position, start, width)
        lines.append(line)
        position += count
    return lines


def _strip_line(group: NameGroup, position: int, start: int, width: int) -> tuple[list[Piece], int]:
    """Return the line of a type from its name number `start` on, and the number of the first name
    that is not on it any more."""
    gap = " " * (_HEADING_WIDTH - len(group.heading))
    line = [Piece(group.heading, f"names--{TYPE_VARIABLES[group.type]}"), Piece(gap)]
    before = f"{start} before · " if start else ""
    if before:
        line.append(Piece(before, "names--quiet"))
    used = _HEADING_WIDTH + len(before)
    for index, name in enumerate(group.names[start:], start):
        part = "" if index == start else " · "
        count = f" {name.here}" if name.here > 1 else ""
        left = len(group.names) - index
        more = f" · {left - 1} more" if left > 1 else ""
        if used + cell_len(part + name.text + count) + len(more) > width:
            if index == start:
                text = fit(name.text, max(1, width - used - len(count) - len(more)))
                quiet = Piece(count + more, "names--quiet")
                return [*line, Piece(text, "", position + index), quiet], index + 1
            return [*line, Piece(f" · {left} more", "names--quiet")], index
        line += [
            Piece(part, "names--quiet"),
            Piece(name.text, "", position + index),
            Piece(count, "names--quiet", position + index),
        ]
        used += cell_len(part + name.text + count)
    return line, len(group.names)


class Connections(LineView, can_focus=True):
    """Shows the names of one entry, or a quiet sentence why there are none."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "names--quiet",
        "names--person",
        "names--place",
        "names--organization",
        "names--activity",
        "names--chosen",
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "follow", "follow", tooltip="To the page of the chosen name"),
        Binding("j,down", "row(1)", "Next name, or next line of names", show=False),
        Binding("k,up", "row(-1)", "Previous name, or previous line of names", show=False),
        Binding("tab", "move(1)", "Next name", show=False),
        Binding("shift+tab", "move(-1)", "Previous name", show=False),
        Binding("l,right", "beside(1)", "Next name of the line", show=False),
        Binding("h,left", "beside(-1)", "Previous name of the line", show=False),
        Binding("g,home", "to_edge(False)", "First name", show=False),
        Binding("G,end", "to_edge(True)", "Last name", show=False),
    ]

    as_strip: reactive[bool] = reactive(False)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._groups: tuple[NameGroup, ...] = ()
        self._sentence = ""
        self._lines: list[list[Piece]] = []
        # The position of the chosen name, over all groups; it is marked while keys come here.
        self._cursor = 0

    @property
    def has_names(self) -> bool:
        """Whether there is a name to choose."""
        return bool(self._groups)

    def show(self, groups: tuple[NameGroup, ...], sentence: str) -> None:
        """Show `groups`, or `sentence` where there are none."""
        if groups != self._groups:
            self._cursor = 0
        self._groups = groups
        self._sentence = sentence
        self._arrange()

    def watch_as_strip(self) -> None:
        """Column and strip hold the same names."""
        self._arrange()

    def on_resize(self, event: events.Resize) -> None:
        """Lines are as wide as the widget."""
        self._arrange()

    def on_focus(self) -> None:
        """Mark the chosen name."""
        self.refresh()

    def on_blur(self) -> None:
        """Remove the mark of the chosen name."""
        self.refresh()

    def _arrange(self) -> None:
        width = self.scrollable_content_region.width
        if width <= 0:
            return
        if self._groups:
            if self.as_strip:
                self._lines = strip_lines(self._groups, width, self._cursor)
            else:
                self._lines = column_lines(self._groups, width)
        else:
            layout = wrap(self._sentence, width)
            self._lines = [] if self.as_strip else [[], []]
            self._lines += [
                [Piece(layout.text[start:end], "names--quiet")]
                for start, end in zip(layout.starts, layout.ends, strict=True)
            ]
        before = self.virtual_size.height
        self.set_lines(len(self._lines))
        self._scroll_to_cursor()
        # A strip is as high as it has lines.
        self.refresh(layout=self.as_strip and len(self._lines) != before)

    def paint(self, y: int) -> Strip:
        """One line of the visible part."""
        width = self.scrollable_content_region.width
        base = self.base
        line = self.scroll_offset.y + y
        if line >= len(self._lines):
            return self.blank()
        cursor = self._cursor if self.has_focus else None
        segments = []
        for piece in self._lines[line]:
            style = base + self.part_style(piece.style)
            if piece.name is not None and piece.name == cursor:
                style += self.part_style("names--chosen")
            segments.append(Segment(piece.text, style))
        return self.strip(segments, width)

    # Choosing

    def _names(self) -> list[Name]:
        return [name for group in self._groups for name in group.names]

    def _line_of(self, position: int) -> int:
        for number, line in enumerate(self._lines):
            if any(piece.name == position for piece in line):
                return number
        return 0

    def _scroll_to_cursor(self) -> None:
        line = self._line_of(self._cursor) if self.has_focus else 0
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        if not self._cursor or not self.has_focus:
            self.scroll_to(y=0, animate=False)
        elif not top <= line < top + height:
            self.scroll_to(y=line if line < top else line - height + 1, animate=False)

    def _choose(self, position: int) -> None:
        self._cursor = position
        if self.as_strip:
            self._arrange()
        self._scroll_to_cursor()
        self.refresh()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Beside each other names stand in a strip; left of the first one is the text."""
        if action == "beside":
            position = self._cursor + (1 if parameters == (1,) else -1)
            return self.as_strip and 0 <= position < len(self._names())
        return self.has_names

    def action_move(self, step: int) -> None:
        """Choose the next name; the first one follows the last."""
        self._choose((self._cursor + step) % len(self._names()))

    def action_beside(self, step: int) -> None:
        """Choose the next name of a strip."""
        self._choose(self._cursor + step)

    def action_row(self, step: int) -> None:
        """Choose the name in the next line."""
        if not self.as_strip:
            self._choose(max(0, min(self._cursor + step, len(self._names()) - 1)))
            return
        counts = [len(group.names) for group in self._groups]
        firsts = [0, *accumulate(counts)]
        row = bisect_right(firsts, self._cursor) - 1
        target = max(0, min(row + step, len(counts) - 1))
        place = min(self._cursor - firsts[row], counts[target] - 1)
        self._choose(firsts[target] + place)

    def action_to_edge(self, end: bool) -> None:
        """Choose the first or the last name."""
        self._choose(len(self._names()) - 1 if end else 0)

    def action_follow(self) -> None:
        """Go to the page of the chosen name."""
        name = self._names()[self._cursor]
        self.post_message(NameFollowed(name.entity_id, name.stored))

    def on_click(self, event: events.Click) -> None:
        """Follow the name that was clicked."""
        offset = event.get_content_offset(self)
        line = self.scroll_offset.y + offset.y if offset is not None else len(self._lines)
        if offset is None or line >= len(self._lines):
            return
        cell = 0
        for piece in self._lines[line]:
            cell += cell_len(piece.text)
            if offset.x < cell:
                if piece.name is not None:
                    self._choose(piece.name)
                    self.action_follow()
                return
