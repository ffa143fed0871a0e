"""Who appears with whom, and when."""

from __future__ import annotations

from datetime import date

from backend.database.insights.cooccurrence import (
    count_months,
    find_places,
    get_entity_mentions,
    list_companions,
)
from backend.database.insights.entities import list_entities
from backend.database.journal.entries import add_entry, delete_entry, edit_entry, restore_entry
from backend.database.journal.extractions import store_extraction
from backend.records import EntityType
from tests.backend.graph.diaries import spans_of, write, write_many


def ids(name: str, journal: str | None = None) -> tuple[int, ...]:
    return tuple(entity.id for entity in list_entities(journal=journal) if entity.name == name)


def together(name: str, *along: str) -> list[tuple[str, int]]:
    found = list_companions(ids(name), along=[ids(other) for other in along])
    return [(each.name, each.together) for each in found]


def test_companions_are_counted_by_entries_and_ranked() -> None:
    write("Anna, Ben, Ben, Ben.", "Anna", "Ben")
    write("Anna, Lisbon.", "Anna", "Lisbon")
    write("Anna, Lisbon, chess.", "Anna", "Lisbon", "chess")
    write("Ben alone.", "Ben")
    assert together("Anna") == [("Lisbon", 2), ("Ben", 1), ("chess", 1)]
    assert together("Ben") == [("Anna", 1)]
    (lisbon, *_) = list_companions(ids("Anna"))
    assert (lisbon.ids, lisbon.type) == (ids("Lisbon"), EntityType.PLACE)
    assert len(list_companions(ids("Anna"), limit=1)) == 1
    assert list_companions([4711]) == []


def test_others_narrow_and_are_no_companions() -> None:
    write("Anna, Ben, Lisbon.", "Anna", "Ben", "Lisbon")
    write("Anna, Lisbon, chess.", "Anna", "Lisbon", "chess")
    write("Anna, Porto.", "Anna", "Porto")
    assert together("Anna", "Lisbon") == [("Ben", 1), ("chess", 1)]
    assert together("Anna", "Lisbon", "Ben") == []
    assert together("Anna", "Nobody") == []


def test_the_trash_counts_for_nothing() -> None:
    write("Anna, Ben.", "Anna", "Ben")
    gone = write("Anna, Ben, Lisbon.", "Anna", "Ben", "Lisbon", day=date(2024, 6, 1))
    delete_entry(gone.uuid)
    assert together("Anna") == [("Ben", 1)]
    assert len(find_places(ids("Anna"))) == 1
    assert [month.count for month in count_months(ids("Anna"))] == [1]
    restore_entry(gone.uuid)
    assert together("Anna") == [("Ben", 2), ("Lisbon", 1)]


def test_the_same_name_of_two_journals_is_one_companion() -> None:
    write("Anna, Lisbon.", "Anna", "Lisbon", journal="home")
    write("Anna, Lisbon.", "Anna", "Lisbon", journal="work")
    write("Anna, Ben.", "Anna", "Ben", journal="work")
    assert together("Anna") == [("Lisbon", 2), ("Ben", 1)]
    found = list_companions(ids("Anna", "home"))
    assert [(each.name, each.ids) for each in found] == [("Lisbon", ids("Lisbon", "home"))]
    (lisbon, _) = list_companions(ids("Anna"))
    assert sorted(lisbon.ids) == sorted(ids("Lisbon"))


def test_months_are_those_of_the_journals_whole_life() -> None:
    add_entry("before", created_at=write("x", day=date(2023, 11, 30)).created_at)
    write("Anna, Anna.", "Anna", day=date(2024, 1, 31))
    write("Anna.", "Anna", day=date(2024, 2, 1))
    write("nobody", day=date(2024, 3, 1))
    assert [(f"{each.month:%Y-%m-%d}", each.count) for each in count_months(ids("Anna"))] == [
        ("2023-11-01", 0),
        ("2023-12-01", 0),
        ("2024-01-01", 2),
        ("2024-02-01", 1),
        ("2024-03-01", 0),
    ]
    assert count_months([4711]) == []


def test_months_know_of_their_own_journal_and_narrow() -> None:
    write("Anna, Lisbon.", "Anna", "Lisbon", day=date(2024, 1, 1))
    write("Anna.", "Anna", day=date(2024, 2, 1))
    write("Ben.", "Ben", day=date(1999, 1, 1), journal="old")
    assert [each.count for each in count_months(ids("Anna"))] == [1, 1]
    assert [each.count for each in count_months(ids("Anna"), along=[ids("Lisbon")])] == [1, 0]


def test_a_second_reading_and_an_edit_are_followed() -> None:
    entry = write("Anna and Ben.", "Anna", "Ben", day=date(2024, 1, 1))
    write("Anna.", "Anna", day=date(2024, 1, 2))
    anna = ids("Anna")
    store_extraction(entry.uuid, 1, "other", spans_of("Anna and Ben.", "Anna"))
    assert ids("Anna") == anna
    assert together("Anna") == []
    moved = edit_entry(entry.uuid, "Anna.", created_at=write("x", day=date(2024, 4, 1)).created_at)
    assert moved.local_date == date(2024, 4, 1)
    assert [each.count for each in count_months(anna)] == [1, 0, 0, 1]


def test_mentions_narrow_as_well() -> None:
    write("Anna, Lisbon.", "Anna", "Lisbon")
    write("Anna.", "Anna")
    (anna,) = ids("Anna")
    assert len(get_entity_mentions(anna)) == 2
    ((_, mention),) = get_entity_mentions(anna, along=[ids("Lisbon")])
    assert mention.text == "Anna"


def test_five_thousand_entries_together() -> None:
    write_many(5_000, "Tea with Anna in Lisbon.", "Anna", "Lisbon")
    assert together("Anna") == [("Lisbon", 5_000)]
    assert sum(each.count for each in count_months(ids("Lisbon"))) == 5_000
