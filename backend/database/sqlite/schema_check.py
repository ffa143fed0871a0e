"""Whether a database has the schema that the migrations make, and nothing beside it.

A schema is code: a view, a trigger or a default that somebody else put into a file runs when the
file is read, and a damaged trigger runs with every save. So it is compared word for word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import apsw

from backend.database.sqlite import migrations

# Kind and name of a part of the schema, and its SQL, None for what SQLite makes by itself.
_Schema = Mapping[tuple[str, str], str | None]

# What SQLite's own ANALYZE adds.
_STATISTICS = frozenset({("table", "sqlite_stat1"), ("table", "sqlite_stat4")})

# More parts than any version has, so that a long list from elsewhere is not read to its end.
_MOST_PARTS = 1_000

_COMMENT = re.compile(r"--[^\n]*")


def schema_faults(db: apsw.Connection, most: int = 10) -> list[str]:
    """Return how the schema differs from the one of its version, in words; empty if it does not.

    Nothing that the schema says is carried out, and none of its words are in the answer.

    Args:
        db: a journal, or a database that says it is one.
        most: look no further after so many.

    Raises:
        apsw.Error: the schema cannot be parsed.
    """
    version = db.pragma("user_version")
    if not isinstance(version, int) or not 0 < version <= len(migrations.MIGRATIONS):
        return ["its version is none"]
    expected = _expected(tuple(each.script for each in migrations.MIGRATIONS[:version]))
    found = _schema(db)
    faults = [
        f"the {kind} {name} is {'missing' if (kind, name) not in found else 'damaged'}"
        for (kind, name), sql in expected.items()
        if (kind, name) not in found or found[kind, name] != sql
    ]
    if found.keys() - expected.keys() - _STATISTICS:
        faults.append("there is something in it that is not of Charlie's making")
    return faults[:most]


@cache
def _expected(scripts: tuple[str, ...]) -> _Schema:
    """Return the schema that the scripts of migrations make."""
    db = apsw.Connection(":memory:")
    try:
        for script in scripts:
            db.execute(script)
        return _schema(db)
    finally:
        db.close()


def _schema(db: apsw.Connection) -> _Schema:
    found = db.execute(
        "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid LIMIT ?",
        (_MOST_PARTS,),
    )
    return {
        (str(kind), str(name)): None if sql is None else f"{table}: {_normalized(str(sql))}"
        for kind, name, table, sql in found
    }


def _normalized(sql: str) -> str:
    """Return SQL without comments, its white space made one blank: versions of SQLite differ."""
    return " ".join(_COMMENT.sub("", sql).split())
