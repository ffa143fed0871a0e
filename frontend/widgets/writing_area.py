"""The field that entries are written in."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.document._document import Document, EditResult, Location
from textual.document._document_navigator import DocumentNavigator
from textual.document._edit import Edit
from textual.document._wrapped_document import WrappedDocument
from textual.strip import Strip
from textual.widgets import TextArea

from frontend.standins import StandIns
from frontend.widgets.line_view import ChangedLines


class _Wrapped(WrappedDocument):
    """Textual's wrapped document without what it works out anew for every line it paints.

    A paragraph of 1,000 words took 12 ms a key and one of 1 MB two seconds, because every
    painted line parted its whole paragraph into styled pieces.
    """

    @property
    def height(self) -> int:
        """Number of lines after wrapping."""
        return len(self._offset_to_line_info)

    def get_sections(self, line_index: int) -> list[str]:
        """The lines that one line of the document is wrapped into."""
        line = self.document.get_line(line_index)
        cuts = [0, *self.get_offsets(line_index), len(line)]
        return [line[start:end] for start, end in pairwise(cuts)]

    def section_at(self, y: int) -> tuple[int, int, int, bool] | None:
        """(line, first column, column after the last, is the line's last) of painted line `y`."""
        if not 0 <= y < len(self._offset_to_line_info):
            return None
        line_index, section = self._offset_to_line_info[y]
        offsets = self.get_offsets(line_index)
        start = offsets[section - 1] if section else 0
        is_last = section == len(offsets)
        end = len(self.document.get_line(line_index)) if is_last else offsets[section]
        return line_index, start, end, is_last


class WritingArea(ChangedLines, TextArea):
    """A text area that holds any text and shows nothing that a terminal would obey.

    Args:
        text: the text to begin with, as stored.

    Attributes:
        edits: number of changes made to the text so far.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+home", "to_edge(False)", "Beginning of the text", show=False),
        Binding("ctrl+end", "to_edge(True)", "End of the text", show=False),
    ]

    wrapped_document: _Wrapped

    def __init__(self, text: str = "") -> None:
        self._stand_ins = StandIns(text)
        self.edits = 0
        super().__init__(
            self._stand_ins.to_field(text),
            tab_behavior="indent",
            compact=True,
            highlight_cursor_line=False,
        )
        self.indent_type = "tabs"
        # A cursor that blinks is painted twice a second for ever, over ssh too.
        self.cursor_blink = False

    def _set_document(self, text: str, language: str | None) -> None:
        self.document = Document(text)
        self.wrapped_document = _Wrapped(self.document, tab_width=self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self.move_cursor((0, 0))
        self._rewrap_and_refresh_virtual_size()

    def stored_text(self, field_text: str) -> str:
        """What is to be saved for the field's `text`; any thread may ask."""
        return self._stand_ins.from_field(field_text)

    def edit(self, edit: Edit) -> EditResult:
        """Change the text, and count it: `Changed` comes only when this has had its turn."""
        self.edits += 1
        return super().edit(edit)

    def undo(self) -> None:
        """Take the last changes back."""
        self.edits += 1
        super().undo()

    def redo(self) -> None:
        """Make the changes again that were taken back."""
        self.edits += 1
        super().redo()

    def find_matching_bracket(self, bracket: str, search_from: Location) -> Location | None:
        """None: prose has smileys, and looking for their partner reads the whole entry."""
        return None

    def paint(self, y: int) -> Strip:
        """One line of the visible part, at the cost of that line."""
        base = self.base
        width = self.scrollable_content_region.width
        found = self.wrapped_document.section_at(self.scroll_offset.y + y)
        if found is None:
            return Strip.blank(width, base)
        line_index, start, end, is_last = found
        line = self.document.get_line(line_index)
        styles = [(start, end, base)]
        top, bottom = sorted(self.selection)
        if top != bottom and top[0] <= line_index <= bottom[0]:
            first = top[1] if line_index == top[0] else 0
            # The line break is selected too where the selection goes on below.
            last = bottom[1] if line_index == bottom[0] else len(line) + 1
            selected = self.get_component_rich_style("text-area--selection")
            styles = _restyled(styles, first, last, base + selected, end + is_last)
        cursor_line, cursor = self.selection.end
        if self.has_focus and cursor_line == line_index:
            painted = base + self.get_component_rich_style("text-area--cursor")
            if start <= cursor < end or (is_last and cursor == end):
                styles = _restyled(styles, cursor, cursor + 1, painted, end + is_last)
        shown = self._stand_ins.as_shown(line[start:end]) + " " * is_last
        tab_widths = iter(self._tab_widths(line_index, start))
        segments = [
            Segment(_with_tabs(shown[first - start : last - start], tab_widths), style)
            for first, last, style in styles
        ]
        return Strip(segments, sum(cell_len(s.text) for s in segments)).adjust_cell_length(
            width, base
        )

    def _tab_widths(self, line_index: int, start: int) -> list[int]:
        widths = self.wrapped_document.get_tab_widths(line_index)
        if not any(widths):
            return []
        return widths[self.document.get_line(line_index).count("\t", 0, start) :]

    def action_to_edge(self, end: bool) -> None:
        """Move to the beginning or the end of the text."""
        self.move_cursor(self.document.end if end else (0, 0))

    def on_focus(self) -> None:
        """The cursor is painted where the keys go."""
        self.refresh()

    def on_paste(self, event: events.Paste) -> None:
        """Insert pasted text, line breaks and controls made fit."""
        event.prevent_default()
        event.stop()
        self._insert(self._stand_ins.from_clipboard(event.text))

    def action_paste(self) -> None:
        """Insert what was copied in Charlie."""
        self._insert(self._stand_ins.from_clipboard(self.app.clipboard))

    def _insert(self, text: str) -> None:
        start, end = self.selection
        result = self.replace(text, start, end, maintain_selection_offset=False)
        self.move_cursor(result.end_location)

    def action_copy(self) -> None:
        """Copy what is selected, as it is stored."""
        if self.selected_text:
            self.app.copy_to_clipboard(self.stored_text(self.selected_text))

    def action_cut(self) -> None:
        """Cut what is selected, or the line."""
        if not self.selected_text:
            self.select_line(self.cursor_location[0])
        if self.selected_text:
            self.app.copy_to_clipboard(self.stored_text(self.selected_text))
            self.delete(*self.selection)


def _restyled(
    styles: list[tuple[int, int, Style]], first: int, last: int, style: Style, limit: int
) -> list[tuple[int, int, Style]]:
    """`styles` with `[first, last)` in `style`; `limit` is where the line's last cell ends."""
    start = styles[0][0]
    first, last = max(first, start), min(last, limit)
    if first >= last:
        return styles
    kept: list[tuple[int, int, Style]] = []
    for begin, end, old in styles:
        if begin < min(end, first):
            kept.append((begin, min(end, first), old))
    kept.append((first, last, style))
    for begin, end, old in styles:
        if max(begin, last) < end:
            kept.append((max(begin, last), end, old))
    return kept


def _with_tabs(text: str, widths: Iterator[int]) -> str:
    """`text` with every tab as as many spaces as the next of `widths` says."""
    if "\t" not in text:
        return text
    return "".join(" " * next(widths, 1) if c == "\t" else c for c in text)
