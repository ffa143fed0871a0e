"""Views that are painted line by line, and only where they have changed."""

from __future__ import annotations

from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.geometry import Size
from textual.strip import Strip

from frontend.tui.widgets.line_view import LineView

HEIGHT = 6


class Lines(LineView):
    """Paints `texts` at its right edge, and counts how often it painted a line."""

    DEFAULT_CSS = "Lines { width: 100%; height: 100%; scrollbar-size: 0 0; }"

    def __init__(self) -> None:
        super().__init__()
        self.texts = [f"line {number}" for number in range(2 * HEIGHT)]
        self.times = 0

    def on_mount(self) -> None:
        self.set_lines(len(self.texts))

    def paint(self, y: int) -> Strip:
        self.times += 1
        text = self.texts[self.scroll_offset.y + y].rjust(self.size.width)
        return self.strip([Segment(text, self.base)], self.size.width)


class LinesApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.lines = Lines()

    def compose(self) -> ComposeResult:
        yield self.lines

    @property
    def painted(self) -> list[str]:
        return [strip.text for strip in self.screen._compositor.render_strips(self.size)]


async def test_a_line_that_has_changed_is_painted_once() -> None:
    app = LinesApp()
    async with app.run_test(size=(20, HEIGHT)) as pilot:
        lines = app.lines
        assert app.painted == [text.rjust(20) for text in lines.texts[:HEIGHT]]
        lines.times = 0
        lines.texts[1] = "another"
        lines.texts[4] = "and one more"
        lines.refresh()
        await pilot.pause()
        assert app.painted == [text.rjust(20) for text in lines.texts[:HEIGHT]]
        assert lines.times == HEIGHT


async def test_what_changes_before_it_is_seen_is_painted_as_it_is_then() -> None:
    app = LinesApp()
    async with app.run_test(size=(20, HEIGHT)):
        lines = app.lines
        lines.texts[1] = "another"
        lines.refresh()
        # Compared with what was painted before, but not painted yet.
        lines._refresh_changed()
        lines.scroll_to(y=1, animate=False, immediate=True)
        assert app.painted == [text.rjust(20) for text in lines.texts[1 : HEIGHT + 1]]
        lines.texts[2] = "yet another"
        lines.refresh()
        lines._refresh_changed()
        app.screen._refresh_layout(Size(12, HEIGHT))
        assert app.painted == [text.rjust(12) for text in lines.texts[1 : HEIGHT + 1]]
