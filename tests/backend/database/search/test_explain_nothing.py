"""What a search that found nothing says instead of nothing."""

from __future__ import annotations

import pytest

from backend.database.journal.entries import add_entry
from backend.database.journal.extractions import store_extraction
from backend.database.search.hints import explain_nothing
from backend.database.search.search import search_entries
from backend.records import EntityType, Span


@pytest.fixture(autouse=True)
def journal() -> None:
    entry = add_entry("Grandma baked plum cake in Lisbon. #garden")
    store_extraction(entry.uuid, 1, "m", [Span(0, 7, EntityType.PERSON, 0.9)])


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("type:person", "“type:” limits nothing"),
        ("with:Anna", "“with:” limits nothing"),
        ("tag:home cake", "“tag:” limits nothing"),
        ("grndma", "Did you mean grandma?"),
        ("@grndma", "Did you mean @Grandma?"),
        ("@nobody", "No name is “nobody”."),
        ("#gardn", "Did you mean #garden?"),
        ("zzzzzz", "No entry has the word “zzzzzz”."),
    ],
)
def test_what_is_not_understood_or_not_there_is_said(query: str, hint: str) -> None:
    assert search_entries(query) == []
    assert hint in explain_nothing(query)[0]


@pytest.mark.parametrize("query", ["cake", "@Grandma", "#garden", "-cake", "in:1999", "", "ab"])
def test_what_is_there_needs_no_hint(query: str) -> None:
    assert explain_nothing(query) == []


def test_an_asterisk_stands_for_what_follows() -> None:
    for query in ("grand*", "@grand*", "#gard*", "plum cak*", "-xyz* cak*"):
        assert len(search_entries(query)) == 1, query
    assert search_entries("-gran* cake") == []
