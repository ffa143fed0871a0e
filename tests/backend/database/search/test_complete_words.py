"""What a word that is being typed may become."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend.database.journal.entries import add_entry, delete_entry
from backend.database.journal.extractions import store_extraction
from backend.database.journal.facets import find_tags, tag_beginning, tag_facet, tag_of
from backend.database.search.completion import (
    complete_journals,
    complete_names,
    complete_tags,
)
from backend.records import EntityType, Span

TODAY = date(2026, 5, 3)
NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)


def write(text: str, *names: str, days_ago: int = 0, journal: str = "default") -> str:
    """Save an entry in which a model found `names`, all of them people."""
    entry = add_entry(text, journal=journal, created_at=NOON - timedelta(days=days_ago))
    spans = [
        Span(text.index(name), text.index(name) + len(name), EntityType.PERSON, 0.9)
        for name in names
    ]
    store_extraction(entry.uuid, 1, "m", spans)
    return entry.uuid


def names(prefix: str, journal: str | None = None, limit: int = 8) -> list[str]:
    found = complete_names(prefix, journal=journal, limit=limit, today=TODAY)
    return [each.text for each in found]


def tags(prefix: str, journal: str | None = None, limit: int = 8) -> list[str]:
    found = complete_tags(prefix, journal=journal, limit=limit, today=TODAY)
    return [each.text for each in found]


def test_any_word_of_a_name_may_be_begun() -> None:
    write("Anna Gruber and Greta met Ingrid.", "Anna Gruber", "Greta", "Ingrid")
    assert names("gr") == ["Anna Gruber", "Greta"]
    assert names("GRET") == ["Greta"]
    assert names("x") == []


def test_without_a_beginning_all_names_are_offered() -> None:
    write("Anna and Bob.", "Anna", "Bob")
    assert names("") == ["Anna", "Bob"]
    assert names("", limit=1) == ["Anna"]
    assert names("", limit=0) == []


def test_what_is_used_often_and_lately_comes_first() -> None:
    for days_ago in (400, 401, 402):
        write("Greg called.", "Greg", days_ago=days_ago)
    write("Greta called.", "Greta", days_ago=3)
    write("Gretel called.", "Gretel", days_ago=2)
    write("Gretel came.", "Gretel", days_ago=1)
    assert names("gre") == ["Gretel", "Greta", "Greg"]


def test_what_was_typed_whole_comes_before_what_is_longer() -> None:
    for _ in range(3):
        write("Annabel called. #homework", "Annabel")
    write("Anna called. #home", "Anna")
    assert names("anna") == ["Anna", "Annabel"]
    assert tags("home") == ["home", "homework"]


def test_names_say_how_often_when_and_what() -> None:
    write("Anna called.", "Anna", days_ago=9)
    write("Anna called.", "Anna", days_ago=2)
    (found,) = complete_names("an", today=TODAY)
    assert (found.count, found.last, found.type) == (2, date(2026, 5, 1), EntityType.PERSON)


def test_a_name_of_several_journals_is_offered_once() -> None:
    write("Anna called.", "Anna")
    write("Anna called.", "Anna", journal="work")
    write("Anton called.", "Anton", journal="work")
    assert names("an") == ["Anna", "Anton"]
    assert names("an", "default") == ["Anna"]
    assert names("an", "nowhere") == []


def test_names_of_the_trash_are_not_offered() -> None:
    delete_entry(write("Anna called.", "Anna"))
    assert names("an") == []


def test_tags_of_the_journal_are_offered() -> None:
    add_entry("#garden/roses #Été #日記 tea test #1")
    add_entry("#garden", journal="work")
    assert tags("") == ["garden", "garden/roses", "été", "日記"]
    assert tags("gar") == ["garden", "garden/roses"]
    assert tags("garden/") == ["garden/roses"]
    assert tags("É") == ["été"]
    assert tags("te") == []
    assert tags("gar", "work") == ["garden"]
    assert tags("gar", "nowhere") == []


def test_a_hyphen_at_the_end_is_part_of_the_beginning() -> None:
    add_entry("#a-b #apple")
    assert tags("a-") == ["a-b"]


def test_tags_of_the_trash_are_not_offered() -> None:
    delete_entry(add_entry("#garden").uuid)
    assert tags("gar") == []


def test_journals_are_offered_in_the_order_of_their_use() -> None:
    add_entry("a", journal="Travel", created_at=NOON - timedelta(days=300))
    for _ in range(2):
        add_entry("b", journal="Trees", created_at=NOON)
    found = complete_journals("tR", today=TODAY)
    assert [(each.text, each.count) for each in found] == [("Trees", 2), ("Travel", 1)]
    assert [each.text for each in complete_journals("", today=TODAY)] == ["Trees", "Travel"]


@given(st.text(alphabet="abßé日-/_1", max_size=6), st.text(alphabet="abßé日-/_1", max_size=6))
def test_a_tag_is_found_by_each_of_its_beginnings(start: str, rest: str) -> None:
    for tag in find_tags(f"#{start}{rest}"):
        assert tag_of(tag_facet(tag)) == tag
        assert all(tag_facet(tag).startswith(tag_beginning(tag[:n])) for n in range(1, len(tag)))


def test_what_was_used_in_another_century_is_ranked_by_count() -> None:
    write("Aunt Ann", "Aunt Ann", days_ago=150_000)
    for _ in range(3):
        write("Ann", "Ann", days_ago=150_000)
    write("Ann B", "Ann B", days_ago=150_000)
    assert names("an") == ["Ann", "Ann B", "Aunt Ann"]
