"""Advisory locks on files: how processes of one journal folder agree without a server.

A lock belongs to an open file: the kernel drops it when the last process that holds that file
ends, however it ends, so no lock is ever left behind. Lock files are never deleted: a lock on a
deleted file and one on its successor would both be granted.
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
        """Take the lock, alone or shared; False if others hold it for `timeout` seconds.

        A lock that is already held is changed to the kind that is asked for; it may be lost if
        that fails.

        Raises:
            OSError: the file cannot be created or opened.
        """
        if self._file is None:
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        deadline = time.monotonic() + timeout
        while True:
            try:
                fcntl.flock(self._file, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    self.release()
                    return False
                time.sleep(_RETRY_INTERVAL)
            else:
                return True

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
        """The open file, to hand to a child process that shall hold the lock from now on."""
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
    """Whether any process holds the lock on `path` alone.

    Looking takes the lock for a moment, shared: who wants it alone tries for longer than that.
    """
    if not path.exists():
        return False
    with FileLock(path) as lock:
        return not lock.acquire(shared=True)
