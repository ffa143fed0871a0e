"""Cutting long texts: nothing lost, nothing too long, at the best place there is."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from backend.inference.llm.chunks import Chunk, split
from tests.backend.inference.llm.texts import ADVERSARIAL

SENTENCES = " ".join(f"Sentence {number} is about nothing at all." for number in range(60))


def parts(text: str, limit: int) -> list[str]:
    return [text[chunk.start : chunk.end] for chunk in split(text, limit, len)]


def test_a_text_that_fits_is_one_part() -> None:
    assert split("  Met Ann.\n", 100, len) == [Chunk(2, 10)]


def test_white_space_is_no_part() -> None:
    assert split(" \n\t ", 100, len) == []
    assert split("", 100, len) == []


def test_parts_end_after_paragraphs_if_they_can() -> None:
    text = "\n\n".join(["word " * 12 + "end."] * 6)
    assert all(part.rstrip().endswith("end.") for part in parts(text, 150))


def test_parts_end_after_sentences_if_there_are_no_paragraphs() -> None:
    assert all(part.rstrip().endswith(".") for part in parts(SENTENCES, 200))


def test_parts_begin_with_a_sentence_that_the_part_before_ended_with() -> None:
    found = split(SENTENCES, 400, len)
    for before, after in pairwise(found):
        assert before.start < after.start < before.end
        assert SENTENCES[after.start :].startswith("Sentence")


def test_one_endless_line_is_cut_anywhere() -> None:
    found = split("x" * 30_000, 700, len)
    assert found[-1].end == 30_000
    assert len(found) < 60


def test_words_are_not_cut() -> None:
    text = "word " * 2_000
    assert all(set(part.split()) == {"word"} for part in parts(text, 100))


def test_a_character_that_is_too_long_is_still_read() -> None:
    assert split("ab", 1, lambda text: 3 * len(text)) == [Chunk(0, 1), Chunk(1, 2)]


@given(
    st.one_of(
        st.text(max_size=400),
        st.text(alphabet="ab. \n。", max_size=400),
        st.sampled_from(list(ADVERSARIAL.values())),
    ),
    st.integers(1, 90),
    st.sampled_from([len, lambda text: len(text.encode()), lambda text: len(text) // 4 + 1]),
)
def test_parts_cover_the_text_and_keep_within_the_limit(text: str, limit: int, count) -> None:  # type: ignore[no-untyped-def]
    found = split(text, limit, count)
    covered: set[int] = set()
    for chunk in found:
        assert chunk.start < chunk.end
        assert count(text[chunk.start : chunk.end]) <= limit or chunk.end - chunk.start == 1
        covered.update(range(chunk.start, chunk.end))
    assert all(text[place].isspace() for place in set(range(len(text))) - covered)
    assert found == sorted(found, key=lambda chunk: (chunk.start, chunk.end))
