"""The sentence around a name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.graph.passages import excerpt
from backend.graph.sentences import sentence_around


def sentence(text: str, name: str) -> str:
    start = text.index(name)
    first, last, _, _ = sentence_around(text, start, start + len(name))
    return text[first:last]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Anna", "Anna"),
        ("It rained. Then Anna came! We ate.", "Then Anna came!"),
        ("Was it so? “Yes,” said Anna. “It was.”", "“Yes,” said Anna."),
        ("He said “no.” Anna laughed.", "Anna laughed."),
        ("With Mr. Smith and Anna at St. Paul's.", "With Mr. Smith and Anna at St. Paul's."),
        (
            "J. Smith, e.g. Anna, at 9 a.m. in town. Rain.",
            "J. Smith, e.g. Anna, at 9 a.m. in town.",
        ),
        ("Fine... Anna left", "Anna left"),
        ("So did I. Anna left", "Anna left"),
        ("a heading\n\nAnna came\n\nmore", "Anna came"),
        ("a heading\r\n\r\nAnna came\r\n\r\nmore", "Anna came"),
        ("- tea\n- Anna called\n- bed", "Anna called"),
        ("# Day with Anna\nIt rained.", "Day with Anna\nIt rained."),
        ("one line\nAnd Anna\nanother line", "one line\nAnd Anna\nanother line"),
        ("雨だった。Annaが来た。寝た。", "Annaが来た。"),
        ("Anna 12.5 km. Home.", "Anna 12.5 km."),
    ],
)
def test_a_sentence_is_told_from_its_neighbours(text: str, expected: str) -> None:
    assert sentence(text, "Anna") == expected


def test_a_name_after_a_title_keeps_its_title() -> None:
    assert sentence("Up early. Met Mr. Moore there. Home.", "Moore") == "Met Mr. Moore there."


def test_a_long_sentence_is_cut_at_spaces_on_both_sides() -> None:
    text = "word " * 200 + "Anna" + " more" * 200
    start = text.index("Anna")
    first, last, is_begun, goes_on = sentence_around(text, start, start + 4)
    assert (is_begun, goes_on) == (True, True)
    assert text[first - 1] == text[last] == " "
    assert last - first < 420
    shown, highlights = excerpt(text, [(start, start + 4)])
    assert shown.startswith("…word")
    assert shown.endswith("more…")
    assert [shown[a:b] for a, b in highlights] == ["Anna"]


def test_no_accent_is_parted_from_its_letter() -> None:
    text = "e\u0301" * 300 + "Zoe\u0308" + "e\u0301" * 300
    start = text.index("Zoe")
    first, last, _, _ = sentence_around(text, start, start + 4)
    assert text[first] == "e"
    assert text[last - 1] == "\u0301"


def test_mentions_in_one_passage_are_all_highlighted_and_white_space_is_one_space() -> None:
    text = "Then Anna\n   and   Anna\tB. Lima left. Anna"
    ranges = [(5, 9), (19, 23), (35, 39)]
    ranges = [(m, m + 4) for m in range(len(text)) if text.startswith("Anna", m)][:2]
    shown, highlights = excerpt(text, ranges)
    assert shown == "Then Anna and Anna B. Lima left."
    assert [shown[a:b] for a, b in highlights] == ["Anna", "Anna"]


def test_ranges_that_overlap_are_highlighted_once() -> None:
    shown, highlights = excerpt("New York City", [(0, 8), (4, 13)])
    assert (shown, highlights) == ("New York City", ((0, 8),))


@given(
    st.text(alphabet="ab. \n!?-#1e\u0301。“”", max_size=600),
    st.integers(0, 600),
    st.integers(1, 60),
)
def test_any_text_has_a_sentence_around_any_place(text: str, start: int, length: int) -> None:
    start = min(start, max(0, len(text) - 1))
    end = min(start + length, len(text))
    first, last, _, _ = sentence_around(text, start, end)
    assert 0 <= first <= start <= end <= last <= len(text)
    if end > start and text[start:end].strip():
        shown, highlights = excerpt(text, [(start, end)])
        for low, high in highlights:
            assert 0 <= low < high <= len(shown)
            assert shown[low:high].split() == text[start:end].split()
