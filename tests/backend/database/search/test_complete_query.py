"""What the part of a query at the cursor may become."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend import dates
from backend.database.journal.entries import add_entry
from backend.database.journal.extractions import store_extraction
from backend.database.search.completion import complete_query
from backend.database.search.query import parse
from backend.database.search.search import search_entries
from backend.records import EntityType, Span


def add(text: str, *names: str, journal: str = "default") -> None:
    entry = add_entry(text, journal=journal)
    spans = [Span(text.index(n), text.index(n) + len(n), EntityType.PERSON, 0.9) for n in names]
    assert store_extraction(entry.uuid, 1, "m", spans)


@pytest.fixture
def diary() -> None:
    """Names, tags and journals to be completed."""
    add("Grandma and Greta Sand with Omar", "Grandma", "Greta Sand", "Omar")
    add(
        'Grandma, and Grand "G" Duke #garden/beans', "Grandma", 'Grand "G" Duke', journal="My trips"
    )


def offers(query: str, cursor: int | None = None) -> list[str]:
    """Whole queries that `query` may become."""
    completion = complete_query(query, len(query) if cursor is None else cursor)
    if completion is None:
        return []
    before, after = query[: completion.start], query[completion.end :]
    return [before + offer.text + after for offer in completion.offers]


@pytest.mark.usefixtures("diary")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("@gr", ["@Grandma ", '@"Greta Sand" ']),
        ("lunch -@om", ["lunch -@Omar "]),
        ('@"gre', ['@"Greta Sand" ']),
        ("@sand", ['@"Greta Sand" ']),
        ("@none", []),
        ("#gar", ["#garden ", "#garden/beans "]),
        ("#garden/", ["#garden/beans "]),
        ("-journal:m", ['-journal:"My trips" ']),
        ("jo", ["journal:"]),
        ("-jo", ["-journal:"]),
        ("a fr", ["a from:"]),
        ("-fr", []),
        ("f", []),
        ("word", []),
        ("", []),
        ("@gr ", []),
        ("in:yes", ["in:yesterday "]),
        ("-in:yes", []),
        ("to:1999-1", ["to:1999-10 ", "to:1999-11 ", "to:1999-12 "]),
        ("in:soon", []),
    ],
)
def test_a_part_is_completed(query: str, expected: list[str]) -> None:
    assert offers(query) == expected


@pytest.mark.usefixtures("diary")
def test_the_part_at_the_cursor_is_replaced_as_a_whole() -> None:
    assert offers("x @grand lunch", cursor=5) == ["x @Grandma  lunch", 'x @"Greta Sand"  lunch']
    assert offers("\ud800 @gr") == []


@pytest.mark.usefixtures("diary")
def test_what_is_known_comes_along() -> None:
    completion = complete_query("@grandma", 8)
    assert completion is not None
    (offer,) = completion.offers
    assert offer.known is not None
    assert (offer.known.count, offer.known.type) == (2, EntityType.PERSON)


@pytest.mark.usefixtures("diary")
def test_a_completed_query_finds_something() -> None:
    for typed in ("@gr", "@sand", "#gar", "journal:m", "journal:d"):
        assert offers(typed)
        for query in offers(typed):
            assert search_entries(query)


def test_days_are_the_latest_ones() -> None:
    year = dates.local_date(dates.now(), dates.local_zone()).year
    completion = complete_query("from:", 5, limit=20)
    assert completion is not None
    assert [offer.text for offer in completion.offers][:2] == ["from:today ", "from:yesterday "]
    assert f"from:{year} " in [offer.text for offer in completion.offers]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=20), st.integers(0, 20))
def test_any_query_is_completed_to_one_that_is_understood(query: str, cursor: int) -> None:
    completion = complete_query(query, min(cursor, len(query)))
    for offer in completion.offers if completion else ():
        parse(offer.text, as_typed=True)
