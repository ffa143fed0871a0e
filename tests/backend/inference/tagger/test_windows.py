"""Every word is read, in a window that fits the model."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from backend.inference.tagger.windows import (
    LONGEST_STRETCH,
    LONGEST_WINDOW,
    OVERLAP,
    stretches,
    windows,
)
from backend.inference.tagger.wordpiece import LONGEST_WORD, Word

PIECES = st.lists(st.integers(1, LONGEST_WORD), max_size=300)


def words_of(lengths: list[int]) -> list[Word]:
    return [Word(n, n + 1, (0,) * length) for n, length in enumerate(lengths)]


@given(PIECES)
def test_windows_take_every_word_once(lengths: list[int]) -> None:
    words = words_of(lengths)
    taken = [n for window in windows(words) for n in range(window.begin, window.end)]
    assert taken == list(range(len(words)))


@given(PIECES)
def test_windows_fit_and_hold_what_is_taken(lengths: list[int]) -> None:
    words = words_of(lengths)
    for window in windows(words):
        assert window.first <= window.begin <= window.end <= window.last
        size = sum(len(word.pieces) for word in words[window.first : window.last])
        assert size + 2 <= LONGEST_WINDOW


def test_neighbouring_windows_overlap() -> None:
    found = windows(words_of([1] * 1000))
    for left, right in pairwise(found):
        assert left.last - right.first == OVERLAP
        assert left.end - right.first == OVERLAP // 2


@given(st.text(alphabet=st.sampled_from("ab .\n\t😀"), max_size=200))
def test_stretches_hold_all_that_is_written(text: str) -> None:
    held = "".join(text[start:end] for start, end in stretches(text))
    assert "".join(held.split()) == "".join(text.split())


def test_long_lines_are_cut_after_sentences() -> None:
    text = "One two three. " * 4000
    parts = [text[start:end] for start, end in stretches(text)]
    assert "".join(parts) == text
    assert all(len(part) <= LONGEST_STRETCH for part in parts)
    assert all(part.endswith(". ") for part in parts)


def test_long_lines_without_spaces_are_cut_somewhere() -> None:
    text = "x" * (3 * LONGEST_STRETCH + 1)
    assert "".join(text[start:end] for start, end in stretches(text)) == text
