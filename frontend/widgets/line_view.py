"""A scrolled view that is painted line by line."""

from __future__ import annotations

from rich.style import Style
from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.strip import Strip


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

    def part_style(self, name: str) -> Style:
        """What the component class `name` adds to `base`; nothing for ""."""
        return self.get_component_rich_style(name, partial=True) if name else Style.null()

    def blank(self) -> Strip:
        """A line without anything on it."""
        return Strip.blank(self.scrollable_content_region.width, self.base)
