"""Lists of who and what a journal mentions: sorted, filtered, of all journals together."""

from __future__ import annotations

from datetime import date

import pytest

from backend.database.insights import entities
from backend.database.insights.entities import (
    browse_entities,
    get_entity,
    list_entities,
    locate_entity,
)
from backend.database.journal.entries import delete_entry, edit_entry
from backend.records import EntityOrder, EntityType
from tests.backend.graph.diaries import write


def named(**options: object) -> list[str]:
    page = browse_entities(**options)  # type: ignore[arg-type]
    listed = list_entities(**options)  # type: ignore[arg-type]
    assert [each.name for each in page.entities] == [each.name for each in listed]
    return [each.name for each in listed]


@pytest.fixture
def diary() -> None:
    write("Zoe\u0308, Zoe\u0308, Zoe\u0308, Anna.", "Zoe\u0308", "Anna", day=date(2024, 1, 1))
    write("Anna, Lisbon.", "Anna", "Lisbon", day=date(2024, 3, 1))
    write("élan at Acme", "élan", "Acme", day=date(2024, 2, 1))


@pytest.mark.usefixtures("diary")
def test_a_list_is_sorted_three_ways() -> None:
    assert named() == ["Zoe\u0308", "Anna", "Acme", "Lisbon", "élan"]
    assert named(order=EntityOrder.RECENCY) == ["Anna", "Lisbon", "Acme", "élan", "Zoe\u0308"]
    assert named(order=EntityOrder.NAME) == ["Acme", "Anna", "élan", "Lisbon", "Zoe\u0308"]


@pytest.mark.usefixtures("diary")
def test_a_page_of_the_list_knows_the_whole() -> None:
    page = browse_entities(type=EntityType.PERSON, limit=2, offset=1)
    assert [each.name for each in page.entities] == ["Anna", "élan"]
    assert page.counts == {
        EntityType.PERSON: 3,
        EntityType.PLACE: 1,
        EntityType.ORGANIZATION: 1,
        EntityType.ACTIVITY: 0,
    }
    (anna, _) = page.entities
    assert (anna.count, anna.first, anna.last) == (2, date(2024, 1, 1), date(2024, 3, 1))


@pytest.mark.usefixtures("diary")
def test_an_entity_is_found_in_the_list() -> None:
    for order in EntityOrder:
        for position, each in enumerate(browse_entities(order=order).entities):
            assert locate_entity(each.ids, order=order) == position
    (lisbon,) = browse_entities(match="lis").entities
    assert locate_entity(lisbon.ids, type=EntityType.PLACE) == 0
    assert locate_entity(lisbon.ids, type=EntityType.PERSON) is None
    assert locate_entity(lisbon.ids, match="anna") is None


@pytest.mark.usefixtures("diary")
def test_what_is_new_was_not_mentioned_before() -> None:
    assert named(new_since=date(2024, 2, 1)) == ["Acme", "Lisbon", "élan"]
    assert browse_entities(new_since=date(2024, 3, 1)).counts[EntityType.PERSON] == 0
    assert named(new_since=date(2024, 3, 2)) == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("zoe", ["Zoe\u0308"]),
        ("ZOË", ["Zoe\u0308"]),
        ("El", ["élan"]),
        ("an", ["Anna", "élan"]),
        ("  ", ["Zoe\u0308", "Anna", "Acme", "Lisbon", "élan"]),
        ("xyz", []),
        ("%", ["Zoe\u0308", "Anna", "Acme", "Lisbon", "élan"]),
    ],
)
@pytest.mark.usefixtures("diary")
def test_typing_finds_the_beginnings_of_words_first(typed: str, found: list[str]) -> None:
    assert named(match=typed) == found


@pytest.mark.parametrize(
    ("name", "typed", "expected"),
    [
        ("Anna Kowalska", "kow", 2),
        ("Anna Kowalska", "kow an", 2),
        ("Anna Kowalska", "walska", 1),
        ("Anna Kowalska", "anna walska", 1),
        ("Anna Kowalska", "annak", 0),
        ("St. Paul’s", "paul s", 2),
        ("Łódź", "łod", 2),
        ("東京", "東", 2),
    ],
)
def test_how_well_a_name_fits(name: str, typed: str, expected: int) -> None:
    assert entities.fit(name, typed) == expected


def test_another_spelling_is_found_too() -> None:
    write("Zoë zoe", "Zoë", "zoe")
    write("ANNA! Anna, Anna", "ANNA", "Anna")
    assert named(match="anna") == ["Anna"]


def test_all_journals_together_have_a_name_once() -> None:
    write("Anna, Anna, Lisbon.", "Anna", "Lisbon", day=date(2024, 1, 1), journal="home")
    write("anna, Ben", "anna", "Ben", day=date(2024, 2, 1), journal="work")
    page = browse_entities()
    assert [(each.name, each.count, len(each.ids)) for each in page.entities] == [
        ("Anna", 3, 2),
        ("Ben", 1, 1),
        ("Lisbon", 1, 1),
    ]
    assert (page.entities[0].first, page.entities[0].last) == (date(2024, 1, 1), date(2024, 2, 1))
    assert named(journal="WORK") == ["Ben", "anna"]
    assert len(list_entities()) == 4
    # Known from before in one journal, it is nothing new.
    assert [each.name for each in browse_entities(new_since=date(2024, 2, 1)).entities] == ["Ben"]


def test_a_profile_gathers_what_several_journals_know() -> None:
    write("Anna, Anna, ANNA.", "Anna", "ANNA", day=date(2024, 1, 1), journal="home")
    write("anna", "anna", day=date(2024, 2, 1), journal="work")
    home, work = list_entities(journal="home")[0].id, list_entities(journal="work")[0].id
    profile = get_entity([work])
    assert profile is not None
    assert (profile.ids, profile.name, profile.aliases) == ((home, work), "Anna", ("ANNA", "anna"))
    assert (profile.count, profile.entries) == (4, 2)
    assert (profile.first, profile.last) == (date(2024, 1, 1), date(2024, 2, 1))
    alone = get_entity([work], journal="work")
    assert alone is not None
    assert (alone.ids, alone.name, alone.count) == ((work,), "anna", 1)
    both = get_entity([home], journal="work")
    assert both is not None
    assert both.ids == (home, work)


def test_who_is_not_mentioned_any_more_has_no_profile() -> None:
    entry = write("Anna", "Anna")
    (anna,) = list_entities()
    assert get_entity([anna.id]) is not None
    delete_entry(entry.uuid)
    assert get_entity([anna.id]) is None
    assert get_entity([anna.id], name="Anna") is None
    assert get_entity([], name="") is None


def test_who_has_another_id_now_is_found_by_name() -> None:
    entry = write("Anna", "Anna")
    (before,) = list_entities()
    edit_entry(entry.uuid, "Nobody")
    assert list_entities() == []
    write("Anna in Lisbon", "Anna", "Lisbon")
    found = get_entity([before.id], name="ANNA")
    assert found is not None
    assert found.name == "Anna"
    assert before.id not in found.ids
    assert get_entity([before.id]) is None


def test_who_is_found_by_name_is_of_the_same_type_if_possible() -> None:
    write("Porto, Porto", "Porto")
    write("Porto", day=date(2024, 6, 1))
    found = get_entity([], name="porto", type=EntityType.PERSON)
    assert found is not None
    assert found.type == EntityType.PLACE
