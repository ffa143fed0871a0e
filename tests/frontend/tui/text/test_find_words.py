"""Finding words in a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontend.tui.text.finding import find_all

TEXT = "Café, cafe\u0301 and CAFE. Straße\nin Łódź, 日本 한글."


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("cafe", ["Café", "cafe\u0301", "CAFE"]),
        ("café", ["Café", "cafe\u0301", "CAFE"]),
        ("Café", ["Café"]),
        ("CAFE", ["CAFE"]),
        ("strasse", []),
        ("straße in", ["Straße\nin"]),
        ("lodz", []),
        ("łodz", ["Łódź"]),
        ("日本", ["日本"]),
        ("한", ["한"]),
        ("하", []),
        (".", [".", "."]),
        ("and  cafe", ["and CAFE"]),
        ("", []),
        ("  ", []),
        ("\u0301", []),
    ],
)
def test_case_and_accents_count_only_with_capitals(query: str, expected: list[str]) -> None:
    assert [TEXT[start:end] for start, end in find_all(TEXT, query)] == expected


@given(st.text(st.sampled_from("aAéE\u0301\u0300 日\n"), max_size=60), st.text("ae日 ", max_size=3))
def test_places_are_in_order_and_hold_what_was_asked_for(text: str, query: str) -> None:
    end_before = 0
    for start, end in find_all(text, query):
        assert end_before <= start < end <= len(text)
        assert find_all(text[start:end], query) == [(0, end - start)]
        end_before = end
