"""A scrolled view that is painted line by line."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget


class LineView(ScrollView, inherit_bindings=False):
    """Base of what paints its lines itself; a subclass has `render_line`.

    Attributes:
        base: the widget's own style, worked out once a paint: it takes 0.1 ms, because every
            ancestor has a say in it.
    """

    base = Style.null()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Paint the lines of `crop`."""
        self.base = self.rich_style
        return super().render_lines(crop)

    def set_lines(self, lines: int) -> None:
        """Say how many lines there are.

        Past Textual's `virtual_size`, which lays the whole screen out anew whenever it changes:
        10 ms for every entry that is chosen. Where a scrollbar comes or goes that still happens.
        """
        size = Size(0, lines)
        if size != self.virtual_size:
            self.set_reactive(Widget.virtual_size, size)
            self._scroll_update(size)

    def part_style(self, name: str) -> Style:
        """What the component class `name` adds to `base`; nothing for ""."""
        return self.get_component_rich_style(name, partial=True) if name else Style.null()

    def strip(self, segments: list[Segment], width: int) -> Strip:
        """A line of `width` cells; pieces of one style are written as one."""
        return Strip(segments).adjust_cell_length(width, self.base).simplify()

    def blank(self) -> Strip:
        """A line without anything on it."""
        return Strip.blank(self.scrollable_content_region.width, self.base)
