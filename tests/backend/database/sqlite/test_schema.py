"""The tables as the program names them are the tables that the migrations make."""

from __future__ import annotations

from typing import Any

import apsw
import pytest

from backend.database.sqlite import migrations, schema
from backend.database.sqlite.connection import read_transaction, write_transaction

TABLES = pytest.mark.parametrize("table", schema.TABLES, ids=lambda table: table.name)


def made(db: apsw.Connection, table: str) -> list[tuple[Any, ...]]:
    """Return name, type, not null, default and place in the primary key of each column."""
    return [row[1:] for row in db.execute(f"PRAGMA table_info({table})")]


def test_every_table_is_named() -> None:
    with read_transaction() as db:
        found = {
            (name, not without_rowid)
            for name, without_rowid in db.execute(
                "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
                " AND name NOT LIKE 'sqlite_%'"
            )
        }
    assert {(table.name, table.has_rowid) for table in schema.TABLES} == found


@TABLES
def test_columns_are_those_of_the_migrations(table: schema.Table) -> None:
    with read_transaction() as db:
        found = made(db, table.name)
    keys = [name for name, *_, place in found if place]
    assert list(table.columns) == [name for name, *_ in found]
    for name, type_, is_not_null, _, place in found:
        column = table.columns[name]
        is_rowid = table.has_rowid and keys == [name] and type_ == "INTEGER"
        assert column.type == type_, name
        assert column.is_rowid is is_rowid, name
        assert column.is_optional is not (is_not_null or place), name


def test_columns_that_were_added_later_are_known() -> None:
    first: dict[str, set[str]] = {}
    db = apsw.Connection(":memory:")
    for migration in migrations.MIGRATIONS:
        db.execute(migration.script)
        for table in schema.TABLES:
            if names := {name for name, *_ in made(db, table.name)}:
                first.setdefault(table.name, names)
    db.close()
    for table in schema.TABLES:
        added = {name for name, column in table.columns.items() if column.is_added}
        assert added == table.columns.keys() - first[table.name]


@TABLES
def test_a_table_can_be_asked_for_all_it_names(table: schema.Table) -> None:
    with read_transaction() as db:
        db.execute(f"SELECT {table.select()} FROM {table.name}").fetchall()
        db.execute(f"SELECT {table.select(alias='t')} FROM {table.name} t").fetchall()


def test_a_column_that_is_none_is_refused() -> None:
    with pytest.raises(KeyError, match="colour"):
        schema.DRAFT.select("key", "colour")
    with write_transaction() as db, pytest.raises(KeyError, match="colour"):
        schema.insert(db, schema.META, {"key": "a", "value": "b", "colour": "c"})


def test_a_row_of_the_same_key_is_an_error_kept_or_replaced() -> None:
    def value() -> str:
        with read_transaction() as db:
            return str(next(db.execute("SELECT value FROM preference WHERE key = 'k'"))[0])

    def insert(new: str, if_present: schema.IfPresent = "raise") -> None:
        row = {"key": "k", "value": new}
        with write_transaction() as db:
            schema.insert(db, schema.PREFERENCE, row, if_present=if_present)

    insert("1")
    with pytest.raises(apsw.ConstraintError):
        insert("2")
    insert("3", "keep")
    assert value() == "1"
    insert("4", "replace")
    assert value() == "4"
