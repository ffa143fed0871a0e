"""Snippets: one line, bounded, with ranges that fit it."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.database.journal.entries import add_entry
from backend.database.search import snippets
from backend.database.search.search import search_entries
from backend.records import SearchHit

WORDS = ["tea", "Tea!", "(tea)", "té", "x", "…", "\n\n", "\0", "👩‍👩‍👧", "biscuit,", "-", "#tea"]


def found(text: str, query: str) -> SearchHit:
    entry = add_entry(text)
    (hit,) = (hit for hit in search_entries(query, limit=1_000) if hit.entry.uuid == entry.uuid)
    return hit


@pytest.mark.parametrize(
    ("text", "query", "snippet", "shown"),
    [
        ("one two three", "two", "one two three", ["two"]),
        (' "two", he said ', "two", '"two", he said', ["two"]),
        ("one\n\ntwo\tthree  four", '"two three" one', "one two three four", ["one", "two three"]),
        ("Two two TWO", "two", "Two two TWO", ["Two", "two", "TWO"]),
        ("a two a two", '"a two" two', "a two a two", ["a two", "a two"]),
        ("naïve Ünder", "naive under", "naïve Ünder", ["naïve", "Ünder"]),
        ("x\0y\0 z", "y", "x\0y\0 z", ["y"]),
        ("👩‍👩‍👧 né e\u0301t", "et", "👩‍👩‍👧 né e\u0301t", ["e\u0301t"]),
    ],
)
def test_a_short_text_is_shown_whole(text: str, query: str, snippet: str, shown: list[str]) -> None:
    hit = found(text, query)
    assert hit.snippet == snippet
    assert [hit.snippet[low:high] for low, high in hit.highlights] == shown


def test_a_long_text_is_shown_where_it_says_the_most() -> None:
    filler = "word. " * 100
    hit = found(f"{filler}tea alone. {filler}then tea with biscuits; {filler}", "tea biscuits")
    assert hit.snippet.startswith("…word. word.")
    assert hit.snippet.endswith(" word.…")
    assert "then tea with biscuits; word." in hit.snippet
    assert [hit.snippet[low:high] for low, high in hit.highlights] == ["tea", "biscuits"]


def test_a_match_in_the_title_alone_shows_the_beginning() -> None:
    add_entry("word " * 100, title="Tea")
    (hit,) = search_entries("tea")
    assert hit.snippet == "word " * 23 + "word…"
    assert hit.highlights == ()


def test_a_text_without_words_is_shown_too() -> None:
    add_entry("🎂 🎂\n🎂", title="Birthday")
    assert search_entries("birthday")[0].snippet == "🎂 🎂 🎂"


def test_a_match_deep_in_a_long_text_is_shown() -> None:
    hit = found("x" * 100_000 + " " + "filler " * 200_000 + "needle in it", "needle")
    assert hit.snippet.startswith("…filler filler")
    assert hit.snippet.endswith("filler needle in it")


def test_a_word_that_is_everywhere_costs_no_more() -> None:
    assert len(found("tea " * 500_000, "tea").highlights) > 10


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(st.sampled_from(WORDS), max_size=60),
    st.lists(st.sampled_from(["", " ", "\n"]), min_size=60, max_size=60),
    st.sampled_from(["tea", '"tea tea"', "tea biscuit"]),
)
def test_highlights_are_always_what_was_searched_for(
    words: list[str], gaps: list[str], query: str
) -> None:
    text = "".join(word + gap for word, gap in zip(words, gaps, strict=False)) + " tea tea biscuit"
    hit = found(text, query)
    assert len(hit.snippet) <= snippets.MAX_LENGTH + 1
    assert hit.snippet == " ".join(hit.snippet.split())
    assert hit.highlights
    assert list(hit.highlights) == sorted(set(hit.highlights))
    for low, high in hit.highlights:
        bare = hit.snippet[low:high].lower().replace("é", "e")
        assert re.fullmatch(r"(te?a?|biscuit|tea\W+tea)", bare)


@given(st.text(alphabet="ab \n", min_size=1, max_size=900), st.data())
def test_the_first_name_is_always_shown(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, min(len(text), start + 40)))
    line, ranges = snippets.around(text, [(start, end)])
    assert len(line) <= snippets.MAX_LENGTH + 2
    shown = [line[low:high].split() for low, high in ranges]
    assert shown == ([text[start:end].split()] if text[start:end].strip() else [])


def test_names_outside_the_window_or_overlapping_are_left_out() -> None:
    text = "Tom " + "x" * 500 + " Tom"
    assert snippets.around(text, [(0, 3), (1, 3), (505, 508)])[1] == ((0, 3),)
    assert snippets.around("Tom", []) == ("Tom", ())
