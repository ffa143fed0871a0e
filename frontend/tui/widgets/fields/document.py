"""The text in the writing area: broken into lines and counted, at the cost of what changes."""

from __future__ import annotations

from itertools import pairwise

from textual._wrap import compute_wrap_offsets
from textual.document import _wrapped_document
from textual.document._document import Document, EditResult, Location
from textual.document._wrapped_document import WrappedDocument

from backend.text import count_words
from frontend.tui.text.wrapping import is_narrow


def break_offsets(
    text: str,
    width: int,
    tab_size: int,
    fold: bool = True,
    precomputed_tab_sections: list[tuple[str, int]] | None = None,
) -> list[int]:
    """Where `text`, a line, is broken to fit into `width` cells.

    That is where Textual breaks it, but never at a no-break space.

    Lines of characters that all take one cell are not measured, at a tenth of the cost: a book
    that is pasted, or a terminal that is resized, must not hold up the next key.
    """
    if not is_narrow(text):
        return compute_wrap_offsets(text, width, tab_size, fold, precomputed_tab_sections)
    offsets = []
    start, length = 0, len(text)
    while length - start > width:
        cut = text.rfind(" ", start, start + width) + 1
        # White space that does not fit any more goes along with the word before it.
        if cut == start + width and text[cut] == " ":
            cut = text.rfind(" ", start, len(text[start:cut].rstrip()) + start) + 1
        start = cut if cut > start else start + width
        offsets.append(start)
    return offsets


# Textual's wrapped document has no setting for it.
_wrapped_document.compute_wrap_offsets = break_offsets  # type: ignore[attr-defined]


class BrokenDocument(WrappedDocument):
    """Textual's wrapped document without what it works out again for every line it paints.

    A paragraph of 1,000 words took 12 ms a key and one of 1 MB two seconds, because every
    painted line parted its whole paragraph into styled pieces.
    """

    @property
    def height(self) -> int:
        """Number of lines after wrapping."""
        return len(self._offset_to_line_info)

    def get_sections(self, line_index: int) -> list[str]:
        """Return the lines that one line of the document is wrapped into."""
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


class CountedDocument(Document):
    """Textual's document, which knows how many words it has."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.word_count = count_words(text)

    def replace_range(self, start: Location, end: Location, text: str) -> EditResult:
        """Replace a piece of the text, and count what that changes."""
        first, last = sorted((start, end))
        # A word ends where white space begins: what matters is the piece and its neighbours.
        before = "".join(self._lines[first[0] : first[0] + 1])[max(0, first[1] - 1) : first[1]]
        after = "".join(self._lines[last[0] : last[0] + 1])[last[1] : last[1] + 1]
        result = super().replace_range(start, end, text)
        self.word_count += count_words(f"{before}{text}{after}") - count_words(
            f"{before}{result.replaced_text}{after}"
        )
        return result
