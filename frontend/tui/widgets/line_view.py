"""Scrolled views that are painted line by line, and only where they have changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

# A widget takes styles and keys from its first base that is a widget, so this must be none.
if TYPE_CHECKING:
    _View = ScrollView
else:
    _View = object


class ChangedLines(_View):
    """For a scrolled view: paints the lines that differ from what was painted before.

    Textual paints a whole widget whenever anything in it changes: 7 kB for a letter that is
    typed, which a slow line feels. Here a repaint that names no region compares first. A view
    has `paint`, and names this before its other bases.

    Attributes:
        base: the widget's own style, worked out once a paint: it takes 0.1 ms, because every
            ancestor has a say in it.
    """

    base = Style.null()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # What was painted last, by line of the view; nothing before the first paint.
        self._painted: dict[int, Strip] = {}
        # The lines among them that are as they would be painted now.
        self._fresh: set[int] = set()
        self._compared_size = Size()
        self._will_compare = False
        super().__init__(*args, **kwargs)

    def paint(self, y: int) -> Strip:
        """Line `y` of the visible part, as wide as that."""
        raise NotImplementedError

    def render_lines(self, crop: Region) -> list[Strip]:
        """Paint the lines of `crop` that Textual does not remember."""
        self.base = self.rich_style
        if self.size != self._compared_size:
            self._fresh.clear()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Paint a line and remember it."""
        if y in self._fresh:
            self._fresh.remove(y)
        else:
            self._painted[y] = self.paint(y)
        return self._painted[y]

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Have the widget painted again, where it has changed if no region is named."""
        self._fresh.clear()
        if regions or layout or recompose or not repaint or not self._painted:
            return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        if not self._will_compare:
            self._will_compare = True
            # Once what is being handled now is done: until then, half of it has changed.
            self.call_next(self._refresh_changed)
        return self

    def _refresh_changed(self) -> None:
        self._will_compare = False
        self.base = self.rich_style
        self._compared_size = self.size
        width, height = self.size
        for y in range(height):
            strip = self.paint(y)
            if self._painted.get(y) != strip:
                self._painted[y] = strip
                self._fresh.add(y)
                super().refresh(Region(0, y, width, 1))

    def notify_style_update(self) -> None:
        """Another theme, or another class: nothing is as it was painted."""
        self._painted.clear()
        self._fresh.clear()
        super().notify_style_update()


class LineView(ChangedLines, ScrollView, inherit_bindings=False):
    """Base of Charlie's own views."""

    def set_lines(self, lines: int) -> None:
        """Say how many lines there are.

        Past Textual's `virtual_size`, which lays the whole screen out again whenever it changes:
        10 ms for every entry that is chosen. Where a scrollbar comes or goes that still happens.
        """
        size = Size(0, lines)
        if size != self.virtual_size:
            self.set_reactive(Widget.virtual_size, size)
            self._scroll_update(size)

    def part_style(self, name: str) -> Style:
        """Return what the component class `name` adds to `base`; nothing for ""."""
        return self.get_component_rich_style(name, partial=True) if name else Style.null()

    def strip(self, segments: list[Segment], width: int, fill: Style | None = None) -> Strip:
        """Return a line of `width` cells, filled up in `fill` (`base` if None).

        Pieces of one style are written as one.
        """
        return Strip(segments).adjust_cell_length(width, fill or self.base).simplify()

    def blank(self) -> Strip:
        """Return a line without anything on it."""
        return Strip.blank(self.scrollable_content_region.width, self.base)
