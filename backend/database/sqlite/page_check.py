"""Asking SQLite whether a file is whole."""

from __future__ import annotations

from contextlib import suppress

import apsw


def page_faults(db: apsw.Connection, most: int, *, quick: bool = False) -> list[str]:
    """Return what is wrong with the file's pages and its search index, in SQLite's words.

    Args:
        db: a connection, inside a transaction if others may write.
        most: look no further after so many.
        quick: leave out whether indexes fit their tables, half of the time.
    """
    # The check of FTS5 trusts what this connection remembers of the index, and takes what
    # another process merged meanwhile for damage. A search makes it look again.
    if db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'entry_fts'").fetchone():
        with suppress(apsw.CorruptError):
            db.execute("SELECT rowid FROM entry_fts WHERE entry_fts MATCH 'any' LIMIT 1").fetchall()
    found = db.execute(f"PRAGMA {'quick_check' if quick else 'integrity_check'}({most})")
    faults = [str(fault) for (fault,) in found]
    return [] if faults == ["ok"] else faults
