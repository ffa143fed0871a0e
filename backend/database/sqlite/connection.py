"""Connections to the journal's SQLite file: one per thread, opened when first needed.

`read_transaction()` and `write_transaction()` are the only ways in. A write is one transaction
begun with `BEGIN IMMEDIATE`, because a transaction that reads first and then writes fails under a
second writer in spite of the busy timeout. When `write_transaction()` ends without an exception
the change is on disk (`synchronous=FULL`).

A process holds a shared lock on the journal's folder as long as it has the journal open, so that
`exclusive_access()` can put another file in its place and nobody writes into the old one.

Nothing in a process that has the journal open may open and close the file by other means: on
POSIX systems that releases the locks SQLite holds on it (sqlite.org/howtocorrupt.html, 2.2).
"""

from __future__ import annotations

import atexit
import os
import stat
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from json import JSONDecodeError
from pathlib import Path
from typing import NamedTuple

import apsw

from backend import locations
from backend.database.sqlite import migrations
from backend.database.sqlite.failures import (
    damaged,
    explained,
    in_use,
    moved_away,
    not_ours,
    replacing,
    unusable,
)
from backend.database.sqlite.page_check import page_faults
from backend.database.sqlite.schema_check import schema_faults
from backend.failpoints import reach
from backend.file_locks import FolderLock, list_holders

#: How long a write waits for another process' write, in milliseconds.
BUSY_TIMEOUT_MS = 10_000

#: What follows the journal's name in those of its files: itself, its write-ahead log, the log's
#: index.
SUFFIXES = ("", "-wal", "-shm")

#: An open journal, for those who pass one on without speaking SQL themselves.
Connection = apsw.Connection

_SMALLEST_PAGE = 512

# What our code meets in a damaged file, and in a sound one only by a defect of ours: a byte that
# is no text, a date that is none, an index that names a row which is gone, a table that is.
_IMPOSSIBLE = (
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    StopIteration,
    apsw.SQLError,
    apsw.ConstraintError,
    apsw.MismatchError,
)

_Identity = tuple[int, int]


class _Opened(NamedTuple):
    connection: apsw.Connection
    identity: _Identity
    generation: int


class _OfThread(threading.local):
    def __init__(self) -> None:
        self.by_path: dict[Path, _Opened] = {}


class _OfProcess:
    """All open connections; one of an earlier generation is not used again."""

    def __init__(self) -> None:
        #: Held while a file is opened; see the module's docstring.
        self.lock = threading.Lock()
        self.generation = 0
        self.is_migrating = False
        self.paths: set[Path] = set()
        #: Shared locks on the folders of the journals that are open.
        self.folder_locks: dict[Path, FolderLock] = {}
        #: The folder that `exclusive_access` holds alone.
        self.exclusive_folder: Path | None = None
        self.connections: weakref.WeakSet[apsw.Connection] = weakref.WeakSet()
        self.inherited: list[apsw.Connection] = []

    def take_all(self) -> list[apsw.Connection]:
        """Begin a new generation; return the connections of the one that ends."""
        with self.lock:
            self.generation += 1
            self.paths.clear()
            taken = list(self.connections)
            self.connections.clear()
            return taken

    def lock_folder(self, path: Path) -> None:
        """Hold the folder of the journal `path` from now on, shared with others who write."""
        if path.parent in self.folder_locks or path.parent == self.exclusive_folder:
            return
        lock = FolderLock(path.parent)
        if not lock.acquire(shared=True, timeout=BUSY_TIMEOUT_MS / 1000):
            raise replacing(path)
        self.folder_locks[path.parent] = lock

    def unlock_folders(self) -> None:
        """Let others have the journals alone; no connection of this process is open any more."""
        with self.lock:
            locks, self.folder_locks = self.folder_locks, {}
        for lock in locks.values():
            lock.release()

    def disown(self) -> None:
        """After a fork: the child must neither use nor close its parent's connections.

        Its parent goes on holding the locks, of which the child only closes its copies.
        """
        self.lock = threading.Lock()
        self.inherited += self.take_all()
        self.unlock_folders()


_of_thread = _OfThread()
_of_process = _OfProcess()


@contextmanager
def read_transaction() -> Iterator[apsw.Connection]:
    """Yield a connection whose statements all see the journal at one moment.

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
        except _IMPOSSIBLE as error:
            _roll_back(connection)
            _look_for_damage(connection, path, error)
            raise
        finally:
            _roll_back(connection)


@contextmanager
def one_moment() -> Iterator[None]:
    """Show everything that is read in the block as it is at one moment, though others may write.

    It can decorate a function, too.

    Raises:
        StorageError: the journal cannot be opened or read.
    """
    with read_transaction():
        yield


@contextmanager
def write_transaction(operation: str = "write") -> Iterator[apsw.Connection]:
    """Yield a connection in a transaction that is committed at the end of the block.

    Any exception undoes the whole of it. The answer of the block may be told to the user as
    saved only after the block has ended.

    Args:
        operation: names the transaction's failpoints, `OPERATION.begun` and so on.

    Raises:
        StorageError: the change could not be written; nothing of it was.
    """
    path = locations.database_path()
    with explained(path):
        connection = _connection(path)
        connection.execute("BEGIN IMMEDIATE")
        try:
            reach(f"{operation}.begun")
            yield connection
            reach(f"{operation}.before_commit")
            connection.execute("COMMIT")
        except _IMPOSSIBLE as error:
            _roll_back(connection)
            _look_for_damage(connection, path, error)
            raise
        except BaseException:
            _roll_back(connection)
            raise
        reach(f"{operation}.committed")


@contextmanager
def exclusive_access() -> Iterator[None]:
    """Keep every other process out of the journal for the length of the block.

    The connections of this process are closed before and after; those that the block opens are
    the only ones there are. A process that wants to open the journal meanwhile waits, opens the
    file that lies there afterwards, or says that the journal is being repaired.

    Not for a process whose other threads use the journal.

    Raises:
        StorageError: another process has the journal open; the error names it where it can.
    """
    path = locations.database_path()
    close_all()
    with FolderLock(path.parent) as lock:
        if not lock.acquire(timeout=BUSY_TIMEOUT_MS / 1000):
            raise in_use(path, list_holders(path.parent))
        # Programs that know nothing of the folder's lock, but of SQLite's.
        if holders := list_holders(path):
            raise in_use(path, holders)
        _of_process.exclusive_folder = path.parent
        try:
            yield
        finally:
            close_all()
            _of_process.exclusive_folder = None


def is_migrating() -> bool:
    """Return whether this process is bringing a journal up to date.

    It takes seconds where the journal is large; until then nobody can read it.
    """
    return _of_process.is_migrating


def beside(path: Path, suffix: str) -> Path:
    """Return the path of one of a journal's files, whose name ends in one of `SUFFIXES`."""
    return path.with_name(path.name + suffix)


def close_all() -> None:
    """Close every connection of this process; the next use opens again.

    The last one to close folds the write-ahead log into the file.
    """
    for connection in _of_process.take_all():
        # Another thread is in the middle of a statement: SQLite recovers what it leaves behind.
        with suppress(apsw.Error):
            connection.close()
    _of_process.unlock_folders()


def _look_for_damage(connection: apsw.Connection, path: Path, error: Exception) -> None:
    """Raise `DatabaseDamagedError` if the file, and not our code, is to blame for `error`.

    Reads every page, about a second for 100 MB: something that cannot be has happened anyway.
    """
    if isinstance(error, (UnicodeDecodeError, JSONDecodeError)):
        raise damaged(path, "a text in it cannot be decoded") from error
    try:
        if found := page_faults(connection, 1) or schema_faults(connection, 1):
            raise damaged(path, found[0]) from error
        connection.execute("INSERT INTO entry_fts (entry_fts, rank) VALUES ('integrity-check', 1)")
    except (apsw.ReadOnlyError, apsw.BusyError):
        pass
    except apsw.SQLError as other:
        raise damaged(path, str(other)) from error


def _roll_back(connection: apsw.Connection) -> None:
    """End the transaction, if SQLite has not already done so because of an error."""
    if connection.in_transaction:
        try:
            connection.execute("ROLLBACK")
        except apsw.Error:
            connection.close(True)


def _connection(path: Path) -> apsw.Connection:
    generation = _of_process.generation
    opened = _of_thread.by_path.get(path)
    if opened is not None and opened.generation == generation:
        if opened.identity == _identity(path):
            return opened.connection
        # Another file lies there now, a restored backup for one.
        opened.connection.close(True)
    with _of_process.lock:
        if path in _of_process.paths:
            # An empty journal must not silently take the place of one that is open.
            _identity(path)
        _of_process.lock_folder(path)
        connection = _open(path)
        _of_process.paths.add(path)
        _of_process.connections.add(connection)
        opened = _Opened(connection, _identity(path), generation)
    kept = {
        each: other for each, other in _of_thread.by_path.items() if other.generation == generation
    }
    _of_thread.by_path = {**kept, path: opened}
    return connection


def _identity(path: Path) -> _Identity:
    """Return which file it is that lies at `path`."""
    try:
        status = path.stat()
    except FileNotFoundError:
        raise moved_away(path) from None
    return status.st_dev, status.st_ino


def _open(path: Path) -> apsw.Connection:
    try:
        _prepare_file(path)
        connection = _connect(path)
    except (OSError, UnicodeError) as error:
        raise unusable(path, error) from error
    try:
        if migrations.is_outdated(connection, path):
            _of_process.is_migrating = True
            # It takes 8 ms to import, and is needed once in the life of a version.
            from backend.database.backup import backup_folder  # noqa: PLC0415

            backup_folder.keep_backup(connection, backup_folder.BackupKind.MIGRATION)
        migrations.migrate(connection, path)
        _use_wal(connection)
    except OSError as error:
        connection.close(True)
        raise unusable(path, error) from error
    except BaseException:
        connection.close(True)
        raise
    finally:
        _of_process.is_migrating = False
    connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)
    return connection


def _connect(path: Path) -> apsw.Connection:
    """Open the file without changing it, whatever it turns out to be."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    is_readonly = connection.readonly("main")
    try:
        # Until the file is known to be ours and not newer than us, closing must not fold the
        # log into it.
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        connection.set_busy_timeout(BUSY_TIMEOUT_MS)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
    except (apsw.CantOpenError, apsw.ReadOnlyError):
        connection.close(True)
        # SQLite wants to write the log's index beside the file, and the folder is read-only.
        # Without a log nothing can change under us, and the file may be read as it lies.
        if not is_readonly or _size(beside(path, "-wal")):
            raise
        return apsw.Connection(
            f"{path.absolute().as_uri()}?immutable=1",
            flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI,
        )
    return connection


def _prepare_file(path: Path) -> None:
    """Create the file for this user alone, or refuse one that cannot be a journal.

    SQLite gives the files it creates beside it the mode of the file itself.
    """
    for suffix in SUFFIXES:
        _check_ours(beside(path, suffix))
    size = _size(path)
    if not size and _size(beside(path, "-wal")):
        # SQLite would delete the log, which holds what was last written.
        raise damaged(path, "it is gone or empty, but its write-ahead log is still there")
    if size and size < _SMALLEST_PAGE:
        # SQLite takes it for an empty database and writes over it.
        raise damaged(path, "it is not a database")
    if size is None:
        # Another process may be first; its file must not be opened and closed here.
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
            reach("create.file_made")
    with suppress(PermissionError):
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)


def _check_ours(path: Path) -> None:
    """Refuse what somebody else may have put there for this user to write into."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return
    if stat.S_ISLNK(status.st_mode):
        # SQLite would follow it, and keep its log beside the file that it points to.
        raise not_ours(path, "is a link")
    if not stat.S_ISREG(status.st_mode):
        raise not_ours(path, "is not a file")
    if status.st_uid != os.getuid():
        raise not_ours(path, "belongs to another user")


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


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


os.register_at_fork(after_in_child=_of_process.disown)
atexit.register(close_all)
