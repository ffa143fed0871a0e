"""The tables of the journal: the columns of each, named in one place.

The migrations make the tables and stay as they were written; this module says what they amount
to, and a test compares the two. Statements are put together from it, so that a new column is
added to its migration, to its table here, and where its value is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final, Literal, NamedTuple

import apsw

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


# Named tuples, because every command pays for the making of a dataclass (0.7 ms each).
class Column(NamedTuple):
    """A column as the file format sees it.

    Args:
        type: its declared type.
        is_rowid: it stands for the row's own number, and the record itself holds NULL there.
        is_optional: it may hold NULL.
        is_added: a later migration added it: records written before that end without it.
    """

    type: Literal["INTEGER", "REAL", "TEXT", "BLOB"]
    is_rowid: bool = False
    is_optional: bool = False
    is_added: bool = False


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


_ROWID = Column("INTEGER", is_rowid=True)
_INTEGER = Column("INTEGER")
_REAL = Column("REAL")
_TEXT = Column("TEXT")
_BLOB = Column("BLOB")
_INTEGER_OR_NULL = Column("INTEGER", is_optional=True)
_TEXT_OR_NULL = Column("TEXT", is_optional=True)

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
        "uuid": _TEXT,
        "journal_id": _INTEGER,
        "created_at": _INTEGER,
        "modified_at": _INTEGER,
        "zone": _TEXT,
        "local_date": _TEXT,
        "revision": _INTEGER,
        "extracted_revision": _INTEGER,
        "deleted_at": _INTEGER_OR_NULL,
        "word_count": _INTEGER,
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
        "revision": _INTEGER,
        "saved_at": _INTEGER,
        "title": _TEXT,
        "text": _TEXT,
    },
)

DRAFT = Table(
    "draft",
    {
        "key": _TEXT,
        "journal": _TEXT,
        "entry_uuid": _TEXT_OR_NULL,
        "base_revision": _INTEGER,
        "updated_at": _INTEGER,
        "text": _TEXT,
        "title": Column("TEXT", is_optional=True, is_added=True),
        "created_at": Column("INTEGER", is_optional=True, is_added=True),
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
        "local_date": _TEXT,
        "journal_id": _INTEGER,
        "count": _INTEGER,
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
