"""The text of an entry in lines, with its names: what the reader paints and points at. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rich.cells import cell_len

from frontend.shared.formatting import clock, counted, long_date, short_date
from frontend.tui.text.entry_view import EntryView, beginning
from frontend.tui.text.rendered_text import ShownLayout, ShownText, as_written, lay_out
from frontend.tui.text.wrapping import Mark, Marks, fit, wrap
from frontend.tui.themes import TYPE_VARIABLES


@dataclass(frozen=True, slots=True)
class Page:
    """An `EntryView` laid out; "written" are offsets of the entry's text.

    Attributes:
        is_source: whether the text is shown as it was written, or else as Markdown.
        is_whole: whether all of the text is laid out, or only its beginning.
        names: marks on what is shown, one a mention, in the style of its type.
    """

    entry_view: EntryView
    layout: ShownLayout
    is_source: bool
    is_whole: bool
    names: Marks

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self.layout)

    def line_of(self, written: int) -> int:
        """Return the line that shows the code point at `written`, or what follows it if hidden."""
        return self.layout.line_of(self.layout.shown.to_shown(written))

    def offset_of(self, line: int) -> int:
        """Where the first code point of `line` was written; lines outside are the nearest."""
        line = max(0, min(line, len(self) - 1))
        return self.layout.shown.to_written(self.layout.starts[line])

    def holds(self, written: int) -> bool:
        """Whether the code point at `written` is laid out already."""
        return self.is_whole or written < self.layout.shown.source_length

    def shown_range(self, start: int, end: int) -> tuple[int, int]:
        """Where what was written at `[start, end)` is shown."""
        shown = self.layout.shown
        return shown.to_shown(start), shown.to_shown(end)

    def mention_from(self, line: int) -> int:
        """Return the position of the first mention that begins at `line` or later."""
        offset = self.offset_of(line) if line < len(self) else len(self.entry_view.text)
        return bisect_left(self.entry_view.mentions, offset, key=lambda mention: mention.start)

    def mention_at(self, line: int, cell: int, preferred: int | None = None) -> int | None:
        """Return the position of the mention at a cell of a line; None if there is none.

        Where several are it is `preferred` if that is one of them, else the innermost.
        """
        shown = self.layout.offset_at(line, cell)
        if shown is None:
            return None
        written = self.layout.shown.to_written(shown)
        mentions = self.entry_view.mentions
        stop = bisect_right(mentions, written, key=lambda mention: mention.start)
        covering = [i for i in range(stop) if mentions[i].end > written]
        if preferred in covering:
            return preferred
        return min(covering, key=lambda i: mentions[i].end - mentions[i].start, default=None)

    def fits(self, entry_view: EntryView, width: int) -> bool:
        """Whether `entry_view` in lines of `width` cells would look the same, but for its names."""
        before = self.entry_view
        return (
            self.layout.width == width
            and before.entry.uuid == entry_view.entry.uuid
            and before.text == entry_view.text
        )

    def with_names_of(self, entry_view: EntryView) -> Page:
        """Return the same text with the head and the names of `entry_view`."""
        return replace(
            self, entry_view=entry_view, names=_mark_names(entry_view, self.layout.shown)
        )


def make_page(entry_view: EntryView, width: int, *, is_source: bool, is_whole: bool) -> Page:
    """Lay an entry out in lines of `width` cells, or its beginning where it is long.

    The whole of a long one takes its time.
    """
    # The first paint can do without it.
    from frontend.tui.text.markdown import render  # noqa: PLC0415

    is_whole = is_whole or entry_view.is_short
    if is_source:
        shown = as_written(entry_view.text if is_whole else beginning(entry_view.text))
    else:
        is_there = entry_view.is_short or not is_whole
        shown = entry_view.beginning if is_there else render(entry_view.text)
    layout = lay_out(shown, width)
    return Page(entry_view, layout, is_source, is_whole, _mark_names(entry_view, shown))


def _mark_names(entry_view: EntryView, shown: ShownText) -> Marks:
    return Marks(
        Mark(shown.to_shown(m.start), shown.to_shown(m.end), TYPE_VARIABLES[m.type])
        for m in entry_view.mentions
        if m.start < shown.source_length
    )


def merge_runs(
    letters: Sequence[tuple[int, int, int]], *others: Sequence[tuple[int, int, str | None]]
) -> list[tuple[int, int, int, tuple[str | None, ...]]]:
    """Return runs that cover the same range, cut wherever one of them changes."""
    edges = sorted({start for runs in (letters, *others) for start, _, _ in runs})
    merged = []
    at = 0
    places = [0] * len(others)
    for start, end in pairwise([*edges, letters[-1][1]] if letters else []):
        while letters[at][1] <= start:
            at += 1
        for which, runs in enumerate(others):
            while runs[places[which]][1] <= start:
                places[which] += 1
        styles = tuple(runs[place][2] for runs, place in zip(others, places, strict=True))
        merged.append((start, end, letters[at][2], styles))
    return merged


def head_lines(entry_view: EntryView, width: int) -> list[tuple[str, str]]:
    """(text, component) of the lines over the text: title, day, time, length, journal."""
    entry = entry_view.entry
    lines = [("", "reader--about")]
    if entry_view.title:
        title = wrap(entry_view.title, width)
        lines += [
            (title.text[start:end], "reader--title")
            for start, end in zip(title.starts, title.ends, strict=True)
        ]
    words = counted(entry.word_count, "word")
    journal = f" · {entry_view.journal}" if entry_view.journal else ""
    forms = (
        f"{long_date(entry.local_date)} · {clock(entry)} · {words}{journal}",
        f"{short_date(entry.local_date)} · {clock(entry)} · {words}{journal}",
        f"{short_date(entry.local_date)} · {clock(entry)} · {words}",
        f"{short_date(entry.local_date)} · {clock(entry)}",
    )
    about = next((form for form in forms if cell_len(form) <= width), forms[-1])
    lines.append((fit(about, width), "reader--about"))
    lines.append(("", "reader--about"))
    return lines
