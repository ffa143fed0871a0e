"""Days, counts, keys and names in words."""

from __future__ import annotations

from datetime import date

import pytest

from backend import add_entry
from frontend.shared.formatting import counted, day_heading, entry_name, own_title
from frontend.tui.key_names import key_name

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("day", "width", "expected"),
    [
        (date(2026, 11, 21), 60, "Today · Saturday 21 November 2026"),
        (date(2026, 11, 20), 60, "Yesterday · Friday 20 November 2026"),
        (date(2026, 11, 18), 60, "Wednesday 18 November 2026"),
        (date(2026, 11, 20), 33, "Yesterday · Friday 20 Nov 2026"),
        (date(2026, 11, 20), 27, "Yesterday · Fri 20 Nov 2026"),
        (date(2026, 11, 20), 3, "Yesterday · Fri 20 Nov 2026"),
        (date(1666, 9, 2), 60, "Thursday 2 September 1666"),
    ],
)
def test_days_are_written_out_as_far_as_there_is_room(day: date, width: int, expected: str) -> None:
    assert day_heading(day, TODAY, width) == expected


@pytest.mark.parametrize(
    ("number", "expected"), [(0, "0 entries"), (1, "1 entry"), (3413, "3,413 entries")]
)
def test_things_are_counted(number: int, expected: str) -> None:
    assert counted(number, "entry", "entries") == expected


@pytest.mark.parametrize(
    ("key", "expected"),
    [("question_mark", "?"), ("ctrl+s", "ctrl+s"), ("shift+up", "shift+↑"), ("G", "G")],
)
def test_keys_have_the_names_that_are_printed_on_them(key: str, expected: str) -> None:
    assert key_name(key) == expected


def test_a_title_that_was_given_is_told_from_a_first_line() -> None:
    assert own_title(add_entry("# A heading\n\nand text")) == ""
    assert own_title(add_entry("word " * 100)) == ""
    assert own_title(add_entry("text", title="The title")) == "The title"


def test_an_entry_is_named_in_a_sentence_without_what_a_terminal_obeys() -> None:
    assert entry_name(add_entry("Red \x1b[31malert")) == "“Red ␛[31malert”"
