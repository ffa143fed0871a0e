"""Whatever is done in whatever order, the store says the same as a plain list of entries."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from backend import dates, text
from backend.database.insights.cooccurrence import get_entity_mentions
from backend.database.insights.entities import list_entities
from backend.database.journal import content
from backend.database.journal.entries import (
    add_entry,
    count_entries,
    count_pending,
    delete_entry,
    edit_entry,
    get_entry,
    list_days,
    list_entries,
    list_pending,
    list_trash,
    locate_entry,
    move_entry,
    restore_entry,
)
from backend.database.journal.extractions import store_extraction
from backend.database.journal.journals import (
    count_journals,
    create_journal,
    delete_journal,
    list_journals,
    rename_journal,
)
from backend.database.search.search import search_entries
from backend.database.sqlite.connection import close_all
from backend.database.sqlite.integrity import find_faults
from backend.errors import NotFoundError, UsageError
from backend.records import EntityType, Span

NAMES = ["Sarah", "SARAH", "Tom", "Ana María", "李雷"]
WORDS = st.sampled_from(
    [*NAMES, "went", "home", "#work", "#work/garden", "é", "\n\n", "\0", "👩‍👩‍👧"]
)
TEXTS = st.lists(WORDS, max_size=8).map(lambda words: " ".join(["start", *words]))
JOURNALS = st.sampled_from(["default", "Travel", "travel", "TRIPS"])
ZONES = st.sampled_from(["UTC", "Asia/Tokyo", "America/New_York", "Nowhere"])
# Few instants, so that many entries share one.
INSTANTS = st.integers(-3, 3).map(
    lambda number: datetime(1969, 12, 31, 20, tzinfo=UTC) + timedelta(hours=7 * number)
)


@dataclass(frozen=True)
class Expected:
    """What an entry should be; `place` counts up with each time it is given an instant."""

    uuid: str
    text: str
    journal: str
    title: str
    zone: str
    created_at: datetime
    place: int
    revision: int = 1
    is_extracted: bool = False
    is_deleted: bool = False
    mentions: tuple[tuple[int, int], ...] = ()

    def order(self) -> tuple[object, ...]:
        return (dates.local_date(self.created_at, self.zone), self.created_at, self.place)


class Store(RuleBasedStateMachine):
    """The store beside a dictionary of what it should hold."""

    uuids: Bundle[str] = Bundle("uuids")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.home = os.environ["CHARLIE_HOME"]
        os.environ["CHARLIE_HOME"] = str(Path(self.folder.name) / "home")
        self.entries: dict[str, Expected] = {}
        # Names by their folded form, and what the journal "default" was renamed to.
        self.journals: dict[str, str] = {}
        self.default = "default"
        self.places = 0

    def teardown(self) -> None:
        faults = find_faults()
        close_all()
        os.environ["CHARLIE_HOME"] = self.home
        self.folder.cleanup()
        assert faults == []

    def live(self, journal: str | None = None) -> list[Expected]:
        """What is listed, newest first."""
        return sorted(
            (
                entry
                for entry in self.entries.values()
                if not entry.is_deleted and journal in (None, entry.journal)
            ),
            key=Expected.order,
            reverse=True,
        )

    def next_place(self) -> int:
        self.places += 1
        return self.places

    @rule(target=uuids, body=TEXTS, journal=JOURNALS, zone=ZONES, created_at=INSTANTS)
    def add(self, body: str, journal: str, zone: str, created_at: datetime) -> str:
        entry = add_entry(body, journal=journal, zone=zone, created_at=created_at)
        key = journal.lower()
        if key == "default" and key not in self.journals and self.default in self.journals:
            key = self.default
        name = self.journals.setdefault(key, journal)
        self.entries[entry.uuid] = Expected(
            entry.uuid, body, name, "", zone, created_at, self.next_place()
        )
        return entry.uuid

    @rule(uuid=uuids, body=TEXTS)
    def edit(self, uuid: str, body: str) -> None:
        expected = self.entries[uuid]
        if expected.is_deleted or expected.text == body:
            return
        entry = edit_entry(uuid, body)
        self.entries[uuid] = replace(
            expected,
            text=body,
            revision=expected.revision + 1,
            is_extracted=False,
            mentions=tuple((m.start, m.end) for m in entry.mentions),
        )

    @rule(uuid=uuids, title=st.sampled_from(["", "One", "Two"]))
    def retitle(self, uuid: str, title: str) -> None:
        expected = self.entries[uuid]
        if not expected.is_deleted:
            edit_entry(uuid, expected.text, title=title)
            is_new = title != expected.title
            self.entries[uuid] = replace(expected, title=title, revision=expected.revision + is_new)

    @rule(uuid=uuids, journal=JOURNALS)
    def move_to_journal(self, uuid: str, journal: str) -> None:
        expected = self.entries[uuid]
        if expected.is_deleted or journal.lower() not in self.journals:
            with pytest.raises(NotFoundError):
                move_entry(uuid, journal)
            return
        name = self.journals[journal.lower()]
        assert move_entry(uuid, journal).journal == name
        self.entries[uuid] = replace(expected, journal=name)

    @rule(old=JOURNALS, new=JOURNALS)
    def rename(self, old: str, new: str) -> None:
        if old.lower() not in self.journals:
            with pytest.raises(NotFoundError):
                rename_journal(old, new)
            return
        if old.lower() != new.lower() and new.lower() in self.journals:
            with pytest.raises(UsageError):
                rename_journal(old, new)
            return
        rename_journal(old, new)
        name = self.journals.pop(old.lower())
        self.journals[new.lower()] = new
        if old.lower() in ("default", self.default):
            self.default = new.lower()
        for uuid, expected in self.entries.items():
            if expected.journal == name:
                self.entries[uuid] = replace(expected, journal=new)

    @rule(journal=JOURNALS)
    def create_journal(self, journal: str) -> None:
        if journal.lower() in self.journals:
            with pytest.raises(UsageError):
                create_journal(journal)
        else:
            self.journals[journal.lower()] = create_journal(journal)

    @rule(journal=JOURNALS)
    def delete_journal(self, journal: str) -> None:
        name = self.journals.get(journal.lower())
        if name is None:
            with pytest.raises(NotFoundError):
                delete_journal(journal)
        elif any(entry.journal == name for entry in self.entries.values()):
            with pytest.raises(UsageError):
                delete_journal(journal)
        else:
            delete_journal(journal)
            del self.journals[journal.lower()]
            if self.default == journal.lower():
                self.default = "default"

    @rule(uuid=uuids, created_at=INSTANTS)
    def move(self, uuid: str, created_at: datetime) -> None:
        expected = self.entries[uuid]
        if not expected.is_deleted:
            edit_entry(uuid, expected.text, created_at=created_at)
            place = expected.place if created_at == expected.created_at else self.next_place()
            self.entries[uuid] = replace(expected, created_at=created_at, place=place)

    @rule(uuid=uuids, data=st.data())
    def read(self, uuid: str, data: st.DataObject) -> None:
        expected = self.entries[uuid]
        spans = sorted(
            {
                (place, place + len(name))
                for name in data.draw(st.sets(st.sampled_from(NAMES)))
                if (place := expected.text.find(name)) >= 0
            }
        )
        stored = store_extraction(
            uuid,
            expected.revision,
            data.draw(st.sampled_from(["m", "n"])),
            [Span(*span, EntityType.PERSON, 0.5) for span in spans],
        )
        assert stored is not expected.is_deleted
        if stored:
            self.entries[uuid] = replace(expected, is_extracted=True, mentions=tuple(spans))

    @rule(uuid=uuids)
    def delete_or_restore(self, uuid: str) -> None:
        expected = self.entries[uuid]
        (restore_entry if expected.is_deleted else delete_entry)(uuid)
        self.entries[uuid] = replace(expected, is_deleted=not expected.is_deleted)

    @invariant()
    def lists_agree(self) -> None:
        for journal in (None, "Travel"):
            name = journal and self.journals.get(journal.lower(), "none")
            expected = self.live(name)
            listed = list_entries(journal=journal, limit=1_000)
            assert [entry.uuid for entry in listed] == [entry.uuid for entry in expected]
            assert count_entries(journal) == len(expected)
            days = Counter(entry.local_date for entry in listed)
            assert [(day.local_date, day.count) for day in list_days(journal)] == sorted(
                days.items(), reverse=True
            )
            assert [locate_entry(entry.uuid, journal) for entry in listed] == list(
                range(len(listed))
            )
        assert {entry.uuid for entry in list_trash()} == {
            entry.uuid for entry in self.entries.values() if entry.is_deleted
        }
        pending = {entry.uuid for entry in self.live() if not entry.is_extracted}
        assert {uuid for uuid, _ in list_pending()} == pending
        assert count_pending() == len(pending)

    @invariant()
    def journals_agree(self) -> None:
        names = [self.journals[key] for key in sorted(self.journals)]
        assert list_journals() == names
        held = Counter((entry.journal, entry.is_deleted) for entry in self.entries.values())
        assert [(each.name, each.count, each.in_trash) for each in count_journals()] == [
            (name, held[name, False], held[name, True]) for name in names
        ]

    @invariant()
    def entries_agree(self) -> None:
        for expected in self.live():
            entry = get_entry(expected.uuid)
            assert (entry.text, entry.revision) == (expected.text, expected.revision)
            assert (entry.journal, entry.title) == (
                expected.journal,
                expected.title or text.without_marks(content.heading(expected.text)),
            )
            assert (entry.created_at, entry.zone) == (expected.created_at, expected.zone)
            assert entry.is_extracted == expected.is_extracted
            assert tuple((m.start, m.end) for m in entry.mentions) == expected.mentions
            assert all(entry.text[m.start : m.end] == m.text for m in entry.mentions)
            assert {m.entity_id for m in entry.mentions} == {e.id for e in entry.entities}

    @invariant()
    def entities_agree(self) -> None:
        counts: Counter[tuple[str, str]] = Counter()
        for entry in self.live():
            for start, end in entry.mentions:
                counts[entry.journal, text.name_key(entry.text[start:end])] += 1
        listed = list_entities()
        assert {(e.journal, text.name_key(e.name)): e.count for e in listed} == counts
        assert [e.count for e in listed] == sorted((e.count for e in listed), reverse=True)
        for entity in listed:
            found = get_entity_mentions(entity.id)
            assert len(found) == entity.count
            assert {mention.text for _, mention in found} == {entity.name, *entity.aliases}
            days = [entry.local_date for entry, _ in found]
            assert days == sorted(days)
            assert (entity.first, entity.last) == (days[0], days[-1])

    @invariant()
    def searches_agree(self) -> None:
        def expect(query: str, uuids: set[str]) -> None:
            assert {hit.entry.uuid for hit in search_entries(query, limit=1_000)} == uuids

        live = self.live()
        expect("home", {entry.uuid for entry in live if "home" in entry.text})
        expect("-home", {entry.uuid for entry in live if "home" not in entry.text})
        expect("#work", {entry.uuid for entry in live if "#work" in entry.text})
        expect("#work/garden", {e.uuid for e in live if "#work/garden" in e.text})
        for key, name in self.journals.items():
            expect(f"journal:{key}", {entry.uuid for entry in live if entry.journal == name})
        expect("one", {entry.uuid for entry in live if entry.title == "One"})
        expect(
            "@sarah",
            {
                entry.uuid
                for entry in live
                if any(entry.text[a:b].lower() == "sarah" for a, b in entry.mentions)
            },
        )
        by_day = [e for e in live if dates.local_date(e.created_at, e.zone).year == 1969]
        expect("in:1969", {entry.uuid for entry in by_day})


TestStore = Store.TestCase
TestStore.settings = settings(
    max_examples=15,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
