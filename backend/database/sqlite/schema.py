"""The tables of the journal: the columns of each, named in one place.

The migrations make the tables and stay as they were written; this module says what they amount
to, and a test compares the two. Statements are put together from it, so that a new column is
added to its migration, to its table here, and where its value is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Final, Literal, NamedTuple

import apsw

from backend.database.sqlite.entry_ids import FIRST_MS, LAST_MS

Value = int | float | str | bytes | None
#: Values by column.
Row = Mapping[str, Value]

#: What an insertion does where the table holds a row of the same key: raise
#: `apsw.ConstraintError`, keep the row that is there, or put the new one in its place.
IfPresent = Literal["raise", "keep", "replace"]

_INSERT: Final[Mapping[IfPresent, tuple[str, str]]] = {
    "raise": ("INSERT", ""),
    "keep": ("INSERT", " ON CONFLICT DO NOTHING"),
    "replace": ("INSERT OR REPLACE", ""),
}


#: What a value means, beyond its type: an instant in milliseconds since 1970, a local day as
#: YYYY-MM-DD, the number of a revision (from 1), how many, an entry's id for the user, a time zone.
Kind = Literal["instant", "day", "revision", "count", "uuid", "zone"]

#: What an entry's id for the user looks like.
UUID: Final = re.compile(r"[0-9a-z][0-9a-z_-]{3,63}")
# Names of the IANA and offsets.
_ZONE: Final = re.compile(r"[A-Za-z0-9_+\-/:.<>,]{1,64}")

# How SQLite stores a value of a column. A real number without a fraction is stored as an integer.
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "INTEGER": (int,),
    "REAL": (float, int),
    "TEXT": (str,),
    "BLOB": (bytes,),
}


# Named tuples, because every command pays for the making of a dataclass (0.7 ms each).
class Column(NamedTuple):
    """A column as the file format sees it.

    Args:
        type: its declared type.
        is_rowid: it stands for the row's own number, and the record itself holds NULL there.
        is_optional: it may hold NULL.
        is_added: a later migration added it: records written before that end without it.
        kind: what its values mean, where not every value of the type will do.
    """

    type: Literal["INTEGER", "REAL", "TEXT", "BLOB"]
    is_rowid: bool = False
    is_optional: bool = False
    is_added: bool = False
    kind: Kind | None = None

    def has_type(self, value: Value) -> bool:
        """Return whether a record can hold this value in this column."""
        if self.is_rowid or (self.is_optional and value is None):
            return value is None
        return isinstance(value, _TYPES[self.type])

    def fits(self, value: Value) -> bool:
        """Return whether a value, wherever it comes from, can be one of this column's."""
        if self.is_optional and value is None:
            return True
        if not isinstance(value, _TYPES[self.type]):
            return False
        return self.kind is None or _means(value, self.kind)


def _means(value: Value, kind: Kind) -> bool:
    match value:
        case int():
            return {
                "instant": FIRST_MS <= value <= LAST_MS,
                "revision": 0 < value < 1 << 31,
                "count": 0 <= value < 1 << 31,
            }[kind]
        case str() if kind == "day":
            try:
                return date.fromisoformat(value).isoformat() == value
            except ValueError:
                return False
        case str():
            return (UUID if kind == "uuid" else _ZONE).fullmatch(value) is not None
    return False


class Table(NamedTuple):
    """A table: its columns by name, in the order of its records.

    Args:
        name: as in SQL.
        columns: all of them.
        has_rowid: False for one that is stored as an index (`WITHOUT ROWID`).
    """

    name: str
    columns: Mapping[str, Column]
    has_rowid: bool = True

    def select(self, *columns: str, alias: str = "") -> str:
        """Return a list of columns for SQL; of all of them if none is named.

        Args:
            columns: some of the table's columns.
            alias: the table's name in the statement, put before each column.

        Raises:
            KeyError: the table has no such column.
        """
        names = columns or tuple(self.columns)
        if unknown := set(names) - self.columns.keys():
            raise KeyError(f"{self.name} has no column {', '.join(sorted(unknown))}")
        return ", ".join(f"{alias}.{name}" if alias else name for name in names)

    def misfits(self, row: Row) -> set[str]:
        """Return the columns of a row, or of a part of one, whose values cannot be theirs."""
        return {name for name, value in row.items() if not self.columns[name].fits(value)}


_ROWID = Column("INTEGER", is_rowid=True)
_INTEGER = Column("INTEGER")
_REAL = Column("REAL")
_TEXT = Column("TEXT")
_BLOB = Column("BLOB")
_INSTANT = Column("INTEGER", kind="instant")
_DAY = Column("TEXT", kind="day")
_REVISION = Column("INTEGER", kind="revision")
_COUNT = Column("INTEGER", kind="count")

MIGRATION = Table("migration", {"number": _ROWID, "name": _TEXT, "applied_at": _INTEGER})

#: What the database says of itself; a backup has more rows in it than a journal.
META = Table("meta", {"key": _TEXT, "value": _TEXT}, has_rowid=False)

#: `value` is JSON.
PREFERENCE = Table("preference", {"key": _TEXT, "value": _TEXT}, has_rowid=False)

JOURNAL = Table("journal", {"id": _ROWID, "name": _TEXT, "key": _TEXT, "created_at": _INTEGER})

ENTRY = Table(
    "entry",
    {
        "id": _ROWID,
        "uuid": Column("TEXT", kind="uuid"),
        "journal_id": _INTEGER,
        "created_at": _INSTANT,
        "modified_at": _INSTANT,
        "zone": Column("TEXT", kind="zone"),
        "local_date": _DAY,
        "revision": _REVISION,
        "extracted_revision": _INTEGER,
        "deleted_at": Column("INTEGER", is_optional=True, kind="instant"),
        "word_count": _COUNT,
        "title": _TEXT,
        "heading": _TEXT,
        "preview": _TEXT,
        "facets": _TEXT,
        "text": _TEXT,
    },
)

REVISION = Table(
    "revision",
    {
        "entry_id": _INTEGER,
        "revision": _REVISION,
        "saved_at": _INSTANT,
        "title": _TEXT,
        "text": _TEXT,
    },
)

DRAFT = Table(
    "draft",
    {
        "key": _TEXT,
        "journal": _TEXT,
        "entry_uuid": Column("TEXT", is_optional=True, kind="uuid"),
        "base_revision": _COUNT,
        "updated_at": _INSTANT,
        "text": _TEXT,
        "title": Column("TEXT", is_optional=True, is_added=True),
        "created_at": Column("INTEGER", is_optional=True, is_added=True, kind="instant"),
    },
)

ENTITY = Table(
    "entity",
    {
        "id": _ROWID,
        "journal_id": _INTEGER,
        "type": _TEXT,
        "key": _TEXT,
        "name": _TEXT,
        "count": _INTEGER,
    },
)

SPELLING = Table(
    "spelling", {"id": _ROWID, "entity_id": _INTEGER, "form": _TEXT, "count": _INTEGER}
)

MENTION = Table(
    "mention",
    {
        "entry_id": _INTEGER,
        "start_offset": _INTEGER,
        "end_offset": _INTEGER,
        "entity_id": _INTEGER,
        "confidence": _REAL,
        "surface": _TEXT,
        "model_id": Column("INTEGER", is_optional=True, is_added=True),
    },
    has_rowid=False,
)

#: What a model found in a text; `spans` is JSON.
READING = Table(
    "reading",
    {"entry_id": _INTEGER, "model": _TEXT, "text_hash": _BLOB, "spans": _TEXT},
    has_rowid=False,
)

MODEL = Table("model", {"id": _ROWID, "name": _TEXT})

PROVISIONAL = Table("provisional", {"entry_id": _ROWID})

DAY = Table(
    "day",
    {
        "local_date": _DAY,
        "journal_id": _INTEGER,
        "count": _COUNT,
        "words": Column("INTEGER", is_added=True),
    },
    has_rowid=False,
)

#: Every table but those that SQLite makes for the full-text index.
TABLES = (
    MIGRATION,
    META,
    PREFERENCE,
    JOURNAL,
    ENTRY,
    REVISION,
    DRAFT,
    ENTITY,
    SPELLING,
    MENTION,
    READING,
    MODEL,
    PROVISIONAL,
    DAY,
)


def insert(
    db: apsw.Connection,
    table: Table,
    row: Row,
    *,
    if_present: IfPresent = "raise",
) -> None:
    """Insert a row.

    Args:
        db: a connection inside a transaction.
        table: where the row goes.
        row: values by column; a column that is left out gets its default.
        if_present: what to do where there is a row of the same key.

    Raises:
        KeyError: the table has no such column.
        apsw.ConstraintError: there is such a row already, or a value is not allowed there.
    """
    db.execute(_insertion(table.name, tuple(row), if_present), row)


def insert_all(
    db: apsw.Connection,
    table: Table,
    rows: Iterable[Row],
    *,
    if_present: IfPresent = "raise",
) -> None:
    """Insert rows, each as by `insert`."""
    for row in rows:
        insert(db, table, row, if_present=if_present)


@cache
def _insertion(table: str, columns: tuple[str, ...], if_present: IfPresent) -> str:
    """Return the statement, its values bound by the columns' names."""
    verb, suffix = _INSERT[if_present]
    names = _BY_NAME[table].select(*columns)
    values = ", ".join(f":{column}" for column in columns)
    return f"{verb} INTO {table} ({names}) VALUES ({values}){suffix}"


_BY_NAME: Final = {table.name: table for table in TABLES}
