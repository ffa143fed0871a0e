"""A list that paints only what is seen: the cursor, the keys and the mouse of every long list."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from frontend.tui.widgets.line_view import LineView

# Cells of a line that hold nothing of a row: the cursor's bar, and a free one at the right edge.
_BAR_AND_EDGE = 3


class VirtualList(LineView, can_focus=True):
    """Rows that are painted line by line; what they show is up to the subclass.

    A subclass says where rows lie (`row_count`, `row_region`, `row_at`) and paints a line
    (`paint_line`). `cursor` is the position of the chosen row, None where there is none.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "list--cursor",
        "list--cursor-bar",
        "list--cursor-bar-blurred",
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Next", show=False),
        Binding("k,up", "move(-1)", "Previous", show=False),
        Binding("ctrl+d", "move_screen(0.5)", "Half a screen down", show=False),
        Binding("ctrl+u", "move_screen(-0.5)", "Half a screen up", show=False),
        Binding("pagedown,space", "move_screen(1)", "A screen down", show=False),
        Binding("pageup", "move_screen(-1)", "A screen up", show=False),
        Binding("g,home", "move_to(0)", "First", show=False),
        Binding("G,end", "move_to(-1)", "Last", show=False),
    ]

    cursor: reactive[int | None] = reactive(None, repaint=False)

    class Chosen(Message):
        """The cursor came to stand on another row, or on none."""

        def __init__(self, rows: VirtualList, position: int | None) -> None:
            super().__init__()
            self.rows = rows
            self.position = position

        @property
        def control(self) -> VirtualList:
            """The list it happened in."""
            return self.rows

    class Opened(Message):
        """The row under the cursor was clicked."""

        def __init__(self, rows: VirtualList, position: int) -> None:
            super().__init__()
            self.rows = rows
            self.position = position

        @property
        def control(self) -> VirtualList:
            """The list it happened in."""
            return self.rows

    @property
    def row_count(self) -> int:
        """Number of rows."""
        raise NotImplementedError

    def row_region(self, position: int) -> tuple[int, int]:
        """(first line, number of lines) of a row, with what should be seen along with it."""
        raise NotImplementedError

    def row_at(self, line: int) -> int | None:
        """Return the position of the row at `line`, None between rows and outside."""
        raise NotImplementedError

    def paint_line(self, line: int, width: int, base: Style) -> Strip:
        """Line `line` of the list as a strip of `width` cells."""
        raise NotImplementedError

    def total_lines(self) -> int:
        """Return the number of lines of all rows."""
        raise NotImplementedError

    def row_style(self, position: int, base: Style) -> tuple[Style, Segment]:
        """Return the style of a row, and what stands left of it: two cells, the cursor's bar."""
        if position != self.cursor:
            return base, Segment("  ", base)
        base += self.part_style("list--cursor")
        # A list that cannot have the focus is moved through from elsewhere.
        has_keys = self.has_focus or not self.can_focus
        name = "list--cursor-bar" if has_keys else "list--cursor-bar-blurred"
        return base, Segment("▌ ", base + self.part_style(name))

    def paint(self, y: int) -> Strip:
        """One line of the visible part."""
        line = self.scroll_offset.y + y
        width = self.scrollable_content_region.width
        if line >= self.total_lines():
            return self.blank()
        return self.paint_line(line, width, self.base)

    def choose(self, position: int | None, *, scroll: bool = True) -> None:
        """Put the cursor on a row (clamped), or on none."""
        count = self.row_count
        if position is None or not count:
            self.cursor = None
            return
        self.cursor = max(0, min(position, count - 1))
        if scroll:
            self.scroll_to_cursor()

    def scroll_to_cursor(self) -> None:
        """Scroll as little as shows the whole row under the cursor; not at all while hidden."""
        view = self.scrollable_content_region.height
        if self.cursor is None or not view:
            return
        top, height = self.row_region(self.cursor)
        first = self.scroll_offset.y
        if top < first:
            self.scroll_to(y=top, animate=False)
        elif top + height > first + view:
            self.scroll_to(y=min(top, top + height - view), animate=False)

    def watch_cursor(self, old: int | None, new: int | None) -> None:
        """Repaint the two rows concerned, and say so."""
        for position in (old, new):
            if position is not None and position < self.row_count:
                top, height = self.row_region(position)
                self.refresh_lines(top, height)
        self.post_message(self.Chosen(self, new))

    def on_focus(self) -> None:
        """Paint the cursor's bar, which shows whether keys come here."""
        self.refresh()

    def on_blur(self) -> None:
        """Paint the cursor's bar, which shows whether keys come here."""
        self.refresh()

    def action_move(self, rows: int) -> None:
        """Move the cursor by `rows`."""
        self.choose((self.cursor or 0) + rows if self.cursor is not None else 0)

    def action_move_screen(self, screens: float) -> None:
        """Move the cursor, and what is seen, by a part of the screen."""
        if self.cursor is None:
            self.choose(0)
            return
        height = self.scrollable_content_region.height
        lines = round(screens * height) or (1 if screens > 0 else -1)
        top, _ = self.row_region(self.cursor)
        target = self._row_near(top + lines, forward=lines > 0)
        moved = target != self.cursor
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False)
        self.choose(target if moved else self.cursor + (1 if lines > 0 else -1))

    def action_move_to(self, position: int) -> None:
        """Move the cursor to a row counted from the beginning, or from the end if negative."""
        self.choose(position if position >= 0 else self.row_count + position)
        if position == 0:
            # The heading over the first row has to be seen again too.
            self.scroll_to(y=0, animate=False)

    def _row_near(self, line: int, *, forward: bool) -> int:
        last = max(0, self.total_lines() - 1)
        line = max(0, min(line, last))
        while 0 <= line <= last:
            position = self.row_at(line)
            if position is not None:
                return position
            line += 1 if forward else -1
        return 0 if not forward else max(0, self.row_count - 1)

    def on_click(self, event: events.Click) -> None:
        """Choose the row that was clicked, or open it if it is chosen."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        position = self.row_at(self.scroll_offset.y + offset.y)
        if position is None:
            return
        if position == self.cursor:
            self.post_message(self.Opened(self, position))
        else:
            self.choose(position)

    def refresh_rows(self, first: int, last: int) -> None:
        """Repaint the rows at positions `first` to `last`, as far as they are seen."""
        if not self.row_count:
            return
        top, _ = self.row_region(max(0, first))
        bottom, height = self.row_region(min(last, self.row_count - 1))
        view = Region(0, self.scroll_offset.y, 1, self.size.height)
        if top < view.bottom and bottom + height > view.y:
            self.refresh_lines(top, bottom + height - top)


class UniformList(VirtualList):
    """Rows that are all equally high.

    A subclass says how many rows there are (`row_count`), how high each is (`row_height`, with a
    blank line at its end if `is_parted`), and what their lines show (`segments_at`).
    """

    is_parted: ClassVar[bool] = False

    @property
    def row_height(self) -> int:
        """Number of lines of a row, its blank one included."""
        return 1

    def segments_at(self, position: int, line: int, room: int, base: Style) -> list[Segment]:
        """Return line `line` of the row at `position`, at most `room` cells wide."""
        raise NotImplementedError

    def total_lines(self) -> int:
        """Return the number of lines of all rows."""
        return self.row_count * self.row_height

    def row_region(self, position: int) -> tuple[int, int]:
        """Return (first line, number of lines) of a row."""
        return position * self.row_height, self.row_height

    def row_at(self, line: int) -> int | None:
        """Return the position of the row at `line`, None outside the list."""
        return line // self.row_height if 0 <= line < self.total_lines() else None

    def paint_line(self, line: int, width: int, base: Style) -> Strip:
        """Paint a line of a row behind the cursor's bar, or the blank line at its end."""
        position, inside = divmod(line, self.row_height)
        if self.is_parted and inside == self.row_height - 1:
            return Strip.blank(width, base)
        return self.paint_row(position, inside, width, base)

    def paint_row(self, position: int, line: int, width: int, base: Style) -> Strip:
        """Paint line `line` of the row at `position` behind the cursor's bar."""
        base, bar = self.row_style(position, base)
        segments = self.segments_at(position, line, max(1, width - _BAR_AND_EDGE), base)
        return self.strip([bar, *segments], width, base)
