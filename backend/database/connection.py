"""Connections to the journal's SQLite file: one per thread, opened when first needed.

`reading()` and `writing()` are the only ways in. A write is one transaction begun with
`BEGIN IMMEDIATE`, because a transaction that reads first and then writes fails under a second
writer in spite of the busy timeout. When `writing()` ends without an exception the change is
on disk (`synchronous=FULL`).
"""

from __future__ import annotations

import atexit
import os
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import apsw

from backend import locations
from backend.database import migrations
from backend.database.failures import damaged, explained, moved_away, unusable

#: How long a write waits for another process' write, in milliseconds.
BUSY_TIMEOUT_MS = 10_000

_MAGIC = b"SQLite format 3\x00"


@dataclass(slots=True)
class _Opened:
    connection: apsw.Connection
    file: tuple[int, int]
    generation: int


class _OfThread(threading.local):
    def __init__(self) -> None:
        self.by_path: dict[Path, _Opened] = {}


class _OfProcess:
    """All open connections; what was opened in an earlier generation is not used again."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.generation = 0
        self.connections: weakref.WeakSet[apsw.Connection] = weakref.WeakSet()
        self.inherited: list[apsw.Connection] = []

    def add(self, connection: apsw.Connection) -> None:
        with self.lock:
            self.connections.add(connection)

    def take_all(self) -> list[apsw.Connection]:
        with self.lock:
            self.generation += 1
            taken = list(self.connections)
            self.connections.clear()
            return taken

    def disown(self) -> None:
        """After a fork: the child must neither use nor close its parent's connections."""
        self.lock = threading.Lock()
        self.inherited += self.take_all()


_of_thread = _OfThread()
_of_process = _OfProcess()


@contextmanager
def reading() -> Iterator[apsw.Connection]:
    """A connection whose statements all see the journal at one moment.

    Raises:
        StorageError: the journal cannot be opened or read.
    """
    path = locations.database_path()
    with explained(path):
        connection = _connection(path)
        if connection.in_transaction:
            yield connection
            return
        connection.execute("BEGIN")
        try:
            yield connection
        finally:
            _end(connection, "ROLLBACK")


@contextmanager
def writing() -> Iterator[apsw.Connection]:
    """A connection inside a transaction that is committed at the end of the block.

    Any exception undoes the whole of it. The answer of the block may be told to the user as
    saved only after the block has ended.

    Raises:
        StorageError: the change could not be written; nothing of it was.
    """
    path = locations.database_path()
    with explained(path):
        connection = _connection(path)
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            _end(connection, "ROLLBACK")
            raise


def close_all() -> None:
    """Close every connection of this process; the next use opens anew.

    The last one to close folds the write-ahead log into the file.
    """
    for connection in _of_process.take_all():
        # Another thread is in the middle of a statement: SQLite recovers what it leaves behind.
        with suppress(apsw.Error):
            connection.close()


def _end(connection: apsw.Connection, statement: str) -> None:
    """End the transaction, if SQLite has not already done so because of an error."""
    if connection.in_transaction:
        try:
            connection.execute(statement)
        except apsw.Error:
            connection.close(True)


def _connection(path: Path) -> apsw.Connection:
    current = {
        each: opened
        for each, opened in _of_thread.by_path.items()
        if opened.generation == _of_process.generation
    }
    _of_thread.by_path = current
    opened = current.get(path)
    if opened is not None:
        if opened.file == _identity(path):
            return opened.connection
        # Another file lies there now, a restored backup for one.
        opened.connection.close(True)
    connection = _open(path)
    _of_process.add(connection)
    current[path] = _Opened(connection, _identity(path), _of_process.generation)
    return connection


def _identity(path: Path) -> tuple[int, int]:
    """Which file it is that lies at `path`."""
    try:
        status = path.stat()
    except FileNotFoundError:
        raise moved_away(path) from None
    return status.st_dev, status.st_ino


def _open(path: Path) -> apsw.Connection:
    try:
        _prepare_file(path)
    except OSError as error:
        raise unusable(path, error) from error
    connection = _connect(path)
    try:
        migrations.migrate(connection, path)
        _use_wal(connection)
    except BaseException:
        connection.close(True)
        raise
    connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)
    return connection


def _connect(path: Path) -> apsw.Connection:
    """Open the file without changing it, whatever it turns out to be."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    # Until the file is known to be ours and not newer than us, closing must not checkpoint it.
    connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    connection.set_busy_timeout(BUSY_TIMEOUT_MS)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    if not connection.readonly("main"):
        return connection
    try:
        connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
    except apsw.CantOpenError:
        # SQLite wants to create the log's index beside the file, and the folder is read-only.
        # Without a log nothing can change under us, and the file may be read as it lies.
        if _size(_beside(path, "-wal")):
            raise
        connection.close(True)
        return apsw.Connection(
            f"{path.absolute().as_uri()}?immutable=1",
            flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI,
        )
    return connection


def _prepare_file(path: Path) -> None:
    """Create the file for this user alone, or refuse one that cannot be a journal.

    SQLite gives the files it creates beside it the mode of the file itself.
    """
    size = _size(path)
    if not size and _size(_beside(path, "-wal")):
        # SQLite would delete the log, which holds what was last written.
        raise damaged(path, "it is gone or empty, but its write-ahead log is still there")
    if size is None:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
    elif size:
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                raise damaged(path, "it is not a database")
    with suppress(PermissionError):
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)


def _use_wal(connection: apsw.Connection) -> None:
    if connection.readonly("main"):
        return
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.pragma("journal_mode", "wal")
        except apsw.BusyError:
            # SQLite does not wait here when two processes open a new file at once.
            if time.monotonic() > deadline:
                raise
            time.sleep(0.005)
        else:
            return


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


os.register_at_fork(after_in_child=_of_process.disown)
atexit.register(close_all)
