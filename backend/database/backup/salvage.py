"""What can still be read of a damaged journal, row by row, each known by its shape.

Names and readings are left behind: they are found again by reading the entries.
"""

from __future__ import annotations

import json
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backend import text as texts
from backend.database.backup.archive import StoredDraft, StoredEntry, Version
from backend.database.backup.sqlite_pages import Pages, Record
from backend.database.journal.journals import checked_name
from backend.database.sqlite import entry_ids, schema
from backend.database.sqlite.schema import Table
from backend.errors import UsageError
from backend.records import DEFAULT_JOURNAL

# A row's values by column. Their types have been compared with the table's.
Row = dict[str, Any]

# Rows of the table `meta`, which has the shape of `preference`.
_NOT_PREFERENCES = ("instance", "backup")


@dataclass
class Salvage:
    """What was found.

    `broken` are entries whose text is not whole. `texts` are the earlier texts of entries that
    are lost themselves, as entries of their own. `journals` are the names of all of them.
    """

    entries: list[StoredEntry] = field(default_factory=list)
    broken: list[StoredEntry] = field(default_factory=list)
    texts: list[StoredEntry] = field(default_factory=list)
    journals: list[str] = field(default_factory=list)
    drafts: list[StoredDraft] = field(default_factory=list)
    preferences: dict[str, str] = field(default_factory=dict)


@dataclass
class _Rows:
    """Rows that are understood only together."""

    entries: list[tuple[int, Row, bool]] = field(default_factory=list)
    versions: defaultdict[int, list[Version]] = field(default_factory=lambda: defaultdict(list))
    journals: dict[int, str] = field(default_factory=dict)


def salvage(path: Path) -> Salvage:
    """Read what can be read of the journal at `path`, which nobody has open.

    Raises:
        OSError: the file cannot be read at all.
    """
    found = Salvage()
    rows = _Rows()
    for record in Pages(path).records():
        _keep(record, rows, found)
    found.journals = list(rows.journals.values())
    whole: set[int] = set()
    # Of several copies of an entry the newest comes first.
    for entry_id, row, is_whole in sorted(
        rows.entries, key=lambda each: (each[1]["revision"], each[1]["modified_at"]), reverse=True
    ):
        entry = _entry(entry_id, row, rows)
        if is_whole:
            whole.add(entry_id)
            found.entries.append(entry)
        else:
            found.broken.append(entry)
    for entry_id, versions in rows.versions.items():
        if entry_id not in whole:
            found.texts += _lost_entry(entry_id, versions)
    return found


def is_plausible(entry: StoredEntry) -> bool:
    """Return whether what was read as an entry can be one."""
    return not entry.misfits() and texts.has_content(entry.current.text)


def _keep(record: Record, rows: _Rows, found: Salvage) -> None:
    """Sort a row in, by the first table that it can be of."""
    if (row := _as_row(record, schema.ENTRY)) is not None:
        rows.entries.append((row["id"], row, record.is_whole))
    elif not record.is_whole:
        return
    elif (row := _as_row(record, schema.REVISION)) is not None:
        entry_id = row.pop("entry_id")
        rows.versions[entry_id].append(Version(**row))
    elif (row := _as_row(record, schema.DRAFT)) is not None:
        found.drafts.append(StoredDraft.from_row(row))
    elif (row := _as_row(record, schema.JOURNAL)) is not None:
        with suppress(UsageError):
            rows.journals[row["id"]] = checked_name(row["name"])
    elif (
        (row := _as_row(record, schema.PREFERENCE)) is not None
        and row["key"] not in _NOT_PREFERENCES
        and _is_json(row["value"])
    ):
        found.preferences[row["key"]] = row["value"]


def _as_row(record: Record, table: Table) -> Row | None:
    """Return a record's values by column; None if it cannot be of this table.

    Columns that were added later are left out where the record ends before them, or has something
    else there. Of a table without rowids a record has no more values than there are columns: what
    is in an index has few.
    """
    if table.has_rowid is (record.rowid is None):
        return None
    if not table.has_rowid and len(record.values) > len(table.columns):
        return None
    columns = [(name, each) for name, each in table.columns.items() if not each.is_added]
    if len(record.values) < len(columns):
        return None
    row: Row = {}
    for (name, column), value in zip(columns, record.values, strict=False):
        if not column.has_type(value):
            return None
        row[name] = record.rowid if column.is_rowid else value
    added = [(name, each) for name, each in table.columns.items() if each.is_added]
    rest = record.values[len(columns) : len(columns) + len(added)]
    if len(rest) == len(added) and all(
        column.has_type(value) for (_, column), value in zip(added, rest, strict=True)
    ):
        row.update((name, value) for (name, _), value in zip(added, rest, strict=True))
    return row


def _entry(entry_id: int, row: Row, rows: _Rows) -> StoredEntry:
    versions = {
        version.revision: version
        for version in rows.versions.get(entry_id, ())
        if 0 < version.revision < row["revision"]
    }
    return StoredEntry(
        uuid=row["uuid"],
        journal=rows.journals.get(row["journal_id"], DEFAULT_JOURNAL),
        created_at=row["created_at"],
        zone=row["zone"],
        local_date=row["local_date"],
        deleted_at=row["deleted_at"],
        current=Version(row["revision"], row["modified_at"], row["title"], row["text"]),
        earlier=tuple(versions[number] for number in sorted(versions)),
    )


def _lost_entry(entry_id: int, versions: list[Version]) -> list[StoredEntry]:
    """Return the earlier texts of a lost entry as an entry; its id tells when it was written."""
    place = entry_ids.place(entry_id)
    if place is None:
        return []
    day, ms = place
    ordered = sorted(versions, key=lambda version: version.revision)
    return [
        StoredEntry(
            uuid=f"lost-{entry_id}",
            journal=DEFAULT_JOURNAL,
            created_at=ms,
            zone="UTC",
            local_date=day.isoformat(),
            deleted_at=None,
            current=ordered[-1],
            earlier=tuple(ordered[:-1]),
        )
    ]


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
