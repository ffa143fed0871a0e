"""Advisory locks on files and folders: how processes of one journal agree without a server.

A lock belongs to an open file: the kernel drops it when the last process that holds that file
ends, however it ends, so no lock is ever left behind. A lock file is deleted only by
the process that holds it alone, with `FileLock.delete`.

This is the one module that imports `fcntl`, but for the watchdog of Redis, which imports nothing
of Charlie's.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from backend.errors import StorageError

# How often a lock that somebody else holds is tried again, in seconds. flock has no timeout.
_RETRY_INTERVAL = 0.01


# Where Linux lists every lock that is held: its kind, the holder's number, the file's.
_LOCK_TABLE = Path("/proc/locks")


class Lock:
    """A lock on what lies at `path`, not yet taken. `FileLock` and `FolderLock` say on what.

    Not for sharing between threads. A child process does not inherit it unless it is handed
    `fileno()`.
    """

    #: How `path` is opened to be locked.
    _flags = os.O_RDONLY

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    def acquire(self, *, shared: bool = False, timeout: float = 0.0) -> bool:
        """Take the lock, alone or shared; return False if others hold it all the time.

        A lock that is already held is changed to the kind that is asked for; it may be lost if
        that fails.

        Args:
            shared: let others hold it as well who ask for a shared one.
            timeout: how long to try, in seconds; once if it is 0.

        Raises:
            StorageError: what is to be locked cannot be created, opened or locked: no permission,
                no space, too many open files, a file system without locks.
        """
        try:
            return self._acquire(shared=shared, timeout=timeout)
        except OSError as error:
            self.release()
            raise _unusable(self.path, error) from error

    def _acquire(self, *, shared: bool, timeout: float) -> bool:
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        deadline = time.monotonic() + timeout
        while True:
            if self._file is None:
                self._file = os.open(self.path, self._flags | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(self._file, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    self.release()
                    return False
                time.sleep(_RETRY_INTERVAL)
            else:
                if self._is_at_path(self._file):
                    return True
                # Deleted or replaced since it was opened: others lock the file that is there now.
                self.release()

    def _is_at_path(self, file: int) -> bool:
        try:
            return os.path.samestat(os.fstat(file), self.path.stat())
        except FileNotFoundError:
            return False

    def release(self) -> None:
        """Let go; further calls do nothing."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    @property
    def is_held(self) -> bool:
        """Whether this object holds the lock."""
        return self._file is not None

    def fileno(self) -> int:
        """Return the open file: to read and write it, or for a child that shall hold the lock.

        Raises:
            ValueError: the lock is not held.
        """
        if self._file is None:
            raise ValueError("The lock is not held.")
        return self._file

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


class FileLock(Lock):
    """A lock on the file `path`, which is created (0600) when the lock is taken."""

    _flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW

    def delete(self) -> None:
        """Delete the file and let go. A process that waits for the lock makes a new file.

        Raises:
            ValueError: the lock is not held. It has to be held alone.
            StorageError: the file cannot be deleted; the lock is still held.
        """
        self.fileno()
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise _unusable(self.path, error) from error
        self.release()


class FolderLock(Lock):
    """A lock on the folder `path`, which has to be there. Taking it writes nothing."""

    _flags = os.O_RDONLY | os.O_DIRECTORY


def is_locked(path: Path) -> bool:
    """Return whether any process holds the lock on the file `path` alone.

    Looking takes the lock for a moment, shared: who wants it alone tries for longer than that.

    Raises:
        StorageError: the file cannot be opened or locked.
    """
    if not path.exists():
        return False
    with FileLock(path) as lock:
        return not lock.acquire(shared=True)


def list_holders(path: Path) -> list[int]:
    """Return the numbers of the other processes that hold any lock on the file or folder `path`.

    SQLite's locks on a database that another program has open are among them. Empty where the
    system does not tell (everywhere but on Linux), or `path` is gone.
    """
    try:
        file = path.stat()
        lines = _LOCK_TABLE.read_text().splitlines()
    except OSError:
        return []
    at = f"{os.major(file.st_dev):02x}:{os.minor(file.st_dev):02x}:{file.st_ino}"
    # "1: FLOCK  ADVISORY  WRITE 708 00:13:1234 0 EOF"; with "->" behind the number who waits.
    held = (line.split() for line in lines if "->" not in line)
    holders = {int(fields[4]) for fields in held if fields[5:6] == [at]}
    # Holders whom this process may not see have no number.
    return sorted(holders - {os.getpid(), 0, -1})


def _unusable(path: Path, error: OSError) -> StorageError:
    return StorageError(
        f"{path} cannot be locked: {error.strerror or error}.",
        safe="Nothing was changed.",
        hint="Check its permissions, the free space and how many files may be open (ulimit -n).",
    )
