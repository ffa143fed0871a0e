"""Entries as whole records, out of any database that holds a journal."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, date, datetime
from typing import Any

import apsw

from backend import dates
from backend.database.sqlite import entry_ids, schema
from backend.records import EntityType, Span

#: The row of the table `meta` of a backup that holds the user's templates.
TEMPLATES_KEY = "templates"


@dataclass(frozen=True, slots=True)
class Version:
    """One text of an entry. `saved_at` is in milliseconds since 1970."""

    revision: int
    saved_at: int
    title: str
    text: str

    def as_row(self, entry_id: int) -> dict[str, schema.Value]:
        """Return the row of the table `revision` that holds this text of an entry."""
        return {
            "entry_id": entry_id,
            "revision": self.revision,
            "saved_at": self.saved_at,
            "title": self.title,
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class StoredExtraction:
    """What a model found in one of an entry's texts; `spans` is JSON."""

    model: str
    text_hash: bytes
    spans: str


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry with all that belongs to it. Instants are in milliseconds since 1970.

    `current` is its present text, `earlier` those before it, oldest first. `spans` are its
    mentions, found by `model` (None: not known); they count only where `is_extracted`.
    """

    uuid: str
    journal: str
    created_at: int
    zone: str
    local_date: str
    deleted_at: int | None
    current: Version
    earlier: tuple[Version, ...] = ()
    is_extracted: bool = False
    spans: tuple[Span, ...] = ()
    model: str | None = None
    readings: tuple[StoredExtraction, ...] = ()

    def misfits(self) -> set[str]:
        """Return the columns whose values cannot be an entry's, as in a damaged or planted row."""
        found = schema.ENTRY.misfits(
            {
                "uuid": self.uuid,
                "created_at": self.created_at,
                "modified_at": self.current.saved_at,
                "zone": self.zone,
                "local_date": self.local_date,
                "deleted_at": self.deleted_at,
                "revision": self.current.revision,
            }
        )
        if not found & {"created_at", "local_date"}:
            distance = entry_ids.from_ms(self.created_at).date() - date.fromisoformat(
                self.local_date
            )
            # No two zones are further apart.
            if abs(distance.days) > 1:
                found.add("local_date")
        if any(not _can_precede(each, self.current.revision) for each in self.earlier):
            found.add("earlier")
        return found

    def mended(self) -> StoredEntry:
        """Return the entry with every text, and with values that can be in place of those that
        cannot; the same ones each time."""
        wrong = self.misfits()
        if not wrong:
            return self
        created_at, revision = self.created_at, self.current.revision
        zone = "UTC" if "zone" in wrong else self.zone
        if "created_at" in wrong:
            day = entry_ids.stored_day(self.local_date)
            created_at = entry_ids.to_ms(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
            created_at = min(max(created_at, entry_ids.FIRST_MS), entry_ids.LAST_MS)
        if wrong & {"created_at", "local_date", "zone"}:
            day = dates.local_date(entry_ids.from_ms(created_at), zone)
        else:
            day = date.fromisoformat(self.local_date)
        if "revision" in wrong:
            revision = len(self.earlier) + 1
        saved_at = created_at if "modified_at" in wrong else self.current.saved_at
        deleted_at = created_at if "deleted_at" in wrong else self.deleted_at
        uuid = self.uuid
        if "uuid" in wrong:
            words = f"{uuid}\n{self.current.title}\n{self.current.text}"
            uuid = f"mended-{hashlib.sha256(words.encode()).hexdigest()[:16]}"
        earlier = self.earlier
        if wrong & {"earlier", "revision"}:
            revision = max(revision, len(earlier) + 1)
            earlier = tuple(
                replace(
                    each,
                    revision=number,
                    saved_at=each.saved_at if _is_instant(each.saved_at) else created_at,
                )
                for number, each in enumerate(earlier, 1)
            )
        return replace(
            self,
            uuid=uuid,
            created_at=created_at,
            zone=zone,
            local_date=day.isoformat(),
            deleted_at=deleted_at,
            current=replace(self.current, revision=revision, saved_at=saved_at),
            earlier=earlier,
        )


def _can_precede(version: Version, current: int) -> bool:
    row = {"revision": version.revision, "saved_at": version.saved_at}
    return not schema.REVISION.misfits(row) and version.revision < current


def _is_instant(value: int) -> bool:
    return schema.REVISION.columns["saved_at"].fits(value)


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """Text being typed. Instants are in milliseconds since 1970.

    `title` and `created_at` are None where they were not touched.
    """

    key: str
    journal: str
    entry: str | None
    base_revision: int
    updated_at: int
    text: str
    title: str | None = None
    created_at: int | None = None

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> StoredDraft:
        """Return what a row of the table `draft` holds, its columns by name."""
        values = dict(row)
        return cls(entry=values.pop("entry_uuid"), **values)

    def mended(self) -> StoredDraft:
        """Return the draft with its words, and with values that can be in place of those that
        cannot, as in a damaged or planted row."""
        wrong = schema.DRAFT.misfits(self.as_row())
        key = self.key
        if not _DRAFT_KEY.fullmatch(key):
            key = f"mended-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
        is_lost = bool(wrong & {"entry_uuid", "base_revision"})
        return replace(
            self,
            key=key,
            entry=None if is_lost else self.entry,
            base_revision=0 if is_lost else self.base_revision,
            updated_at=entry_ids.now_ms() if "updated_at" in wrong else self.updated_at,
            created_at=None if "created_at" in wrong else self.created_at,
        )

    def as_row(self) -> dict[str, schema.Value]:
        """Return the row of the table `draft` that holds this draft."""
        values = asdict(self)
        return {"entry_uuid": values.pop("entry"), **values}


# Keys of sessions, and the words that a repair or a merge puts behind them.
_DRAFT_KEY = re.compile(r"[0-9A-Za-z_-]{1,100}")

_VERSION = schema.REVISION.select(*(each.name for each in fields(Version)))
_TYPES = frozenset(EntityType)
_READING = schema.READING.select(*(each.name for each in fields(StoredExtraction)))


def count_entries(db: apsw.Connection) -> int:
    """Return how many entries `load_entries` yields."""
    (count,) = next(db.execute("SELECT count(*) FROM entry"))
    return int(count)


def load_entries(db: apsw.Connection) -> Iterator[StoredEntry]:
    """Yield all entries, those in the trash included, oldest first."""
    for row in db.execute(
        "SELECT e.id, e.uuid, j.name, e.created_at, e.zone, e.local_date, e.deleted_at,"
        " e.revision, e.modified_at, e.title, e.text, e.extracted_revision >= e.revision"
        " FROM entry e JOIN journal j ON j.id = e.journal_id ORDER BY e.id"
    ):
        (
            entry_id,
            uuid,
            journal,
            created_at,
            zone,
            local_date,
            deleted_at,
            *version,
            is_extracted,
        ) = row
        earlier = db.execute(
            f"SELECT {_VERSION} FROM revision WHERE entry_id = ? ORDER BY revision",
            (entry_id,),
        )
        found = list(
            db.execute(
                "SELECT start_offset, end_offset, n.type, confidence, model.name"
                " FROM mention m JOIN entity n ON n.id = m.entity_id"
                " LEFT JOIN model ON model.id = m.model_id"
                " WHERE m.entry_id = ? ORDER BY start_offset, end_offset, entity_id",
                (entry_id,),
            )
        )
        readings = db.execute(f"SELECT {_READING} FROM reading WHERE entry_id = ?", (entry_id,))
        yield StoredEntry(
            uuid,
            journal,
            created_at,
            zone,
            local_date,
            deleted_at,
            Version(*version),
            tuple(Version(*each) for each in earlier),
            bool(is_extracted),
            tuple(
                Span(start, end, EntityType(type_), confidence)
                for start, end, type_, confidence, _ in found
                if type_ in _TYPES
            ),
            found[0][-1] if found else None,
            tuple(StoredExtraction(*each) for each in readings),
        )


def load_empty_journals(db: apsw.Connection) -> list[str]:
    """Return the names of the journals without entries; the others come with theirs."""
    return [
        name
        for (name,) in db.execute(
            "SELECT name FROM journal"
            " WHERE NOT EXISTS (SELECT 1 FROM entry WHERE journal_id = journal.id) ORDER BY key"
        )
    ]


def load_drafts(db: apsw.Connection) -> list[StoredDraft]:
    """Return all drafts."""
    return [
        StoredDraft.from_row(dict(zip(schema.DRAFT.columns, row, strict=True)))
        for row in db.execute(f"SELECT {schema.DRAFT.select()} FROM draft")
    ]


def read_templates(db: apsw.Connection) -> dict[str, str]:
    """Return the user's templates in a backup, text by name; none from a journal."""
    return {
        name: text
        # The file may come from anywhere, and hold anything there.
        for name, type_, text in db.execute(
            "SELECT each.key, each.type, each.value FROM meta, json_each(meta.value) AS each"
            " WHERE meta.key = ? AND json_valid(meta.value)",
            (TEMPLATES_KEY,),
        )
        if type_ == "text" and isinstance(name, str)
    }


def load_preferences(db: apsw.Connection) -> dict[str, str]:
    """Return the preferences, as JSON by key."""
    return dict(db.execute("SELECT key, value FROM preference"))
