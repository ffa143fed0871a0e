"""Advisory locks on files: how processes of one journal folder agree without a server.

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

# How often a lock that somebody else holds is tried again, in seconds. flock has no timeout.
_RETRY_INTERVAL = 0.01


class FileLock:
    """A lock on `path`, not yet taken; the file is created (0600) when it is.

    Not for sharing between threads. A child process does not inherit it unless it is handed
    `fileno()`.
    """

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
            OSError: the file cannot be created or opened.
        """
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        deadline = time.monotonic() + timeout
        while True:
            if self._file is None:
                self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
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

    def delete(self) -> None:
        """Delete the file and let go. A process that waits for the lock makes a new file.

        Raises:
            ValueError: the lock is not held. It has to be held alone.
            OSError: the file cannot be deleted; the lock is still held.
        """
        self.fileno()
        self.path.unlink(missing_ok=True)
        self.release()

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


def is_locked(path: Path) -> bool:
    """Return whether any process holds the lock on `path` alone.

    Looking takes the lock for a moment, shared: who wants it alone tries for longer than that.

    Raises:
        OSError: the file cannot be opened.
    """
    if not path.exists():
        return False
    with FileLock(path) as lock:
        return not lock.acquire(shared=True)
