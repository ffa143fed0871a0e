"""Snippets: one line, bounded, with ranges that fit it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backend.database import snippets

OPEN, CLOSE = "<0123>", "</0123>"
PIECES = st.lists(
    st.tuples(st.text(alphabet="ab \n\t<>/é👩", max_size=200), st.booleans()), max_size=8
)


def test_marks_become_ranges_and_space_is_collapsed() -> None:
    marked = f" \n one {OPEN}two{CLOSE}\n\n{OPEN}three  four{CLOSE} \t five  "
    assert snippets.from_marked(marked, OPEN, CLOSE) == (
        "one two three four five",
        ((4, 7), (8, 18)),
    )


def test_a_mark_that_is_cut_off_is_no_range() -> None:
    assert snippets.from_marked(f"one {OPEN}two", OPEN, CLOSE) == ("one two", ())
    assert snippets.from_marked(f"one{CLOSE} two", OPEN, CLOSE)[1] == ()


@given(PIECES)
def test_ranges_always_fit(pieces: list[tuple[str, bool]]) -> None:
    marked = "".join(f"{OPEN}{text}{CLOSE}" if mark else text for text, mark in pieces)
    line, ranges = snippets.from_marked(marked, OPEN, CLOSE)
    assert len(line) <= snippets.MAX_LENGTH
    assert line == " ".join(line.split())
    assert all(0 <= low < high <= len(line) for low, high in ranges)
    assert list(ranges) == sorted(ranges)


@given(st.text(alphabet="ab \n", min_size=1, max_size=900), st.data())
def test_the_first_name_is_always_shown(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, min(len(text), start + 40)))
    line, ranges = snippets.around(text, [(start, end)])
    assert len(line) <= snippets.MAX_LENGTH + 2
    shown = [line[low:high].split() for low, high in ranges]
    assert shown == ([text[start:end].split()] if text[start:end].strip() else [])


def test_names_outside_the_window_or_overlapping_are_left_out() -> None:
    text = "Tom " + "x" * 500 + " Tom"
    assert snippets.around(text, [(0, 3), (1, 3), (505, 508)])[1] == ((0, 3),)
    assert snippets.around("Tom", []) == ("Tom", ())
