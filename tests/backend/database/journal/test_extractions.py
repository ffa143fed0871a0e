"""Storing what a model found: mentions, entities, readings."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

import pytest

from backend.database.insights.cooccurrence import get_entity_mentions
from backend.database.insights.entities import find_entities, list_entities
from backend.database.journal.entries import (
    add_entry,
    delete_entry,
    edit_entry,
    get_entry,
    list_pending,
    restore_entry,
)
from backend.database.journal.extractions import find_extraction, reset_extraction, store_extraction
from backend.database.search.search import search_entries
from backend.database.sqlite.connection import read_transaction
from backend.database.sqlite.integrity import find_faults
from backend.records import EntityType, Entry, Span

PERSON, PLACE = EntityType.PERSON, EntityType.PLACE


def spans_of(text: str, *names: str, type: EntityType = PERSON) -> list[Span]:
    """A span for each occurrence of each of `names`."""
    found: list[Span] = []
    for name in names:
        start = text.find(name)
        while start >= 0:
            found.append(Span(start, start + len(name), type, 0.9))
            start = text.find(name, start + 1)
    return found


def read_entry(text: str, *names: str, journal: str = "default", day: int = 1) -> Entry:
    """Add an entry in which a model found `names`."""
    moment = datetime(2024, 5, day, 12, tzinfo=UTC)
    entry = add_entry(text, journal=journal, created_at=moment, zone="UTC")
    assert store_extraction(entry.uuid, 1, "m", spans_of(text, *names))
    return get_entry(entry.uuid)


def test_mentions_and_entities_come_with_the_entry() -> None:
    text = "👩‍👩‍👧 Sarah met e\u0301va in Porto; Sarah left."
    entry = add_entry(text)
    found = [*spans_of(text, "Sarah", "e\u0301va"), *spans_of(text, "Porto", type=PLACE)]
    assert store_extraction(entry.uuid, 1, "m", reversed(found))
    entry = get_entry(entry.uuid)
    assert entry.is_extracted
    assert [m.text for m in entry.mentions] == ["Sarah", "e\u0301va", "Porto", "Sarah"]
    assert all(text[m.start : m.end] == m.text for m in entry.mentions)
    assert [(e.name, e.type, e.count) for e in entry.entities] == [
        ("Sarah", PERSON, 2),
        ("Porto", PLACE, 1),
        ("e\u0301va", PERSON, 1),
    ]
    assert {m.entity_id for m in entry.mentions} == {e.id for e in entry.entities}
    assert find_faults() == []


def test_spans_outside_the_text_or_without_a_name_are_dropped() -> None:
    entry = add_entry("Tom \n\0 x")
    good = Span(0, 3, PERSON, 0.5)
    bad = [
        Span(-1, 3, PERSON, 1.0),
        Span(3, 3, PERSON, 1.0),
        Span(3, 2, PERSON, 1.0),
        Span(0, 9, PERSON, 1.0),
        Span(3, 6, PERSON, 1.0),
    ]
    assert store_extraction(entry.uuid, 1, "m", [*bad, good])
    assert [(m.start, m.end) for m in get_entry(entry.uuid).mentions] == [(0, 3)]
    assert find_extraction(entry.uuid, "Tom \n\0 x", "m") == [good]


def test_the_same_span_twice_is_one_mention_with_the_higher_confidence() -> None:
    entry = add_entry("Tom")
    twice = [Span(0, 3, PERSON, 0.2), Span(0, 3, PERSON, 0.7), Span(0, 3, PLACE, 0.1)]
    store_extraction(entry.uuid, 1, "m", twice)
    mentions = get_entry(entry.uuid).mentions
    assert sorted((m.type, m.confidence) for m in mentions) == [(PERSON, 0.7), (PLACE, 0.1)]


@pytest.mark.parametrize(
    ("given", "kept"), [(math.nan, 0.0), (math.inf, 1.0), (-3.0, 0.0), (1.5, 1.0), (1, 1.0)]
)
def test_a_confidence_is_brought_between_0_and_1(given: float, kept: float) -> None:
    entry = add_entry("Tom")
    store_extraction(entry.uuid, 1, "m", [Span(0, 3, PERSON, given)])
    assert get_entry(entry.uuid).mentions[0].confidence == kept


def test_a_stale_revision_is_thrown_away() -> None:
    entry = add_entry("Tom")
    edit_entry(entry.uuid, "Tim")
    assert store_extraction(entry.uuid, 1, "m", [Span(0, 3, PERSON, 1.0)]) is False
    assert get_entry(entry.uuid).mentions == ()
    assert find_extraction(entry.uuid, "Tom", "m") is None
    assert list_pending() == [(entry.uuid, "default")]


def test_what_was_found_in_a_deleted_entry_is_thrown_away() -> None:
    entry = add_entry("Tom")
    delete_entry(entry.uuid)
    assert store_extraction(entry.uuid, 1, "m", [Span(0, 3, PERSON, 1.0)]) is False
    assert store_extraction("0000-unknown", 1, "m", []) is False
    assert list_entities() == []


def test_a_second_reading_replaces_the_first() -> None:
    entry = read_entry("Tom and Ana", "Tom", "Ana")
    store_extraction(entry.uuid, 1, "other", spans_of("Tom and Ana", "Ana"))
    assert [m.text for m in get_entry(entry.uuid).mentions] == ["Ana"]
    assert [e.name for e in list_entities()] == ["Ana"]
    assert find_faults() == []


def test_a_reading_is_known_by_text_and_model() -> None:
    entry = read_entry("Tom", "Tom")
    assert find_extraction(entry.uuid, "Tom", "m") == [Span(0, 3, PERSON, 0.9)]
    assert find_extraction(entry.uuid, "Tom", "other") is None
    assert find_extraction(entry.uuid, "Tom ", "m") is None
    assert find_extraction("0000-unknown", "Tom", "m") is None
    edit_entry(entry.uuid, "Ana")
    assert find_extraction(entry.uuid, "Tom", "m") == [Span(0, 3, PERSON, 0.9)]


def test_reading_anew_forgets_what_models_said_and_keeps_what_is_shown() -> None:
    entry, other = read_entry("Tom", "Tom"), read_entry("Ana", "Ana")
    reset_extraction(entry.uuid)
    assert find_extraction(entry.uuid, "Tom", "m") is None
    assert find_extraction(other.uuid, "Ana", "m") is not None
    assert len(get_entry(entry.uuid).mentions) == 1
    reset_extraction(None)
    assert find_extraction(other.uuid, "Ana", "m") is None


def test_spellings_that_share_a_key_are_one_entity() -> None:
    read_entry("Sarah  Chen, SARAH CHEN and sarah\nchen.", "Sarah  Chen", "SARAH CHEN")
    text = "sarah\nchen, Sarah Chen"
    read_entry(text, "sarah\nchen", "Sarah Chen")
    (entity,) = list_entities()
    assert (entity.name, entity.count) == ("Sarah Chen", 4)
    assert set(entity.aliases) == {"SARAH CHEN", "sarah chen"}
    assert [e.id for e in find_entities("ＳＡＲＡＨ chen!")] == [entity.id]


def test_the_most_frequent_spelling_is_the_name_and_the_first_seen_wins_a_tie() -> None:
    read_entry("tom", "tom", day=2)
    read_entry("Tom", "Tom", day=1)
    assert list_entities()[0].name == "tom"
    late = read_entry("Tom", "Tom", day=3)
    assert (list_entities()[0].name, list_entities()[0].aliases) == ("Tom", ("tom",))
    delete_entry(late.uuid)
    assert list_entities()[0].name == "tom"


def test_the_same_name_is_another_entity_in_another_journal_or_of_another_type() -> None:
    read_entry("Florence", "Florence", journal="one")
    read_entry("Florence", "Florence", journal="two")
    third = add_entry("Florence", journal="two")
    store_extraction(third.uuid, 1, "m", spans_of("Florence", "Florence", type=PLACE))
    assert len(find_entities("florence")) == 3
    assert [e.type for e in find_entities("florence", journal="TWO")] == [PERSON, PLACE]
    assert [e.journal for e in find_entities("florence", type=PERSON)] == ["one", "two"]
    assert find_entities("florence", journal="three") == []
    assert find_entities("nobody") == []


def test_entities_are_listed_by_count_then_name() -> None:
    read_entry("Bo Al Cy Cy", "Bo", "Al", "Cy")
    assert [(e.name, e.count) for e in list_entities()] == [("Cy", 2), ("Al", 1), ("Bo", 1)]
    assert [e.name for e in list_entities(limit=2)] == ["Cy", "Al"]
    assert list_entities(limit=0) == []
    assert list_entities(type=PLACE) == []
    assert list_entities(journal="none") == []


def test_first_and_last_are_the_local_days_of_entries() -> None:
    read_entry("Tom", "Tom", day=9)
    read_entry("Tom", "Tom", day=3)
    newest = read_entry("Tom", "Tom", day=20)
    assert (list_entities()[0].first, list_entities()[0].last) == (
        date(2024, 5, 3),
        date(2024, 5, 20),
    )
    delete_entry(newest.uuid)
    assert list_entities()[0].last == date(2024, 5, 9)


def test_the_mentions_of_an_entity_come_oldest_first() -> None:
    read_entry("Tom, Tom", "Tom", day=9)
    read_entry("with Tom", "Tom", day=3)
    (tom,) = list_entities()
    found = get_entity_mentions(tom.id)
    assert [(e.local_date.day, m.start, m.end, m.text) for e, m in found] == [
        (3, 5, 8, "Tom"),
        (9, 0, 3, "Tom"),
        (9, 5, 8, "Tom"),
    ]
    assert all(e.uuid == m.entry and m.entity_id == tom.id for e, m in found)
    assert get_entity_mentions(tom.id + 1) == []


def test_the_trash_hides_mentions_and_gives_them_back() -> None:
    entry = read_entry("Tom", "Tom")
    (tom,) = list_entities()
    delete_entry(entry.uuid)
    assert list_entities() == []
    assert find_entities("Tom") == []
    assert get_entity_mentions(tom.id) == []
    assert search_entries("@tom") == []
    assert find_faults() == []
    restore_entry(entry.uuid)
    assert list_entities() == [tom]
    assert len(search_entries("@tom")) == 1
    assert get_entry(entry.uuid) == entry
    assert find_faults() == []


def test_an_entity_without_any_mention_left_is_gone() -> None:
    entry = read_entry("Tom and Ana", "Tom", "Ana")
    edit_entry(entry.uuid, "Tom and")
    with read_transaction() as db:
        assert [key for (key,) in db.execute("SELECT key FROM entity")] == ["tom"]
        assert [form for (form,) in db.execute("SELECT form FROM spelling")] == ["Tom"]


def test_thousands_of_mentions_in_one_entry() -> None:
    text = " ".join(f"Name{number}" for number in range(3_000))
    entry = read_entry(text, *(f"Name{number} " for number in range(2_999)))
    assert len(entry.mentions) == 2_999
    assert find_faults() == []
