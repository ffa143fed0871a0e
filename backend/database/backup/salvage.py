"""What can still be read of a damaged journal, row by row, each known by its shape.

Names and readings are left behind: they are found again by reading the entries.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from backend import text as texts
from backend.database.backup.archive import StoredDraft, StoredEntry, Version
from backend.database.backup.sqlite_pages import Pages, Record
from backend.database.journal.journals import checked_name
from backend.database.sqlite import entry_ids
from backend.errors import UsageError
from backend.records import DEFAULT_JOURNAL

_UUID = re.compile(r"[0-9a-z][0-9a-z_-]{3,63}")

# Columns by type, in the order of the schema; columns that were added later follow them.
# n: nothing, i: integer, s: text; o: integer or nothing, t: text or nothing.
_ENTRY = "nsiiissiioisssss"
_REVISION = "iiiss"
_DRAFT = "sstiis"
_DRAFT_HEADING = "to"
_JOURNAL = "nssi"
_PREFERENCE = "ss"

# Rows of the table `meta`, which has the same shape.
_NOT_PREFERENCES = ("instance", "backup")

_TYPES: dict[str, tuple[type, ...]] = {
    "n": (type(None),),
    "i": (int,),
    "s": (str,),
    "o": (int, type(None)),
    "t": (str, type(None)),
}


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

    entries: list[tuple[int, Any, bool]] = field(default_factory=list)
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
        _take(record, rows, found)
    found.journals = list(rows.journals.values())
    whole: set[int] = set()
    # Of several copies of an entry the newest comes first.
    for entry_id, values, is_whole in sorted(
        rows.entries, key=lambda row: (row[1][7], row[1][4]), reverse=True
    ):
        entry = _entry(entry_id, values, rows)
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
    """Whether what was read as an entry can be one."""
    try:
        day = date.fromisoformat(entry.local_date)
        distance = entry_ids.from_ms(entry.created_at).date() - day
    except (ValueError, OverflowError):
        return False
    return (
        _UUID.fullmatch(entry.uuid) is not None
        and abs(distance.days) <= 1
        and entry.current.revision > 0
        and texts.has_content(entry.current.text)
    )


def _take(record: Record, rows: _Rows, found: Salvage) -> None:
    """Sort a row in."""
    # The shape has been looked at where the values are taken out.
    values: Any = record.values
    rowid = record.rowid
    if rowid is not None and _has_shape(record, _ENTRY):
        rows.entries.append((rowid, values, record.is_whole))
    elif not record.is_whole:
        return
    elif rowid is not None and _has_shape(record, _REVISION):
        rows.versions[values[0]].append(Version(*values[1:5]))
    elif rowid is not None and _has_shape(record, _DRAFT):
        heading = values[6:8] if _has_shape(record, _DRAFT + _DRAFT_HEADING) else ()
        found.drafts.append(StoredDraft(*values[:6], *heading))
    elif rowid is not None and _has_shape(record, _JOURNAL):
        with suppress(UsageError):
            rows.journals[rowid] = checked_name(values[1])
    elif rowid is None and len(values) == len(_PREFERENCE) and _has_shape(record, _PREFERENCE):
        key, value = values
        if key not in _NOT_PREFERENCES and _is_json(value):
            found.preferences[key] = value


def _has_shape(record: Record, shape: str) -> bool:
    return len(record.values) >= len(shape) and all(
        isinstance(value, _TYPES[kind]) for kind, value in zip(shape, record.values, strict=False)
    )


def _entry(entry_id: int, values: Any, rows: _Rows) -> StoredEntry:
    versions = {
        version.revision: version
        for version in rows.versions.get(entry_id, ())
        if 0 < version.revision < values[7]
    }
    return StoredEntry(
        uuid=values[1],
        journal=rows.journals.get(values[2], DEFAULT_JOURNAL),
        created_at=values[3],
        zone=values[5],
        local_date=values[6],
        deleted_at=values[9],
        current=Version(values[7], values[4], values[11], values[15]),
        earlier=tuple(versions[number] for number in sorted(versions)),
    )


def _lost_entry(entry_id: int, versions: list[Version]) -> list[StoredEntry]:
    """The earlier texts of a lost entry as an entry; its id tells when it was written."""
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
