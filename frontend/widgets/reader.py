"""The reader: one entry, its names highlighted, opened at once however long it is."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.strip import Strip

from frontend.background import run_latest
from frontend.reading import Reading
from frontend.widgets.line_view import LineView
from frontend.wording import clock, counted, long_date, short_date
from frontend.wrapping import expand_tabs, fit, wrap

#: The longest line that is comfortable to read, in cells.
MEASURE = 76
_MARGIN = 2

# Text up to this many code points is laid out in a few milliseconds; of a longer one the
# beginning is shown first and the rest is laid out in a thread.
_AT_ONCE = 60_000
_FIRST_PART = 20_000


class Reader(LineView, can_focus=True):
    """Shows a `Reading`, or a quiet sentence where there is none."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "reader--title",
        "reader--about",
        "reader--person",
        "reader--place",
        "reader--organization",
        "reader--activity",
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll_lines(1)", "Down", show=False),
        Binding("k,up", "scroll_lines(-1)", "Up", show=False),
        Binding("ctrl+d", "scroll_screens(0.5)", "Half a screen down", show=False),
        Binding("ctrl+u", "scroll_screens(-0.5)", "Half a screen up", show=False),
        Binding("pagedown,space", "scroll_screens(1)", "A screen down", show=False),
        Binding("pageup", "scroll_screens(-1)", "A screen up", show=False),
        Binding("g,home", "scroll_to_edge(False)", "Beginning", show=False),
        Binding("G,end", "scroll_to_edge(True)", "End", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._reading: Reading | None = None
        self._sentence = ""
        self._head: list[tuple[str, str]] = []
        self._layout = wrap("", 1)
        self._is_whole = True
        self._at_end = False

    @property
    def reading(self) -> Reading | None:
        """What is shown."""
        return self._reading

    @property
    def offset_in_view(self) -> int:
        """Offset of the first character in view; 0 while the head is."""
        line = self.scroll_offset.y - len(self._head)
        return self._layout.starts[min(line, len(self._layout) - 1)] if line > 0 else 0

    def show(self, reading: Reading, *, at: int | None = None) -> None:
        """Show an entry, scrolled to the offset `at` if given.

        The same one again stays where it was scrolled to.
        """
        before = self._reading
        same = before is not None and before.entry.uuid == reading.entry.uuid
        offset = self.offset_in_view if same and at is None else at or 0
        same_text = before is not None and same and before.text == reading.text
        self._reading = reading
        self._sentence = ""
        if not same_text or self._layout.width != self._text_width():
            self._lay_out()
        elif at is None:
            self.refresh()
            return
        self.scroll_to(y=self._line_to_scroll_to(offset), animate=False)

    def say(self, sentence: str) -> None:
        """Show `sentence` in place of an entry."""
        self._reading = None
        self._sentence = sentence
        self._lay_out()
        self.scroll_to(y=0, animate=False)

    def on_resize(self, event: events.Resize) -> None:
        """Wrap anew; what was read stays in view."""
        if self._layout.width != self._text_width() or not self._is_whole:
            offset = self.offset_in_view
            self._lay_out()
            self.scroll_to(y=self._line_to_scroll_to(offset), animate=False)

    def _text_width(self) -> int:
        return max(10, min(MEASURE, self.scrollable_content_region.width - 2 * _MARGIN))

    def _lay_out(self) -> None:
        text = self._reading.text if self._reading else ""
        self._is_whole = len(text) <= _AT_ONCE
        self._at_end = False
        width = self._text_width()
        self._head = _head(self._reading, width) if self._reading else []
        self._layout = wrap(text, width, stop=None if self._is_whole else _FIRST_PART)
        self._resized()
        self.workers.cancel_group(self, "layout")
        if not self._is_whole:
            run_latest(self, "layout", self._lay_out_whole, text, width)

    async def _lay_out_whole(self, text: str, width: int) -> None:
        layout = await asyncio.to_thread(wrap, text, width)
        self._layout = layout
        self._is_whole = True
        self._resized()
        if self._at_end:
            self.scroll_end(animate=False)

    def _resized(self) -> None:
        self.set_lines(len(self._head) + len(self._layout) + 1 if self._reading else 0)
        self.refresh()

    def _line_to_scroll_to(self, offset: int) -> int:
        return len(self._head) + self._layout.line_of(offset) if offset else 0

    def paint(self, y: int) -> Strip:
        """One line of the visible part."""
        width = self.scrollable_content_region.width
        base = self.base
        margin = max(_MARGIN, (width - MEASURE) // 2)
        pad = Segment(" " * margin, base)
        if self._reading is None:
            if y != self.size.height // 3 or not self._sentence:
                return self.blank()
            quiet = base + self.part_style("reader--about")
            sentence = fit(self._sentence, width - 2 * _MARGIN)
            gap = " " * ((width - cell_len(sentence)) // 2)
            return self.strip([Segment(gap + sentence, quiet)], width)
        line = self.scroll_offset.y + y
        if line < len(self._head):
            text, component = self._head[line]
            segments = [pad, Segment(text, base + self.part_style(component))]
            return self.strip(segments, width)
        segments = [pad, *self._text_segments(line - len(self._head), base)]
        return self.strip(segments, width)

    def _text_segments(self, line: int, base: Style) -> list[Segment]:
        layout = self._layout
        if self._reading is None or line >= len(layout):
            return []
        segments: list[Segment] = []
        column = 0
        runs = self._reading.marks.runs(layout.starts[line], layout.ends[line])
        for start, end, mark in runs:
            text = expand_tabs(layout.text[start:end], column)
            column += cell_len(text)
            style = base + self.part_style(f"reader--{mark}") if mark else base
            segments.append(Segment(text, style))
        return segments

    def action_scroll_lines(self, lines: int) -> None:
        """Scroll by lines."""
        self._at_end = False
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False)

    def action_scroll_screens(self, screens: float) -> None:
        """Scroll by parts of the visible height; two lines stay in view on a whole one."""
        height = self.scrollable_content_region.height
        lines = max(1, round(abs(screens) * height) - (2 if abs(screens) == 1 else 0))
        self.action_scroll_lines(lines if screens > 0 else -lines)

    def action_scroll_to_edge(self, end: bool) -> None:
        """Scroll to the beginning or the end, also of what is still being laid out."""
        self._at_end = end and not self._is_whole
        if end:
            self.scroll_end(animate=False)
        else:
            self.scroll_to(y=0, animate=False)


def _head(reading: Reading, width: int) -> list[tuple[str, str]]:
    """(text, component) of the lines over the text: title, day, time, length."""
    entry = reading.entry
    lines = [("", "reader--about")]
    if reading.title:
        title = wrap(reading.title, width)
        lines += [
            (title.text[start:end], "reader--title")
            for start, end in zip(title.starts, title.ends, strict=True)
        ]
    words = counted(entry.word_count, "word")
    forms = (
        f"{long_date(entry.local_date)} · {clock(entry)} · {words}",
        f"{short_date(entry.local_date)} · {clock(entry)} · {words}",
        f"{short_date(entry.local_date)} · {clock(entry)}",
    )
    about = next((form for form in forms if cell_len(form) <= width), forms[-1])
    lines.append((fit(about, width), "reader--about"))
    lines.append(("", "reader--about"))
    return lines
