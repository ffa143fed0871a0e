"""Which model found a mention, and what a stand-in found until the chosen one is back."""

from datetime import UTC, date, datetime

import apsw
import pytest

from backend import locations
from backend.database.insights.cooccurrence import get_entity_mentions
from backend.database.insights.entities import find_entities
from backend.database.journal import extractions
from backend.database.journal.entries import (
    add_entry,
    delete_entry,
    edit_entry,
    get_entry,
    restore_entry,
)
from backend.database.journal.extractions import (
    count_provisional,
    list_readable,
    requeue_provisional,
    reset_extraction,
    store_extraction,
)
from backend.database.journal.listing import list_pending
from backend.database.sqlite import migrations
from backend.database.sqlite.connection import read_transaction
from backend.records import EntityType, Span

ANNA = Span(0, 4, EntityType.PERSON, 0.9)


def pending() -> list[str]:
    return [uuid for uuid, _ in list_pending()]


def test_mentions_remember_their_model() -> None:
    entry = add_entry("Anna came.")
    store_extraction(entry.uuid, 1, "cellar:http://x/v1:m", [ANNA], model_name="cellar")
    (mention,) = get_entry(entry.uuid).mentions
    assert mention.model == "cellar"
    (entity,) = find_entities("Anna")
    assert [found.model for _, found in get_entity_mentions(entity.id)] == ["cellar"]


def test_without_a_name_the_identity_is_kept() -> None:
    entry = add_entry("Anna came.")
    store_extraction(entry.uuid, 1, "m", [ANNA])
    assert get_entry(entry.uuid).mentions[0].model == "m"


def test_another_reading_brings_its_own_model() -> None:
    entry = add_entry("Anna came.")
    store_extraction(entry.uuid, 1, "m", [ANNA])
    store_extraction(entry.uuid, 1, "n", [ANNA])
    assert get_entry(entry.uuid).mentions[0].model == "n"


def test_a_mention_that_moves_keeps_its_model() -> None:
    entry = add_entry("Anna came.")
    store_extraction(entry.uuid, 1, "m", [ANNA])
    (mention,) = edit_entry(entry.uuid, "Then Anna came.").mentions
    assert (mention.start, mention.model) == (5, "m")


def test_a_journal_of_the_first_schema_is_brought_up() -> None:
    path = locations.database_path()
    old = apsw.Connection(str(path))
    migrations._apply(old, migrations.MIGRATIONS[0], path)
    old.execute("INSERT INTO preference (key, value) VALUES ('kept', '1')")
    old.close()
    entry = add_entry("Anna came.")
    store_extraction(entry.uuid, 1, "m", [ANNA])
    with read_transaction() as db:
        assert db.pragma("user_version") == migrations.MIGRATIONS[-1].number
        assert db.execute("SELECT key FROM preference").fetchall() == [("kept",)]


def test_what_a_stand_in_read_is_read_again() -> None:
    first, second = add_entry("Anna came."), add_entry("Ben left.")
    store_extraction(first.uuid, 1, "built-in", [ANNA], is_provisional=True)
    store_extraction(second.uuid, 1, "cellar", [])
    assert count_provisional() == 1
    assert requeue_provisional() == 1
    assert pending() == [first.uuid]
    assert get_entry(first.uuid).mentions
    assert count_provisional() == requeue_provisional() == 0


def test_what_the_chosen_model_read_since_is_not_read_again() -> None:
    entry = add_entry("Anna came.")
    store_extraction(entry.uuid, 1, "built-in", [ANNA], is_provisional=True)
    store_extraction(entry.uuid, 1, "cellar", [ANNA])
    assert count_provisional() == 0


def test_one_may_be_read_again_first() -> None:
    for _ in range(3):
        entry = add_entry("Anna came.")
        store_extraction(entry.uuid, 1, "built-in", [ANNA], is_provisional=True)
    assert requeue_provisional(most=1) == 1
    assert count_provisional() == 2
    assert requeue_provisional() == 2


def test_what_lies_in_the_trash_is_remembered() -> None:
    entry = add_entry("Anna came.")
    store_extraction(entry.uuid, 1, "built-in", [ANNA], is_provisional=True)
    delete_entry(entry.uuid)
    assert count_provisional() == requeue_provisional() == 0
    restore_entry(entry.uuid)
    assert requeue_provisional() == 1


def test_an_entry_that_waits_anyway_does_not_count() -> None:
    entry = add_entry("Anna came.")
    store_extraction(entry.uuid, 1, "built-in", [ANNA], is_provisional=True)
    edit_entry(entry.uuid, "Anna went.")
    assert count_provisional() == requeue_provisional() == 0
    assert pending() == [entry.uuid]


@pytest.fixture
def three() -> list[str]:
    """Entries of three days, all read, the last one deleted."""
    uuids = []
    for day in (1, 2, 3):
        entry = add_entry("Anna came.", created_at=datetime(2026, 5, day, 12, tzinfo=UTC))
        store_extraction(entry.uuid, 1, "m", [ANNA])
        uuids.append(entry.uuid)
    delete_entry(uuids[-1])
    return uuids


def test_lists_what_can_be_read_since_a_day(three: list[str]) -> None:
    assert list_readable() == three[:2]
    assert list_readable(date(2026, 5, 2)) == three[1:2]
    assert list_readable(date(2026, 5, 3)) == []


def test_resets_since_a_day(three: list[str]) -> None:
    assert reset_extraction(None, since=date(2026, 5, 2)) == 1
    assert pending() == three[1:2]
    assert extractions.find_extraction(three[1], "Anna came.", "m") is None
    assert extractions.find_extraction(three[0], "Anna came.", "m") is not None
    assert reset_extraction(three[0]) == 1
    assert reset_extraction(None) == 2
