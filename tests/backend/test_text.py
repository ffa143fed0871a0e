"""What leaves for a terminal, what comes in as bytes, and when two names are the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.text import (
    count_words,
    decode_utf8,
    fold,
    for_terminal,
    for_terminal_line,
    has_content,
    name_key,
    single_line,
    without_marks,
)

OBEYED = [
    *map(chr, range(0x20)),
    *map(chr, range(0x7F, 0xA0)),
    *map(chr, range(0x202A, 0x202F)),
    *map(chr, range(0x2066, 0x206A)),
]


@given(st.text(alphabet=st.characters(codec="utf-8")) | st.text(alphabet=st.sampled_from(OBEYED)))
def test_sanitised_text_keeps_its_length_and_obeys_nothing(text: str) -> None:
    for shown, allowed in ((for_terminal(text), "\t\n"), (for_terminal_line(text), "")):
        assert len(shown) == len(text)
        assert not any(c in shown for c in OBEYED if c not in allowed)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇"),
        ("a\r\nb", "a \nb"),
        ("a\rb", "a␍b"),
        ("abc\u202edef", "abc\ufffddef"),
        ("שלום \u200fworld", "שלום \u200fworld"),
        ("👩‍👩‍👧 é e\u0301", "👩‍👩‍👧 é e\u0301"),
    ],
)
def test_sanitiser_changes_only_what_is_obeyed(raw: str, shown: str) -> None:
    assert for_terminal(raw) == shown


def test_a_line_holds_no_break() -> None:
    assert for_terminal_line("a\tb\r\nc\x0bd") == "a b  c␋d"


def test_single_line_is_cut_with_an_ellipsis() -> None:
    assert single_line("  one\n\ntwo\tthree ", 80) == "one two three"
    assert single_line("one two three", 8) == "one two…"


@pytest.mark.parametrize(
    ("line", "plain"),
    [
        ("plain - words, 5 > 3, #tag", "plain - words, 5 > 3, #tag"),
        ("## Heading", "Heading"),
        ("> ## quoted", "quoted"),
        ("- an item", "an item"),
        ("1. a number stays", "1. a number stays"),
        ("the *choir*, **loud *and* clear**", "the choir, loud and clear"),
        ("_her_ snake_case_name", "her snake_case_name"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("see [the map](map.md) and `code`", "see the map and code"),
        ("cut off **in the mid…", "cut off in the mid…"),
        (r"\*not emphasis\*", "*not emphasis*"),
        ("* * *", "* * *"),
        ("---", "---"),
        ("", ""),
    ],
)
def test_a_line_is_read_without_the_marks_of_markdown(line: str, plain: str) -> None:
    assert without_marks(line) == plain


def test_marks_of_later_lines_are_left_out_where_lines_were_joined() -> None:
    joined = "One ## Two - [ ] three - four"
    assert without_marks(joined, is_joined=True) == "One Two three - four"
    assert without_marks("apples ## pears") == "apples ## pears"


@given(st.text(alphabet="ab *_~`[](){}#>-\\…\x1b", max_size=60))
def test_taking_marks_away_adds_nothing(line: str) -> None:
    assert len(without_marks(line)) <= len(line)
    assert len(without_marks(line, is_joined=True)) <= len(line)


def test_single_line_reads_little_of_a_long_text() -> None:
    assert single_line("x" * 5_000_000, 10) == "x" * 9 + "…"


def test_byte_order_mark_is_dropped() -> None:
    assert decode_utf8(b"\xef\xbb\xbfhello") == "hello"


def test_invalid_utf8_is_not_guessed() -> None:
    with pytest.raises(UnicodeDecodeError):
        decode_utf8(b"caf\xe9")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Grandma", "grandma"),
        ("Café  Central", "Cafe\u0301 Central"),
        ("“Anna”", "anna"),
        ("STRASSE", "Straße"),
        ("the\u00a0Crown", "the crown"),
    ],
)
def test_spellings_share_a_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("C", "C++"), ("Ana", "Anna"), ("J.", "K.")])
def test_different_names_have_different_keys(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@given(st.text(min_size=1))
def test_a_key_is_its_own_key(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


def test_a_name_of_punctuation_keeps_it() -> None:
    assert name_key("!!!") == "!!!"


@pytest.mark.parametrize("text", ["", " \n\t", "\x00\x1b", "\u200b\u200d", "\u0301"])
def test_invisible_text_is_empty(text: str) -> None:
    assert not has_content(text)


@pytest.mark.parametrize("text", ["a", "…", "👍", "日", "\x00a", "🩷", "\ue000"])
def test_visible_text_is_content(text: str) -> None:
    assert has_content(text)


def test_words_are_counted() -> None:
    assert count_words("one  two\nthree") == 3


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("St. Zoë’s", "st zoe s"),
        ("  O'Brien-Łukasz\n", "o brien łukasz"),
        ("STRASSE Straße", "strasse strasse"),
        ("ａｎｎａ e\u0301\u200bva", "anna eva"),
        ("C++ 🐶", "c++ 🐶"),
        ("…", ""),
    ],
)
def test_names_are_looked_for_by_their_bare_words(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    assert fold(fold(text)) == fold(text)
