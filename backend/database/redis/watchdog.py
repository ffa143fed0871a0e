"""Stops the embedded Redis when its last user is gone, however that one went.

A user that leaves in order sees to it itself; one that is killed cannot. This is a process of
its own (3 MB, no work, no wake-up), started with the server by `server` as
`python -I -S watchdog.py FOLDER LOCK`. So started it finds no module but the standard library's,
and therefore locks files itself instead of with `backend.file_locks`.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import sys
import time

# Seconds that a server may take to stop; a process that joins meanwhile waits longer.
_TIMEOUT = 3.0
_POLL_INTERVAL = 0.01


def main(folder: str, lock: int) -> None:
    """Wait until nobody uses the server, stop it, and end.

    Args:
        folder: where its socket and lock files lie.
        lock: an open file that holds `guard.lock`: there is one watchdog.
    """
    # It outlives the terminal of the process that started it.
    os.setsid()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    os.chdir("/")
    users = os.open(os.path.join(folder, "users.lock"), os.O_RDWR)  # noqa: PTH118
    fcntl.flock(users, fcntl.LOCK_EX)
    # Nobody joins while this holds the lock.
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(_TIMEOUT)
        connection.connect(os.path.join(folder, "redis.sock"))  # noqa: PTH118
        connection.sendall(b"SHUTDOWN\r\n")
        connection.recv(1)
    _wait_for_end(os.path.join(folder, "server.lock"))  # noqa: PTH118
    # Before the other one: who joins next must find that there is no watchdog any more.
    os.close(lock)


def _wait_for_end(path: str) -> None:
    server = os.open(path, os.O_RDWR)
    deadline = time.monotonic() + _TIMEOUT
    while time.monotonic() < deadline:
        try:
            fcntl.flock(server, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_POLL_INTERVAL)
        else:
            break


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
