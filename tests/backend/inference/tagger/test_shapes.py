"""Shapes say how a word is written and whether it begins a sentence."""

import pytest

from backend.inference.tagger import shapes
from backend.inference.tagger.wordpiece import WordPiece

TOKENIZER = WordPiece(["[UNK]", "[CLS]", "[SEP]"])


def read(text: str) -> list[int]:
    return shapes.word_shapes(text, TOKENIZER.words(text))


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("anna", shapes.LOWER),
        ("Anna", shapes.TITLE),
        ("Zoë", shapes.TITLE),
        ("ANNA", shapes.UPPER),
        ("J", shapes.CAPITAL),
        ("McDonald", shapes.MIXED),
        ("42", shapes.DIGITS),
        ("N12", shapes.CODE),
        ("5k", shapes.MEASURE),
        ("!", shapes.STOP),
        ("(", shapes.PUNCTUATION),
        ("“", shapes.PUNCTUATION),
        ("#", shapes.SYMBOL),
        ("😀", shapes.SYMBOL),
        ("京", shapes.CASELESS),
    ],
)
def test_tells_how_a_word_is_written(word: str, expected: int) -> None:
    assert read(f"a {word}")[1] == expected


def test_marks_the_beginning_of_sentences() -> None:
    text = "Met Dr. Okafor. She left\n- Home"
    begins = [shape >= shapes.KINDS for shape in read(text)]
    words = [text[word.start : word.end] for word in TOKENIZER.words(text)]
    assert [word for word, first in zip(words, begins, strict=True) if first] == [
        "Met",
        "She",
        "-",
        "Home",
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [("met anna", 0), ("42 😀", 0), ("Met Anna", 1), ("MET ANNA", 2), ("SO tired of THIS", 1)],
)
def test_tells_the_style_of_a_line(line: str, expected: int) -> None:
    assert shapes.line_style(line) == expected
