"""The reader: one entry, its names highlighted, opened at once however long it is."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Sequence
from typing import ClassVar, Protocol

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.strip import Strip

from frontend.tui.tasks import run_latest
from frontend.tui.text.entry_view import EntryView
from frontend.tui.text.finding import find_all
from frontend.tui.text.page import Page, head_lines, make_page, merge_runs
from frontend.tui.text.rendered_text import CODE, EMPHASIS, LINK, QUIET, STRONG, STRUCK
from frontend.tui.text.wrapping import Mark, Marks, expand_tabs, fit
from frontend.tui.widgets.messages import NameFollowed
from frontend.tui.widgets.panes.text_view import TextView

#: The longest line that is comfortable to read, in cells.
MEASURE = 76
_MARGIN = 2

_LETTERS = {
    STRONG: "reader--strong",
    EMPHASIS: "reader--emphasis",
    CODE: "reader--code",
    STRUCK: "reader--struck",
    LINK: "reader--link",
    QUIET: "reader--about",
}
_BLOCKS = {
    "quote": "reader--quote",
    "code": "reader--code",
    "rule": "reader--about",
    "heading-1": "reader--heading-1",
    "heading-2": "reader--heading-2",
}


class Finder(Protocol):
    """Where one says what is to be found, and is told how often it is."""

    @property
    def is_open(self) -> bool:
        """Whether there is something to be found."""

    def open(self) -> None:
        """Ask for it."""

    def show_count(self, number: int, count: int) -> None:
        """`count` places were found; `number` is the one that is looked at, from 1 on."""

    def close(self) -> None:
        """Done."""


class Reader(TextView):
    """Shows an `EntryView`, or a quiet sentence where there is none."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "reader--title",
        "reader--about",
        "reader--person",
        "reader--place",
        "reader--organization",
        "reader--activity",
        "reader--chosen",
        "reader--found",
        "reader--found-here",
        "reader--strong",
        "reader--emphasis",
        "reader--code",
        "reader--struck",
        "reader--link",
        "reader--quote",
        "reader--heading-1",
        "reader--heading-2",
        "reader--heading-3",
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "name(1)", "names", tooltip="Next name in the entry"),
        Binding("shift+tab", "name(-1)", "Previous name", show=False),
        Binding("enter", "follow", "follow", tooltip="To the page of the chosen name"),
        # Before any other key: those that follow it are for the field already.
        Binding("f", "find", "find", priority=True, tooltip="Find in this entry"),
        Binding("n", "find_next(1)", "next found", tooltip="Next place that was found"),
        Binding("N", "find_next(-1)", "previous found", tooltip="Previous place that was found"),
        Binding("escape", "end_find", "end finding", tooltip="Close the field below"),
        Binding("m", "source", "source", tooltip="The source of the text, or how it looks"),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._entry_view: EntryView | None = None
        self._sentence = ""
        self._head: list[tuple[str, str]] = []
        self._page: Page | None = None
        self._is_source = False
        # Where to scroll once it is laid out: an offset of the text, -1 for its end.
        self._awaited: int | None = None
        self._chosen: int | None = None
        #: Asked for what is to be found; None where nothing can be.
        self.finder: Finder | None = None
        self._query = ""
        # Whether the view is to go to what is being looked for.
        self._will_move = False
        # What a search has found, as written.
        self._places: tuple[tuple[int, int], ...] = ()
        self._place_here = 0
        # The places where that is, as shown, and which of them is the one to look at.
        self._found: list[tuple[int, int]] = []
        self._found_here = 0
        # Marks over those of the names: places found, and the chosen name.
        self._found_marks = Marks(())
        self._here_marks = Marks(())
        self._chosen_marks = Marks(())

    @property
    def entry_view(self) -> EntryView | None:
        """What is shown."""
        return self._entry_view

    @property
    def offset_in_view(self) -> int:
        """Where one is in the text: at the chosen name if it is seen, else at the top line.

        0 while the head is seen.
        """
        start = self._chosen_start()
        if start is not None and self._is_seen(start):
            return start
        return self._offset_at_top()

    def show(
        self,
        entry_view: EntryView,
        *,
        at: int | None = None,
        places: Sequence[tuple[int, int]] = (),
    ) -> None:
        """Show an entry, with the offset `at` in view if given, the name there chosen.

        The same one again stays where it was scrolled to. `places` are the ranges of its text
        that a search has found; they are marked until something is to be found here.
        """
        before = self._entry_view
        is_same = before is not None and before.entry.uuid == entry_view.entry.uuid
        if before is None or not is_same or before.mentions != entry_view.mentions:
            self._chosen = None
        self._entry_view = entry_view
        self._places = tuple(places)
        self._place_here = next((i for i, (start, _) in enumerate(places) if start == at), 0)
        self._sentence = ""
        page = self._page
        if page is not None and page.fits(entry_view, self._text_width()):
            self._set_page(page.with_names_of(entry_view))
        else:
            self._lay_out(self._place() if is_same else 0)
        if at is not None:
            self._choose(
                next((i for i, m in enumerate(entry_view.mentions) if m.start == at), None)
            )
            if self._chosen is None:
                self._go_to(at)
        self.refresh_bindings()

    def show_sentence(self, sentence: str) -> None:
        """Show `sentence` in place of an entry."""
        self._entry_view = None
        self._sentence = sentence
        self._page = None
        self._chosen = None
        self._found = []
        self._lay_out(0)
        self.refresh_bindings()

    def on_resize(self, event: events.Resize) -> None:
        """Wrap again; what was read stays in view."""
        page = self._page
        if page is None or page.layout.width != self._text_width() or not page.is_whole:
            self._lay_out(self._place())

    # Laying out

    def _text_width(self) -> int:
        return max(10, min(MEASURE, self.scrollable_content_region.width - 2 * _MARGIN))

    def _lay_out(self, offset: int) -> None:
        """Lay the text out, in view what stands at `offset` (-1 for the end)."""
        self.workers.cancel_group(self, "layout")
        entry_view = self._entry_view
        if entry_view is None or not self.scrollable_content_region.width:
            # Not seen yet: its size comes with a resize.
            self._page = None
            self._awaited = offset
            self._resized()
            return
        width = self._text_width()
        self._set_page(make_page(entry_view, width, is_source=self._is_source, is_whole=False))
        if self._page is not None and not self._page.is_whole:
            run_latest(self, "layout", self._lay_out_whole, entry_view, width)
        self._go_to(offset)

    async def _lay_out_whole(self, entry_view: EntryView, width: int) -> None:
        page = await asyncio.to_thread(
            make_page, entry_view, width, is_source=self._is_source, is_whole=True
        )
        if self._entry_view is not None and self._entry_view is not entry_view:
            # Its names were found meanwhile.
            page = page.with_names_of(self._entry_view)
        self._set_page(page)
        if self._awaited is not None:
            self._go_to(self._awaited)

    def _set_page(self, page: Page) -> None:
        self._page = page
        self._head = head_lines(page.entry_view, page.layout.width)
        self._mark_chosen()
        self._resized()
        if self._query:
            self.find(self._query, move=False)
        else:
            self._mark_places()

    def _resized(self) -> None:
        self.set_lines(len(self._head) + len(self._page) + 1 if self._page else 0)
        self.refresh()

    # Where one is

    def _place(self) -> int:
        """Return what is to be in view after the text is laid out again."""
        return self._awaited if self._awaited is not None else self._offset_at_top()

    def _offset_at_top(self) -> int:
        line = self.scroll_offset.y - len(self._head)
        return self._page.offset_of(line) if self._page is not None and line > 0 else 0

    def _line(self, offset: int) -> int:
        """Return the line of this view that shows the code point at `offset`."""
        return len(self._head) + self._page.line_of(offset) if self._page else 0

    def _is_seen(self, offset: int) -> bool:
        page, top = self._page, self.scroll_offset.y
        if page is None or not page.holds(offset):
            return False
        return top <= self._line(offset) < top + self.scrollable_content_region.height

    def _go_to(self, offset: int) -> None:
        """Scroll to an offset (-1 for the end), also of what is still being laid out."""
        page = self._page
        self._awaited = None
        if page is None or not page.holds(offset) or (offset < 0 and not page.is_whole):
            self._awaited = offset
        elif offset < 0:
            self.scroll_end(animate=False)
        elif offset == self._chosen_start() or offset in (start for start, _ in self._places):
            # What leads to it is to be read too.
            self._show_line(self._line(offset))
        else:
            self.scroll_to(y=self._line(offset) if offset else 0, animate=False)

    def _show_line(self, line: int) -> None:
        """Scroll to a line, if it is not seen already."""
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        if not top <= line < top + height - 1:
            self.scroll_to(y=max(0, line - height // 3), animate=False)

    def action_scroll_lines(self, lines: int) -> None:
        """Scroll by lines."""
        self._awaited = None
        super().action_scroll_lines(lines)

    def action_scroll_to_edge(self, end: bool) -> None:
        """Scroll to the beginning or the end, also of what is still being laid out."""
        self._go_to(-1 if end else 0)

    def action_source(self) -> None:
        """Show the text as it was written, or as Markdown again; what is read stays in view."""
        self._is_source = not self._is_source
        self._lay_out(self._place())

    # Names

    def _chosen_start(self) -> int | None:
        if self._entry_view is None or self._chosen is None:
            return None
        return self._entry_view.mentions[self._chosen].start

    def _choose(self, position: int | None) -> None:
        """Choose a mention, and show it."""
        self._chosen = position
        self._mark_chosen()
        start = self._chosen_start()
        if start is not None:
            self._go_to(start)
        self.refresh()
        self.refresh_bindings()

    def _mark_chosen(self) -> None:
        page = self._page
        self._chosen_marks = Marks(())
        if page is not None and self._chosen is not None:
            mention = page.entry_view.mentions[self._chosen]
            start, end = page.shown_range(mention.start, mention.end)
            self._chosen_marks = Marks([Mark(start, end, "chosen")])

    def action_name(self, step: int) -> None:
        """Choose the next name, from the chosen one on if it is seen, else from what is seen."""
        page = self._page
        if page is None:
            return
        start = self._chosen_start()
        if start is not None and self._chosen is not None and self._is_seen(start):
            position = self._chosen + step
        else:
            top = self.scroll_offset.y - len(self._head)
            if step > 0:
                position = page.mention_from(top)
            else:
                position = page.mention_from(top + self.scrollable_content_region.height) - 1
        self._choose(position % len(page.entry_view.mentions))

    def action_follow(self) -> None:
        """Go to the page of the chosen name."""
        if self._entry_view is not None and self._chosen is not None:
            mention = self._entry_view.mentions[self._chosen]
            self.post_message(NameFollowed(mention.entity_id, mention.name))

    def on_click(self, event: events.Click) -> None:
        """Follow the name that was clicked."""
        page, offset = self._page, event.get_content_offset(self)
        if page is None or offset is None:
            return
        line = self.scroll_offset.y + offset.y - len(self._head)
        if 0 <= line < len(page):
            position = page.mention_at(line, offset.x - self._margin(), self._chosen)
            if position is not None:
                self._choose(position)
                self.action_follow()

    # Finding

    def find(self, query: str, *, move: bool = True) -> None:
        """Mark every place of `query` and show the next one; "" marks none."""
        # Laying the text out has it looked for again, wherever the view was to go.
        self._will_move = move or (self._will_move and query == self._query)
        self._query = query
        self._places = ()
        run_latest(self, "find", self._find, query)

    async def _find(self, query: str) -> None:
        page = self._page
        found: list[tuple[int, int]] = []
        if page is not None and query:
            found = await asyncio.to_thread(find_all, page.layout.shown.text, query)
        self._mark_found(found)
        self._found_here = self._found_from_view()
        move, self._will_move = self._will_move, False
        self._show_found(move=move)
        self.refresh_bindings()

    def _mark_places(self) -> None:
        """Mark what a search has found."""
        page = self._page
        if page is not None:
            places = [each for each in self._places if page.holds(each[0])]
            self._mark_found([page.shown_range(start, end) for start, end in places])
        self._found_here = self._place_here if self._place_here < len(self._found) else 0
        self._show_found(move=False)

    def _mark_found(self, found: list[tuple[int, int]]) -> None:
        self._found = found
        self._found_marks = Marks(Mark(start, end, "found") for start, end in found)

    def _found_from_view(self) -> int:
        """Return the first place found at the top of the view or below, else the first one."""
        page = self._page
        line = max(0, self.scroll_offset.y - len(self._head))
        if page is None or line >= len(page):
            return 0
        place = bisect_left(self._found, (page.layout.starts[line], 0))
        return place if place < len(self._found) else 0

    def _show_found(self, *, move: bool) -> None:
        page, here = self._page, self._found_here
        self._here_marks = Marks(
            Mark(*place, "found-here") for place in self._found[here : here + 1]
        )
        if page is not None and self._found and move:
            self._awaited = None
            self._show_line(len(self._head) + page.layout.line_of(self._found[here][0]))
        self.refresh()
        if self.finder is not None:
            self.finder.show_count(here + 1, len(self._found))

    def action_find(self) -> None:
        """Ask what is to be found."""
        if self.finder is not None:
            self.finder.open()

    def action_end_find(self) -> None:
        """Find nothing any more."""
        if self.finder is not None:
            self.finder.close()

    def action_find_next(self, step: int) -> None:
        """Show the next place that was found."""
        if self._found:
            self._found_here = (self._found_here + step) % len(self._found)
            self._show_found(move=True)

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys without an effect here mean what they mean elsewhere."""
        has_text = self._entry_view is not None
        return {
            "name": bool(self._entry_view and self._entry_view.mentions),
            "follow": self._chosen is not None,
            "find": has_text and self.finder is not None,
            # A single place that a search has found is looked at already.
            "find_next": len(self._found) > (0 if self._query else 1),
            "end_find": self.finder is not None and self.finder.is_open,
            "source": has_text,
        }.get(action, True)

    # Painting

    def _margin(self) -> int:
        return max(_MARGIN, (self.scrollable_content_region.width - MEASURE) // 2)

    def paint(self, y: int) -> Strip:
        """One line of the visible part."""
        width = self.scrollable_content_region.width
        base = self.base
        pad = Segment(" " * self._margin(), base)
        if self._page is None:
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
        segments = [pad, *self._text_segments(self._page, line - len(self._head), base)]
        return self.strip(segments, width)

    def _text_segments(self, page: Page, line: int, base: Style) -> list[Segment]:
        if line >= len(page):
            return []
        layout = page.layout
        start, end = layout.starts[line], layout.ends[line]
        kind = layout.block(line).kind
        if kind:
            base += self.part_style(_BLOCKS.get(kind, "reader--heading-3"))
        quiet = base + self.part_style("reader--about")
        segments = [Segment(layout.prefix(line), quiet)]
        column = 0
        for first, last, letters, marks in merge_runs(
            layout.shown.format_runs(start, end),
            page.names.runs(start, end),
            self._found_marks.runs(start, end),
            self._here_marks.runs(start, end),
            self._chosen_marks.runs(start, end),
        ):
            style = base
            for letter, component in _LETTERS.items():
                if letters & letter and not (letter == CODE and kind == "code"):
                    style += self.part_style(component)
            for mark in marks:
                if mark is not None:
                    style += self.part_style(f"reader--{mark}")
            text = expand_tabs(layout.shown.text[first:last], column)
            column += cell_len(text)
            segments.append(Segment(text, style))
        return segments
