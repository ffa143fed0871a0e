"""Every passage that mentions somebody, by date."""

from __future__ import annotations

from datetime import date

from backend.database.insights.entities import list_entities
from backend.database.journal.entries import delete_entry, edit_entry, restore_entry
from backend.graph.passages import list_passages, locate_passage
from tests.backend.graph.diaries import write, write_many


def ids(name: str) -> tuple[int, ...]:
    return tuple(entity.id for entity in list_entities() if entity.name == name)


def texts(name: str, **options: object) -> list[str]:
    return [p.text for p in list_passages(ids(name), **options).passages]  # type: ignore[arg-type]


def test_passages_come_by_date_either_way() -> None:
    write("It rained. Anna came. We ate.", "Anna", day=date(2024, 5, 9))
    write("Anna left.", "Anna", day=date(2023, 1, 2))
    write("Nobody.", day=date(2024, 5, 10))
    assert texts("Anna") == ["Anna came.", "Anna left."]
    assert texts("Anna", newest_first=False) == ["Anna left.", "Anna came."]
    (newest, oldest) = list_passages(ids("Anna")).passages
    assert (newest.entry.local_date, newest.start, newest.end) == (date(2024, 5, 9), 11, 15)
    assert newest.highlights == oldest.highlights == ((0, 4),)


def test_mentions_close_together_share_a_passage_and_distant_ones_do_not() -> None:
    text = "Anna and Anna. " + "Nothing happened here. " * 20 + "Then Anna left."
    write(text, "Anna")
    page = list_passages(ids("Anna"))
    assert page.total == 2
    assert [passage.text for passage in page.passages] == ["Anna and Anna.", "Then Anna left."]
    assert page.passages[0].highlights == ((0, 4), (9, 13))


def test_passages_come_in_pages() -> None:
    for day in range(1, 8):
        write(f"Anna on day {day}.", "Anna", day=date(2024, 5, day))
    page = list_passages(ids("Anna"), limit=3, offset=2)
    assert page.total == 7
    assert [passage.entry.local_date.day for passage in page.passages] == [5, 4, 3]
    assert list_passages(ids("Anna"), offset=7).passages == ()
    assert list_passages(ids("Anna"), limit=0).total == 7


def test_others_narrow_to_the_entries_that_all_are_in() -> None:
    write("Anna in Lisbon.", "Anna", "Lisbon", day=date(2024, 5, 1))
    write("Anna with Ben in Lisbon.", "Anna", "Ben", "Lisbon", day=date(2024, 5, 2))
    write("Anna alone.", "Anna", day=date(2024, 5, 3))
    lisbon, ben = ids("Lisbon"), ids("Ben")
    assert texts("Anna", along=[lisbon]) == ["Anna with Ben in Lisbon.", "Anna in Lisbon."]
    assert texts("Anna", along=[lisbon, ben]) == ["Anna with Ben in Lisbon."]
    assert texts("Ben", along=[ids("Nobody")]) == []


def test_a_passage_is_found_again_by_its_entry() -> None:
    first = write("Anna. " + "Nothing. " * 40 + "Anna.", "Anna", day=date(2024, 5, 1))
    write("Anna.", "Anna", day=date(2024, 5, 2))
    anna = ids("Anna")
    end = len(first.text) - 5
    assert locate_passage(anna, first.uuid, 0) == 1
    assert locate_passage(anna, first.uuid, end) == 2
    assert locate_passage(anna, first.uuid, end - 3) == 2
    assert locate_passage(anna, first.uuid, end, newest_first=False) == 1
    assert locate_passage(anna, "feed-0000", 0) is None


def test_the_trash_holds_no_passages() -> None:
    kept = write("Anna stays.", "Anna")
    gone = write("Anna goes.", "Anna")
    delete_entry(gone.uuid)
    assert texts("Anna") == ["Anna stays."]
    delete_entry(kept.uuid)
    assert list_passages([1]).total == 0
    restore_entry(gone.uuid)
    assert texts("Anna") == ["Anna goes."]


def test_an_edit_moves_the_passage_along() -> None:
    entry = write("Anna came.", "Anna")
    edit_entry(entry.uuid, "Rain again.\n\nAnna came.")
    (passage,) = list_passages(ids("Anna")).passages
    assert (passage.text, passage.start) == ("Anna came.", 13)


def test_combining_characters_keep_their_offsets() -> None:
    text = "👩‍👩‍👧 Cafe\u0301 with E\u0301va. E\u0301va paid."
    write(text, "E\u0301va")
    (passage,) = list_passages(ids("E\u0301va")).passages
    assert [passage.text[a:b] for a, b in passage.highlights] == ["E\u0301va"] * 2
    assert text[passage.start : passage.end] == "E\u0301va"


def test_five_thousand_entries_are_counted_and_paged() -> None:
    write_many(5_000, "Tea with Anna in Lisbon.", "Anna", "Lisbon")
    page = list_passages(ids("Anna"), along=[ids("Lisbon")], limit=10, offset=4_995)
    assert page.total == 5_000
    assert len(page.passages) == 5
    assert page.passages[0].text == "Tea with Anna in Lisbon."
