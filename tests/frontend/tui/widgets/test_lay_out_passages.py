"""A passage in two or three lines: the name is always among them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from frontend.tui.text.wrapping import wrap
from frontend.tui.widgets.lists.passage_list import from_its_name


def test_a_short_passage_is_shown_whole() -> None:
    shown, start = from_its_name("Anna came.", ((0, 4),), 40, 2)
    assert (shown, start) == ("Anna came.", 0)


def test_a_passage_with_its_name_far_behind_begins_later() -> None:
    text = "word " * 30 + "Anna came"
    shown, start = from_its_name(text, ((150, 154),), 30, 2)
    assert shown.startswith("…word ")
    assert shown[150 - start : 154 - start] == "Anna"
    assert wrap(shown, 30).line_of(150 - start) < 2


def test_a_name_at_the_end_has_its_lines_filled_before_it() -> None:
    text = "word " * 30 + "Anna."
    shown, start = from_its_name(text, ((150, 154),), 40, 2)
    assert shown[150 - start : 154 - start] == "Anna"
    assert len(wrap(shown, 40)) == 2


def test_a_name_in_the_first_lines_needs_nothing_left_out() -> None:
    text = "Then Anna came" + " word" * 30
    shown, start = from_its_name(text, ((5, 9),), 30, 2)
    assert (shown, start) == (text, 0)


@given(
    st.text("ab 日", max_size=400),
    st.text("ab日", max_size=400),
    st.integers(10, 100),
    st.integers(2, 3),
)
def test_the_name_always_begins_in_the_lines_that_are_shown(
    before: str, after: str, width: int, lines: int
) -> None:
    text = f"{before} Anna {after}"
    begin = len(before) + 1
    shown, start = from_its_name(text, ((begin, begin + 4),), width, lines)
    assert shown[begin - start : begin - start + 4] == "Anna"
    assert wrap(shown, width).line_of(begin - start) < lines
