"""Adding entries: what is stored, what is derived, what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from backend.database.journal import content
from backend.database.journal.drafts import list_drafts, save_draft
from backend.database.journal.entries import (
    NewEntry,
    add_entries,
    add_entry,
    count_entries,
    get_entry,
    get_entry_text,
    list_entries,
    list_journals,
)
from backend.errors import EmptyEntryError, UsageError


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "  leading and trailing space \n\n",
        "carriage\r\nreturns\r",
        "NUL \0 in the middle\0",
        "\x1b]52;c;aGVsbG8=\x07 escapes \x9b31m stay",
        "שלום \u202eorder\u202c 👩‍👩‍👧 e\u0301 \U0001f9ff",
        "\ufeffbyte order mark",
        "'; DROP TABLE entry; --",
    ],
)
def test_text_is_stored_exactly_as_given(text: str) -> None:
    entry = add_entry(text)
    assert entry.text == text
    assert get_entry(entry.uuid).text == text
    assert get_entry_text(entry.uuid) == ("default", 1, text)


def test_a_new_entry_is_unread_and_in_its_first_revision() -> None:
    entry = add_entry("Lunch with Sarah", title="  A title ", zone="Asia/Tokyo")
    assert (entry.revision, entry.is_extracted, entry.conflict) == (1, False, False)
    assert (entry.title, entry.journal, entry.zone) == ("A title", "default", "Asia/Tokyo")
    assert entry.word_count == 3
    assert entry.mentions == ()
    assert entry.entities == ()
    assert get_entry(entry.uuid) == entry


def test_the_local_date_is_the_writers_day() -> None:
    moment = datetime(2024, 5, 1, 23, 30, tzinfo=UTC)
    tokyo = add_entry("late", created_at=moment, zone="Asia/Tokyo")
    azores = add_entry("late", created_at=moment, zone="Atlantic/Azores")
    assert tokyo.local_date == date(2024, 5, 2)
    assert azores.local_date == date(2024, 5, 1)
    assert tokyo.created_at == azores.created_at == moment


def test_an_instant_in_any_zone_is_kept_to_the_millisecond() -> None:
    moment = datetime(1906, 4, 18, 5, 12, 27, 123_999, tzinfo=timezone(timedelta(hours=-8)))
    entry = add_entry("before 1970", created_at=moment, zone="America/Los_Angeles")
    assert entry.created_at == moment.astimezone(UTC).replace(microsecond=123_000)
    assert entry.local_date == date(1906, 4, 18)


@pytest.mark.parametrize("year", [1, 9999])
def test_a_year_without_days_on_both_sides_is_refused(year: int) -> None:
    with pytest.raises(UsageError, match="year"):
        add_entry("text", created_at=datetime(year, 6, 1, tzinfo=UTC))


def test_an_instant_without_a_zone_is_a_defect_of_the_caller() -> None:
    with pytest.raises(ValueError, match="time zone"):
        add_entry("text", created_at=datetime(2024, 5, 1))  # noqa: DTZ001


@pytest.mark.parametrize("zone", ["Nowhere/At_All", "", "../../etc/passwd", "a\0b"])
def test_an_unknown_zone_counts_as_utc_and_is_kept(zone: str) -> None:
    entry = add_entry("x", created_at=datetime(2024, 5, 1, 23, tzinfo=UTC), zone=zone)
    assert entry.local_date == date(2024, 5, 1)
    assert entry.zone == zone


@pytest.mark.parametrize("text", ["", " \n\t ", "\u200b\u00a0", "\x00\x07"])
def test_nothing_to_see_is_refused(text: str) -> None:
    with pytest.raises(EmptyEntryError):
        add_entry(text)
    assert count_entries() == 0


def test_half_a_character_is_refused_with_a_sentence() -> None:
    with pytest.raises(UsageError, match="UTF-8"):
        add_entry("a\udcff")
    with pytest.raises(UsageError, match="UTF-8"):
        add_entry("a", title="\udcff")
    with pytest.raises(UsageError):
        add_entry("a", journal="\udcff")
    with pytest.raises(UsageError):
        list_entries(journal="\udcff")


def test_five_megabytes_are_kept() -> None:
    text = "Sarah walked to Lisbon. " * 210_000
    assert len(text) > 5_000_000
    entry = add_entry(text)
    assert get_entry(entry.uuid).text == text
    assert len(entry.preview) <= 200


def test_a_text_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "MAX_TEXT_BYTES", 1_000_000)
    add_entry("é" * 500_000)
    with pytest.raises(UsageError, match="1 MB"):
        add_entry("é" * 500_001)
    assert count_entries() == 1


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("first\nsecond", "first"),
        ("\n \n\tfirst  line \n", "first line"),
        ("# Heading #hash\ntext", "Heading #hash"),
        ("###### Deep", "Deep"),
        ("#\n##  \nafter empty headings", "after empty headings"),
        ("#tag first", "#tag first"),
        ("apples ## pears", "apples ## pears"),
        ("####### seven", "####### seven"),
        ("\u200b\nvisible", "visible"),
        ("a\u2028b", "a"),
        ("**bold** move", "bold move"),
        ("2 * 3 * 4, snake_case", "2 * 3 * 4, snake_case"),
        ("x" * 100, "x" * 79 + "…"),
    ],
)
def test_without_a_title_the_first_line_is_shown(text: str, title: str) -> None:
    assert add_entry(text).title == title


def test_a_preview_is_one_line_of_the_beginning() -> None:
    entry = add_entry("one\n\n two\t three " + "word " * 100)
    assert entry.preview.startswith("one two three word")
    assert "\n" not in entry.preview
    assert len(entry.preview) <= 200


def test_a_preview_and_a_heading_are_plain_words() -> None:
    entry = add_entry(
        "## What *she* asked\n\n- [x] whether the **choir**\n\n### Later\n[sang](a.md)"
    )
    assert entry.title == "What she asked"
    assert entry.preview == "What she asked whether the choir Later sang"
    assert add_entry("Rain", title="*Rain*").title == "*Rain*"


def test_a_title_over_the_limit_is_refused() -> None:
    assert add_entry("x", title="t" * 1_000).title == "t" * 1_000
    with pytest.raises(UsageError, match="1000"):
        add_entry("x", title="t" * 1_001)


def test_journals_are_created_when_first_written_to() -> None:
    assert list_journals() == []
    add_entry("a", journal=" Travel ")
    add_entry("b", journal="TRAVEL")
    add_entry("c", journal="été")
    assert add_entry("d", journal="ÉTÉ").journal == "été"
    assert list_journals() == ["Travel", "été"]
    assert len(list_entries(journal="travel")) == 2


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "\x1b[31m", "x" * 81, "a\u2028b"])
def test_what_cannot_be_a_journal_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="journal"):
        add_entry("text", journal=name)
    assert list_journals() == []


def test_a_given_uuid_is_kept_and_unique() -> None:
    entry = add_entry("text", uuid="ABCD1234ABCD1234ABCD1234ABCD1234")
    assert entry.uuid == "abcd1234abcd1234abcd1234abcd1234"
    with pytest.raises(UsageError, match="already"):
        add_entry("other", uuid="abcd1234abcd1234abcd1234abcd1234")
    assert get_entry(entry.uuid).text == "text"


@pytest.mark.parametrize("uuid", ["", "abc", "../../x", "a b c d", "x" * 65, "ab%d", "é-12345"])
def test_what_cannot_be_a_uuid_is_refused(uuid: str) -> None:
    with pytest.raises(UsageError, match="id"):
        add_entry("text", uuid=uuid)


def test_saving_discards_its_draft_and_no_other() -> None:
    save_draft("mine", "text", journal="default")
    save_draft("other", "text", journal="default")
    add_entry("text", draft="mine")
    assert [draft.key for draft in list_drafts()] == ["other"]


def test_a_refused_save_keeps_the_draft() -> None:
    save_draft("mine", "text", journal="default")
    add_entry("text", uuid="aaaa-1")
    with pytest.raises(UsageError):
        add_entry("text", uuid="aaaa-1", draft="mine")
    assert [draft.text for draft in list_drafts()] == ["text"]


def test_many_entries_are_added_all_or_none() -> None:
    new = [NewEntry(f"entry {number}", uuid=f"many-{number}") for number in range(20)]
    assert add_entries(new) == [each.uuid for each in new]
    assert count_entries() == 20
    with pytest.raises(UsageError):
        add_entries([NewEntry("fresh"), NewEntry("again", uuid="many-3")])
    assert count_entries() == 20
    assert add_entries([]) == []
