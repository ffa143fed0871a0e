"""What a field holds comes back as it was, and nothing in it is obeyed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from backend.text import for_terminal
from frontend.tui.text.placeholders import Placeholders

HOSTILE = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0), *range(0x2000, 0x2070)]))
texts = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from(HOSTILE)))


@given(texts)
def test_a_text_comes_out_of_the_field_as_it_went_in(text: str) -> None:
    stand_ins = Placeholders(text)
    field = stand_ins.to_field(text)

    assert len(field) == len(text)
    assert stand_ins.from_field(field) == text


@given(texts)
def test_a_field_breaks_lines_at_line_feeds_alone(text: str) -> None:
    field = Placeholders(text).to_field(text) + "."

    assert field.splitlines() == field.split("\n")


def test_nothing_that_a_terminal_obeys_is_painted() -> None:
    stand_ins = Placeholders(HOSTILE)
    shown = stand_ins.as_shown(stand_ins.to_field(HOSTILE))

    assert len(shown) == len(HOSTILE)
    assert shown == for_terminal(shown)


def test_a_stand_in_is_as_wide_as_what_is_painted_for_it() -> None:
    stand_ins = Placeholders()
    for character in HOSTILE.replace("\n", "").replace("\t", ""):
        field = stand_ins.to_field(character)
        assert cell_len(field) == cell_len(stand_ins.as_shown(field))


def test_private_characters_of_the_text_itself_are_kept() -> None:
    text = "".join(map(chr, range(0x10FF00, 0x10FFFE))) + "\x1b\r\n"
    stand_ins = Placeholders(text)

    assert stand_ins.from_field(stand_ins.to_field(text)) == text


def test_pasted_line_breaks_become_line_feeds() -> None:
    stand_ins = Placeholders()

    field = stand_ins.from_clipboard("a\rb\r\nc\nd\x1b[31m")
    assert stand_ins.from_field(field) == "a\nb\nc\nd\x1b[31m"


def test_a_pasted_stand_in_cannot_become_a_control() -> None:
    stand_ins = Placeholders()
    escape = stand_ins.to_field("\x1b")

    assert stand_ins.from_field(stand_ins.from_clipboard(escape)) == "\ufffd"
