"""The field that entries are written in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.document._document import EditResult, Location, Selection
from textual.document._document_navigator import DocumentNavigator
from textual.document._edit import Edit
from textual.strip import Strip
from textual.widgets import TextArea

from backend.text import for_terminal_line, shared_prefix, shared_suffix
from frontend.tui.text.completing import Completing
from frontend.tui.text.placeholders import Placeholders
from frontend.tui.text.wrapping import fit
from frontend.tui.widgets.fields.document import BrokenDocument, CountedDocument
from frontend.tui.widgets.line_view import ChangedLines

# Groups of changes that can be undone; one is at most a hundred characters.
_MOST_UNDONE = 10_000


class WritingArea(ChangedLines, TextArea):
    """A text area that holds any text and shows nothing that a terminal would obey.

    Args:
        text: the text to begin with, as stored.
        prompt: what is shown while there is no text.
        completing: what may become of the word at the cursor; the area tells it what is typed,
            and takes what it offers.

    Attributes:
        edits: number of changes made to the text so far.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"writing--prompt"}

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+home", "to_edge(False)", "Beginning of the text", show=False),
        Binding("ctrl+end", "to_edge(True)", "End of the text", show=False),
    ]

    document: CountedDocument
    wrapped_document: BrokenDocument

    def __init__(
        self, text: str = "", *, prompt: str = "", completing: Completing | None = None
    ) -> None:
        self._stand_ins = Placeholders(text)
        self._prompt = for_terminal_line(prompt)
        self._completing = completing or Completing()
        self._is_editing = False
        self.edits = 0
        super().__init__(
            self._stand_ins.to_field(text),
            tab_behavior="indent",
            compact=True,
            highlight_cursor_line=False,
            max_checkpoints=_MOST_UNDONE,
        )
        self.indent_type = "tabs"
        # A cursor that blinks is painted twice a second forever, over ssh too.
        self.cursor_blink = False

    def _set_document(self, text: str, language: str | None) -> None:
        self.document = CountedDocument(text)
        self.wrapped_document = BrokenDocument(self.document, tab_width=self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self.move_cursor((0, 0))
        self._rewrap_and_refresh_virtual_size()

    def stored_text(self, field_text: str) -> str:
        """Return what is to be saved for the field's `text`; any thread may ask."""
        return self._stand_ins.from_field(field_text)

    def edit(self, edit: Edit) -> EditResult:
        """Change the text, and count it: `Changed` comes only when this has had its turn."""
        self.edits += 1
        self._is_editing = True
        result = super().edit(edit)
        self._is_editing = False
        line, column = self.cursor_location
        self._completing.typed(self.document.get_line(line), (line, column))
        return result

    def undo(self) -> None:
        """Take the last changes back."""
        self.edits += 1
        self._completing.close()
        super().undo()

    def redo(self) -> None:
        """Make the changes again that were accepted back."""
        self.edits += 1
        self._completing.close()
        super().redo()

    @property
    def word_count(self) -> int:
        """The number of words in the text."""
        return self.document.word_count

    def watch_selection(self, _: Selection, selection: Selection) -> None:
        """Take back what was offered for a word that the cursor goes away from."""
        if not self._is_editing:
            self._completing.moved(selection.end)

    def on_key(self, event: events.Key) -> None:
        """While something is offered, some keys are for that."""
        steps = {"down": 1, "up": -1}.get(event.key)
        if not self._completing.is_open or (steps is None and event.key not in ("tab", "enter")):
            return
        event.prevent_default()
        event.stop()
        if steps is None:
            self.accept_completion()
        else:
            self._completing.move(steps)
            self.post_message(self.SelectionChanged(self.selection, self))

    def accept_completion(self) -> None:
        """Put what is offered in the place of the word."""
        accepted = self._completing.accept()
        if accepted is not None:
            word, text = accepted
            line, _ = self.cursor_location
            result = self.replace(
                self._stand_ins.from_clipboard(text),
                (line, word.start),
                (line, word.end),
                maintain_selection_offset=False,
            )
            self._completing.close()
            self.move_cursor(result.end_location)

    def set_whole_text(self, text: str) -> None:
        """Make `text` (as stored) the whole of it, in a change that can be undone."""
        if self._stand_ins.clash_with(text):
            self.edits += 1
            self._stand_ins = Placeholders(text)
            self.load_text(self._stand_ins.to_field(text))
            return
        old, new = self.text, self._stand_ins.to_field(text)
        if old == new:
            return
        # Only what differs: the cursor stays where it can.
        first = shared_prefix(old, new)
        same = shared_suffix(old[first:], new[first:])
        self.history.checkpoint()
        self.replace(
            new[first : len(new) - same],
            self.document.get_location_from_index(first),
            self.document.get_location_from_index(len(old) - same),
        )

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
        if self._prompt and not self.document.word_count and not self.text:
            return self._paint_prompt(width)
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

    def _paint_prompt(self, width: int) -> Strip:
        """Return the prompt, under the cursor."""
        quiet = self.base + self.get_component_rich_style("writing--prompt", partial=True)
        shown = fit(self._prompt, width)
        cursor = quiet
        if self.has_focus:
            cursor = self.base + self.get_component_rich_style("text-area--cursor")
        segments = [Segment(shown[:1], cursor), Segment(shown[1:], quiet)]
        return Strip(segments, cell_len(shown)).adjust_cell_length(width, self.base)

    def _tab_widths(self, line_index: int, start: int) -> list[int]:
        widths = self.wrapped_document.get_tab_widths(line_index)
        if not any(widths):
            return []
        return widths[self.document.get_line(line_index).count("\t", 0, start) :]

    def action_to_edge(self, end: bool) -> None:
        """Move to the beginning or the end of the text."""
        self.move_cursor(self.document.end if end else (0, 0))

    def on_focus(self) -> None:
        """Paint the cursor where the keys go."""
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
