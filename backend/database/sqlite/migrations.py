"""The schema, as numbered steps that are only ever appended to.

Each step runs in a transaction of its own. `PRAGMA user_version` holds the number of the last
one; the table `migration` says when each was applied.
"""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import NamedTuple

import apsw

from backend.database.sqlite import entry_ids
from backend.database.sqlite.failures import damaged
from backend.errors import DatabaseNewerError
from backend.failpoints import reach

#: "CHLY" in SQLite's header: tells a journal from any other database.
APPLICATION_ID = 0x43484C59


# A named tuple, as in schema.py.
class Migration(NamedTuple):
    """A step from schema `number - 1` to `number`; `script` is one or more statements."""

    number: int
    name: str
    script: str


_JOURNAL = """
CREATE TABLE migration (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    applied_at INTEGER NOT NULL
) STRICT;

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE preference (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL  -- JSON
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE,  -- the name, case-folded
    created_at INTEGER NOT NULL
) STRICT;

-- Instants are milliseconds since 1970 in UTC. The id is chronological (chronology.py).
-- The text comes last: a row's long text overflows to pages that reading a list never touches.
CREATE TABLE entry (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    journal_id INTEGER NOT NULL REFERENCES journal (id),
    created_at INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    zone TEXT NOT NULL,
    local_date TEXT NOT NULL,
    revision INTEGER NOT NULL,
    extracted_revision INTEGER NOT NULL DEFAULT 0,
    deleted_at INTEGER,
    word_count INTEGER NOT NULL,
    title TEXT NOT NULL,    -- given by the writer, or empty
    heading TEXT NOT NULL,  -- the first line, shown where there is no title
    preview TEXT NOT NULL,
    facets TEXT NOT NULL,   -- what the entry is filed under, as words (facets.py)
    text TEXT NOT NULL
) STRICT;

CREATE INDEX entry_by_day ON entry (local_date) WHERE deleted_at IS NULL;
CREATE INDEX entry_by_journal ON entry (journal_id, local_date) WHERE deleted_at IS NULL;
CREATE INDEX entry_unread ON entry (modified_at)
    WHERE extracted_revision < revision AND deleted_at IS NULL;
CREATE INDEX entry_in_trash ON entry (deleted_at) WHERE deleted_at IS NOT NULL;

-- Texts that a later save replaced; the current one is in the entry itself.
CREATE TABLE revision (
    entry_id INTEGER NOT NULL REFERENCES entry (id) ON UPDATE CASCADE ON DELETE CASCADE,
    revision INTEGER NOT NULL,
    saved_at INTEGER NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (entry_id, revision)
) STRICT;

CREATE TABLE draft (
    key TEXT PRIMARY KEY,
    journal TEXT NOT NULL,
    entry_uuid TEXT,
    base_revision INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    text TEXT NOT NULL
) STRICT;

CREATE TABLE entity (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given to another name
    journal_id INTEGER NOT NULL REFERENCES journal (id),
    type TEXT NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    count INTEGER NOT NULL DEFAULT 0,  -- mentions in entries that are not in the trash
    UNIQUE (journal_id, type, key)
) STRICT;

CREATE INDEX entity_by_key ON entity (key);
CREATE INDEX entity_by_count ON entity (count DESC) WHERE count > 0;

-- The spellings under which an entity is met, ids in the order of first sight.
CREATE TABLE spelling (
    id INTEGER PRIMARY KEY,
    entity_id INTEGER NOT NULL REFERENCES entity (id) ON DELETE CASCADE,
    form TEXT NOT NULL,
    count INTEGER NOT NULL,
    UNIQUE (entity_id, form)
) STRICT;

-- Offsets are code points into the entry's current text.
CREATE TABLE mention (
    entry_id INTEGER NOT NULL REFERENCES entry (id) ON UPDATE CASCADE ON DELETE CASCADE,
    start_offset INTEGER NOT NULL,
    end_offset INTEGER NOT NULL,
    entity_id INTEGER NOT NULL REFERENCES entity (id),
    confidence REAL NOT NULL,
    surface TEXT NOT NULL,
    PRIMARY KEY (entry_id, start_offset, end_offset, entity_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX mention_by_entity ON mention (entity_id, entry_id);

-- What a model found in a text, so that the same text is not read twice.
CREATE TABLE reading (
    entry_id INTEGER NOT NULL REFERENCES entry (id) ON UPDATE CASCADE ON DELETE CASCADE,
    model TEXT NOT NULL,
    text_hash BLOB NOT NULL,
    spans TEXT NOT NULL,  -- JSON: [[start, end, type, confidence], ...]
    PRIMARY KEY (entry_id, model, text_hash)
) STRICT, WITHOUT ROWID;

CREATE VIEW searchable (id, title, text, facets) AS
    SELECT id, title, text, facets FROM entry WHERE deleted_at IS NULL;

CREATE VIRTUAL TABLE entry_fts USING fts5 (
    title, text, facets,
    content = 'searchable',
    content_rowid = 'id',
    tokenize = 'unicode61 remove_diacritics 2'
);

-- Entries outside the trash on each local day: counting 100,000 index rows takes 15 ms.
CREATE TABLE day (
    local_date TEXT NOT NULL,
    journal_id INTEGER NOT NULL REFERENCES journal (id),
    count INTEGER NOT NULL,
    PRIMARY KEY (local_date, journal_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER entry_added AFTER INSERT ON entry WHEN new.deleted_at IS NULL
BEGIN
    INSERT INTO entry_fts (rowid, title, text, facets)
    VALUES (new.id, new.title, new.text, new.facets);
    INSERT INTO day (local_date, journal_id, count) VALUES (new.local_date, new.journal_id, 1)
    ON CONFLICT (local_date, journal_id) DO UPDATE SET count = count + 1;
END;

CREATE TRIGGER entry_removed AFTER DELETE ON entry WHEN old.deleted_at IS NULL
BEGIN
    INSERT INTO entry_fts (entry_fts, rowid, title, text, facets)
    VALUES ('delete', old.id, old.title, old.text, old.facets);
    UPDATE day SET count = count - 1
    WHERE local_date = old.local_date AND journal_id = old.journal_id;
    DELETE FROM day
    WHERE local_date = old.local_date AND journal_id = old.journal_id AND count = 0;
END;

CREATE TRIGGER entry_rewritten AFTER UPDATE OF id, title, text, facets, deleted_at ON entry
WHEN old.id <> new.id OR old.title <> new.title OR old.facets <> new.facets
    OR old.deleted_at IS NOT new.deleted_at OR old.text <> new.text
BEGIN
    INSERT INTO entry_fts (entry_fts, rowid, title, text, facets)
    SELECT 'delete', old.id, old.title, old.text, old.facets WHERE old.deleted_at IS NULL;
    INSERT INTO entry_fts (rowid, title, text, facets)
    SELECT new.id, new.title, new.text, new.facets WHERE new.deleted_at IS NULL;
END;

CREATE TRIGGER entry_moved AFTER UPDATE OF local_date, journal_id, deleted_at ON entry
WHEN old.local_date <> new.local_date OR old.journal_id <> new.journal_id
    OR (old.deleted_at IS NULL) <> (new.deleted_at IS NULL)
BEGIN
    UPDATE day SET count = count - 1
    WHERE old.deleted_at IS NULL
        AND local_date = old.local_date AND journal_id = old.journal_id;
    DELETE FROM day
    WHERE local_date = old.local_date AND journal_id = old.journal_id AND count = 0;
    INSERT INTO day (local_date, journal_id, count)
    SELECT new.local_date, new.journal_id, 1 WHERE new.deleted_at IS NULL
    ON CONFLICT (local_date, journal_id) DO UPDATE SET count = count + 1;
END;
"""

_MODELS = """
-- The models that found mentions, by the name under which the user knows them.
CREATE TABLE model (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- NULL: found before this was kept.
ALTER TABLE mention ADD COLUMN model_id INTEGER REFERENCES model (id);

-- Entries that another model than the chosen one read meanwhile, to be read again by that one.
CREATE TABLE provisional (
    entry_id INTEGER PRIMARY KEY REFERENCES entry (id) ON UPDATE CASCADE ON DELETE CASCADE
) STRICT;
"""

_WORDS_BY_DAY = """
-- Words written on each local day: summing 100,000 entries up reads their whole table.
ALTER TABLE day ADD COLUMN words INTEGER NOT NULL DEFAULT 0;

UPDATE day SET words = (
    SELECT coalesce(sum(word_count), 0) FROM entry
    WHERE deleted_at IS NULL
        AND local_date = day.local_date AND journal_id = day.journal_id
);

DROP TRIGGER entry_added;
DROP TRIGGER entry_removed;
DROP TRIGGER entry_moved;

CREATE TRIGGER entry_added AFTER INSERT ON entry WHEN new.deleted_at IS NULL
BEGIN
    INSERT INTO entry_fts (rowid, title, text, facets)
    VALUES (new.id, new.title, new.text, new.facets);
    INSERT INTO day (local_date, journal_id, count, words)
    VALUES (new.local_date, new.journal_id, 1, new.word_count)
    ON CONFLICT (local_date, journal_id)
    DO UPDATE SET count = count + 1, words = words + excluded.words;
END;

CREATE TRIGGER entry_removed AFTER DELETE ON entry WHEN old.deleted_at IS NULL
BEGIN
    INSERT INTO entry_fts (entry_fts, rowid, title, text, facets)
    VALUES ('delete', old.id, old.title, old.text, old.facets);
    UPDATE day SET count = count - 1, words = words - old.word_count
    WHERE local_date = old.local_date AND journal_id = old.journal_id;
    DELETE FROM day
    WHERE local_date = old.local_date AND journal_id = old.journal_id AND count = 0;
END;

CREATE TRIGGER entry_moved
AFTER UPDATE OF local_date, journal_id, deleted_at, word_count ON entry
WHEN old.local_date <> new.local_date OR old.journal_id <> new.journal_id
    OR (old.deleted_at IS NULL) <> (new.deleted_at IS NULL)
    OR old.word_count <> new.word_count
BEGIN
    UPDATE day SET count = count - 1, words = words - old.word_count
    WHERE old.deleted_at IS NULL
        AND local_date = old.local_date AND journal_id = old.journal_id;
    DELETE FROM day
    WHERE local_date = old.local_date AND journal_id = old.journal_id AND count = 0;
    INSERT INTO day (local_date, journal_id, count, words)
    SELECT new.local_date, new.journal_id, 1, new.word_count WHERE new.deleted_at IS NULL
    ON CONFLICT (local_date, journal_id)
    DO UPDATE SET count = count + 1, words = words + excluded.words;
END;
"""

_DRAFT_HEADING = """
-- NULL: not touched in the draft.
ALTER TABLE draft ADD COLUMN title TEXT;
ALTER TABLE draft ADD COLUMN created_at INTEGER;
"""

MIGRATIONS = (
    Migration(1, "journal, entries, entities, search", _JOURNAL),
    Migration(2, "which model found a mention", _MODELS),
    Migration(3, "words by day", _WORDS_BY_DAY),
    Migration(4, "title and date of a draft", _DRAFT_HEADING),
)


def is_outdated(connection: apsw.Connection, path: Path) -> bool:
    """Return whether `migrate` would change a journal that is in use.

    Raises:
        DatabaseNewerError, DatabaseDamagedError: as `migrate`.
    """
    check_version(connection, path)
    return 0 < _version(connection) < MIGRATIONS[-1].number


def migrate(connection: apsw.Connection, path: Path) -> None:
    """Bring the database to the schema of this program.

    Raises:
        DatabaseNewerError: a newer program wrote it; nothing was changed.
        DatabaseDamagedError: it is a database, but not a journal.
    """
    check_version(connection, path)
    while (version := _version(connection)) < MIGRATIONS[-1].number:
        _apply(connection, MIGRATIONS[version], path)


def check_version(connection: apsw.Connection, path: Path) -> None:
    """Make sure that the database is empty, or a journal that this program knows how to read.

    Raises:
        DatabaseNewerError: a newer program wrote it.
        DatabaseDamagedError: it is a database, but not a journal.
    """
    version = _version(connection)
    if version > MIGRATIONS[-1].number:
        raise DatabaseNewerError(
            f"The journal {path} was written by a newer Charlie "
            f"(schema {version}; this one knows {MIGRATIONS[-1].number}).",
            safe="The file was left exactly as it is.",
            hint="Update Charlie, or set CHARLIE_HOME to another folder.",
        )
    is_new = not version and not connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
    if not is_new and connection.pragma("application_id") != APPLICATION_ID:
        raise damaged(path, "it is a database, but not a journal of Charlie's")


def _apply(connection: apsw.Connection, migration: Migration, path: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        reach("migrate.begun")
        # Another process may have been first, and may even be newer.
        check_version(connection, path)
        if _version(connection) == migration.number - 1:
            connection.execute(migration.script)
            reach("migrate.script_run")
            if migration.number == 1:
                connection.pragma("application_id", APPLICATION_ID)
                connection.execute(
                    "INSERT INTO meta (key, value) VALUES ('instance', ?)", (str(uuid.uuid4()),)
                )
            connection.execute(
                "INSERT INTO migration (number, name, applied_at) VALUES (?, ?, ?)",
                (migration.number, migration.name, entry_ids.now_ms()),
            )
            connection.pragma("user_version", migration.number)
        reach("migrate.before_commit")
        connection.execute("COMMIT")
        reach("migrate.committed")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version(connection: apsw.Connection) -> int:
    version = connection.pragma("user_version")
    return version if isinstance(version, int) else 0
