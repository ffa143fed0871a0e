"""Copies of a journal, each compared with what it was copied from before it counts as one.

A copy is one file that any SQLite opens. It carries a digest of its own content, so that it can
be checked in later years without the journal it came from. The content is every row of every
table that `schema` names. The full-text index is copied too, but not compared: it is derived.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import apsw

from backend import files
from backend.database.backup.archive import TEMPLATES_KEY
from backend.database.backup.foreign import open_foreign
from backend.database.sqlite import entry_ids, schema
from backend.database.sqlite.failures import damaged, explained
from backend.database.sqlite.page_check import page_faults
from backend.errors import BackupError, UsageError
from backend.failpoints import reach
from backend.templates import read_templates

#: Reports (done, total), in arbitrary units; what it raises ends the work and undoes it.
Progress = Callable[[int, int], None]

# Pages copied between two reports: 4 MB.
_PAGES_A_STEP = 1024
# Rows compared between two reports.
_ROWS_A_STEP = 2_000

# The row of the table `meta` that a copy has and a journal has not, beside the one that holds the
# user's templates: in a journal's home these are files.
_SEAL = "backup"

_PARTIAL = ".partial-"

# Writing the journal's text twice (the copy, its comparison) in the units of progress.
_PHASES = 3


@dataclass(frozen=True, slots=True)
class Contents:
    """What a database holds: rows by table, and one SHA-256 over all of them."""

    rows: dict[str, int]
    digest: str

    @property
    def entries(self) -> int:
        """Entries, those in the trash included."""
        return self.rows.get("entry", 0)


@dataclass(frozen=True, slots=True)
class Seal:
    """What a copy says of itself."""

    made_at: datetime
    contents: Contents


def copy_journal(
    source: apsw.Connection, target: Path, *, progress: Progress | None = None
) -> Contents:
    """Copy the database that is open as `source` to the new file `target`, and compare the two.

    The user's templates, files beside the journal, go along.

    Others may write meanwhile: the copy is the journal of one moment. `target` appears when it
    is complete, compared and on disk; until then, and if anything fails, there is none.

    Raises:
        UsageError: there is a file `target` already.
        DatabaseDamagedError: the journal is damaged.
        StorageError, OSError: the copy could not be written, for want of space for one.
        BackupError: the copy is not what was to be copied.
    """
    if target.exists():
        raise name_is_taken(target)
    report = progress or _silent
    partial = target.with_name(f".{target.name}{_PARTIAL}{uuid.uuid4().hex}")
    # SQLite would create it with the mode of everybody's files.
    files.create_private(partial)
    reach("backup.begun")
    try:
        contents = _copy(source, partial, report)
        reach("backup.copied")
        copied = load_contents(partial, lambda done, total: report(total * 2 + done, total * 3))
        if copied != contents:
            raise BackupError(
                f"The backup {target} is not what was to be copied; it was thrown away.",
                safe="The journal is untouched.",
                hint="Check the disk it was written to.",
            )
        files.sync(partial)
        reach("backup.compared")
        try:
            files.give_name(partial, target)
        except FileExistsError:
            raise name_is_taken(target) from None
        reach("backup.named")
        files.sync(target.parent)
    finally:
        partial.unlink(missing_ok=True)
        # SQLite's own, of a copy that broke off.
        partial.with_name(f"{partial.name}-journal").unlink(missing_ok=True)
    return contents


def name_is_taken(target: Path) -> UsageError:
    """Return the error for a backup that would take the place of a file."""
    return UsageError(
        f"There is already a file {target}.",
        safe="It was left as it is.",
        hint="Give another name, or delete it first.",
    )


def load_contents(path: Path, progress: Progress | None = None) -> Contents:
    """Examine every row of the database at `path`, which nobody has open.

    Raises:
        DatabaseDamagedError: it is damaged, or no database.
    """
    with explained(path):
        db = open_foreign(path)
        try:
            return examine(db, path, progress)
        finally:
            db.close()


def load_seal(path: Path) -> Seal | None:
    """Return what a copy says of itself; None for a journal that is no such copy.

    Raises:
        DatabaseDamagedError: it is damaged, or no database.
    """
    with explained(path):
        db = open_foreign(path)
        try:
            if not db.table_exists(None, "meta"):
                return None
            found = dict(db.execute("SELECT key, value FROM meta"))
        finally:
            db.close()
    if _SEAL not in found:
        return None
    try:
        value = json.loads(found[_SEAL])
        seal = Seal(entry_ids.from_ms(value["made_at"]), Contents(value["rows"], value["digest"]))
    except (ValueError, KeyError, TypeError):
        raise damaged(path, "what it says of itself cannot be understood") from None
    texts = found.get(TEMPLATES_KEY)
    # Neither is in a backup of a Charlie that left the templates out.
    if value.get("templates") != (None if texts is None else _digest(texts)):
        raise damaged(path, "its templates have changed since it was made")
    return seal


def examine(db: apsw.Connection, path: Path, progress: Progress | None = None) -> Contents:
    """Return the contents of an open database; its pages are checked on the way.

    Raises:
        DatabaseDamagedError: it is damaged.
    """
    report = progress or _silent
    if faults := page_faults(db, 3, quick=True):
        raise damaged(path, "; ".join(faults))
    tables = _tables(db)
    total = sum(_count(db, table) for table in tables)
    digest = hashlib.sha256()
    rows: dict[str, int] = {}
    done = 0
    try:
        for table in tables:
            digest.update(f"\n{table}\n".encode())
            rows[table] = 0
            # NOT INDEXED: rows come in the order of the table itself, the same in every copy.
            for row in db.execute(f"SELECT * FROM {table} NOT INDEXED"):
                if table == "meta" and row[0] in (_SEAL, TEMPLATES_KEY):
                    continue
                # JSON is the same in every version of Python, which repr() is not.
                digest.update(json.dumps(row, default=bytes.hex).encode())
                rows[table] += 1
                done += 1
                if done % _ROWS_A_STEP == 0:
                    report(done, total)
    except UnicodeDecodeError as error:
        raise damaged(path, f"a text in the table {table} is not valid UTF-8") from error
    return Contents(rows, digest.hexdigest())


def remove_partial(folder: Path) -> None:
    """Delete what copying left in `folder` when it was killed. Nobody may be copying there."""
    for path in folder.glob(f".*{_PARTIAL}*"):
        with suppress(FileNotFoundError):
            path.unlink()


def _copy(source: apsw.Connection, target: Path, report: Progress) -> Contents:
    """Fill the empty file `target` and seal it; what it should hold."""
    path = Path(source.filename)
    with explained(path):
        is_within = source.in_transaction
        if not is_within:
            source.execute("BEGIN")
        try:
            # The first read fixes the moment: what others write from here on is not seen.
            source.execute("SELECT 1 FROM sqlite_schema").fetchone()
            contents = examine(source, path, lambda done, total: report(done, total * _PHASES))
            with explained(target):
                _fill(target, source, contents, report)
        finally:
            if not is_within and source.in_transaction:
                source.execute("ROLLBACK")
    return contents


def _fill(target: Path, source: apsw.Connection, contents: Contents, report: Progress) -> None:
    db = apsw.Connection(str(target), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        # It is synced as a whole, and thrown away if that fails.
        db.pragma("synchronous", "OFF")
        with db.backup("main", source, "main") as backup:
            while not backup.done:
                backup.step(_PAGES_A_STEP)
                pages = backup.page_count
                report(pages * 2 - backup.remaining, pages * _PHASES)
        # A copied journal asks for a write-ahead log; a copy is to be a single file.
        db.pragma("journal_mode", "delete")
        _seal(db, contents)
    finally:
        db.close()


def _seal(db: apsw.Connection, contents: Contents) -> None:
    texts = json.dumps(read_templates())
    value = {
        "made_at": entry_ids.now_ms(),
        "rows": contents.rows,
        "digest": contents.digest,
        "templates": _digest(texts),
    }
    rows = ({"key": _SEAL, "value": json.dumps(value)}, {"key": TEMPLATES_KEY, "value": texts})
    schema.insert_all(db, schema.META, rows, if_present="replace")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _tables(db: apsw.Connection) -> list[str]:
    """Return which of Charlie's tables there are; a name from the file is never put into SQL."""
    names = sorted(table.name for table in schema.TABLES)
    return [name for name in names if db.table_exists("main", name)]


def _count(db: apsw.Connection, table: str) -> int:
    (count,) = next(db.execute(f"SELECT count(*) FROM {table}"))
    return int(count)


def _silent(_done: int, _total: int) -> None:
    pass
