"""Words keep the code points they were read from."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.inference.tagger.wordpiece import WordPiece, original_tokens

VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "anna", "jose", "play", "##ing", "##s", "!", "'"]


def surfaces(tokenizer: WordPiece, text: str) -> list[str]:
    return [text[word.start : word.end] for word in tokenizer.words(text)]


@pytest.fixture(scope="module")
def small() -> WordPiece:
    return WordPiece(VOCABULARY)


def test_splits_words_into_longest_known_pieces(small: WordPiece) -> None:
    assert [word.pieces for word in small.words("Playing plays xyz")] == [(6, 7), (6, 8), (1,)]


def test_keeps_offsets_across_accents_and_marks(small: WordPiece) -> None:
    text = "é José Jose\u0301 !"
    words = small.words(text)
    assert [text[w.start : w.end] for w in words] == ["é", "José", "Jose\u0301", "!"]
    assert words[1].pieces == words[2].pieces == (5,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Anna😀Anna", ["Anna", "😀", "Anna"]),
        ("Anna👩‍👩‍👧!", ["Anna", "👩", "👩", "👧", "!"]),
        ("東京Anna", ["東", "京", "Anna"]),
        ("**Anna**'s", ["*", "*", "Anna", "*", "*", "'", "s"]),
        ("An\u00adna\u200b \x00", ["An\u00adna"]),
        ("Anna\u00a0Anna\u2003Anna", ["Anna", "Anna", "Anna"]),
        ("עִבְרִית", ["עִבְרִית"]),
        ("", []),
        (" \n\t\u200b", []),
    ],
)
def test_separates_what_belongs_apart(small: WordPiece, text: str, expected: list[str]) -> None:
    assert surfaces(small, text) == expected


def test_gives_up_on_endless_words(small: WordPiece) -> None:
    words = small.words("a" * 200_000)
    assert [(word.start, word.end, word.pieces) for word in words] == [(0, 200_000, (1,))]


def test_refuses_a_vocabulary_without_special_tokens() -> None:
    with pytest.raises(ValueError, match="SEP"):
        WordPiece(["[UNK]", "[CLS]", "anna"])


def test_restores_the_vocabulary_from_llama_cpps_form() -> None:
    assert original_tokens(["[CLS]", "\u2581anna", "ing", "\u2581["]) == [
        "[CLS]",
        "anna",
        "##ing",
        "[",
    ]


@settings(max_examples=300)
@given(st.text())
def test_words_are_ordered_and_lie_in_the_text(text: str) -> None:
    tokenizer = WordPiece(VOCABULARY)
    position = 0
    for word in tokenizer.words(text):
        surface = text[word.start : word.end]
        assert position <= word.start < word.end <= len(text)
        assert surface == surface.strip()
        assert word.pieces
        position = word.end


@given(st.text(), st.text(), st.text())
def test_reads_a_part_as_if_it_were_alone(before: str, text: str, after: str) -> None:
    tokenizer = WordPiece(VOCABULARY)
    whole = f"{before}\n{text}\n{after}"
    start = len(before) + 1
    alone = [(w.start + start, w.end + start, w.pieces) for w in tokenizer.words(text)]
    part = tokenizer.words(whole, start, start + len(text))
    assert [(w.start, w.end, w.pieces) for w in part] == alone
