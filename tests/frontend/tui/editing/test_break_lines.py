"""The writing area's document: lines broken as Textual breaks them, words counted as one types."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from textual._wrap import compute_wrap_offsets

from backend.text import count_words
from frontend.tui.widgets.fields.document import CountedDocument, break_offsets

narrow = st.text(alphabet="ab  c—é", max_size=60)
texts = st.text(alphabet="ab \n\t…日", max_size=20)
places = st.tuples(st.integers(0, 6), st.integers(0, 8))


@given(narrow, st.integers(1, 12))
def test_lines_of_narrow_characters_are_broken_as_the_others_are(text: str, width: int) -> None:
    assert break_offsets(text, width, 4) == compute_wrap_offsets(text, width, 4)


def test_a_no_break_space_is_no_place_to_break() -> None:
    assert break_offsets("10 km and 20\u00a0km", 13, 4) == [10]


def _inside(document: CountedDocument, place: tuple[int, int]) -> tuple[int, int]:
    """The place of `document` that is next to `place`."""
    line = min(place[0], document.line_count - 1)
    return line, min(place[1], len(document.get_line(line)))


@given(texts, st.lists(st.tuples(places, places, texts), max_size=6))
def test_words_are_counted_with_every_change(
    text: str, changes: list[tuple[tuple[int, int], tuple[int, int], str]]
) -> None:
    document = CountedDocument(text)
    for start, end, inserted in changes:
        first, last = _inside(document, start), _inside(document, end)
        document.replace_range(first, last, inserted)
        assert document.word_count == count_words(document.text)
