"""The worker as a supervisor starts it: `python -m backend.services.worker`.

It is connected to its supervisor by the pipes it was started with. It writes "done" after every
task, or "failed" and a sentence when it cannot begin. Nothing comes in; when its input ends, the
supervisor is gone, and the worker leaves.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import logging
import logging.handlers
import os
import resource
import signal
import sys
import threading
import traceback
from types import TracebackType
from typing import TextIO

from huey.signals import SIGNAL_COMPLETE
from redis.exceptions import RedisError

from backend import locations
from backend.database.journal import listing
from backend.database.redis import episodes
from backend.database.redis import server as redis_server
from backend.errors import CharlieError
from backend.services.supervision.supervisor import DONE, FAILED
from backend.services.supervision.worker_status import explain
from backend.services.tasks import huey

# The lowest priority there is: the screen comes first. It works among the processes of one
# session only, so the worker stays in its supervisor's.
_NICENESS = 19

_LOG_LIMIT = 1024 * 1024

# prctl(2): the signal that a process gets when the thread that started it ends.
_PR_SET_PDEATHSIG = 1

# Seconds in which an orphan may still put things in order.
_ORPHAN_GRACE = 5.0

log = logging.getLogger("charlie.worker")


class _DiscreetFormatter(logging.Formatter):
    """Formats tracebacks without the errors' own words, which may be an entry's."""

    def formatException(  # noqa: N802 - logging's name
        self,
        ei: (
            tuple[type[BaseException], BaseException, TracebackType | None]
            | tuple[None, None, None]
        ),
    ) -> str:
        """Return the frames and the error's class; of Redis, whose errors say enough, the class."""
        kind, _, frames = ei
        if kind is not None and issubclass(kind, RedisError):
            # Huey logs one a second while Redis is away; the frames are always the same.
            return kind.__name__
        return "".join(traceback.format_tb(frames)) + (kind.__name__ if kind else "")


def main() -> int:
    """Work until told to leave.

    Returns:
        The exit code: 0, or 1 if the worker could not begin.
    """
    os.umask(0o077)
    os.setpriority(os.PRIO_PROCESS, 0, _NICENESS)
    # A core dump would hold the journal.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8") as output:
        report = _Report(output)
        try:
            _log_to_file()
            threading.Thread(target=_follow_parent, name="parent", daemon=True).start()
            _die_with_parent()
            # A journal that cannot be used is known at once, not with the first entry.
            listing.count_pending()
            consumer = huey.create_consumer(graceful_signal="TERM")
        except CharlieError as error:
            report.send(f"{FAILED} {explain(error)}")
            return 1
        except OSError as error:
            report.send(f"{FAILED} {error.filename or 'a file'}: {error.strerror or error}")
            return 1
        huey.signal(SIGNAL_COMPLETE)(lambda *_: report.send(DONE))
        consumer.run()
    return 0


class _Report:
    """Sends lines to the supervisor; one that is gone is noticed by `_follow_parent`."""

    def __init__(self, output: TextIO) -> None:
        self._output = output
        os.set_blocking(output.fileno(), False)

    def send(self, line: str) -> None:
        with contextlib.suppress(OSError):
            print(line, file=self._output, flush=True)


def _log_to_file() -> None:
    """Send logs, and all other output of this process, to the worker's log."""
    path = locations.log_path("worker")
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=_LOG_LIMIT, backupCount=1)
    handler.setFormatter(_DiscreetFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("charlie").setLevel(logging.INFO)
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(file, sys.stdout.fileno())
    os.dup2(file, sys.stderr.fileno())
    os.close(file)
    faulthandler.enable()


def _follow_parent() -> None:
    """Leave when the supervisor is gone, however it ended."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    log.warning("The supervisor is gone.")
    # Even if what follows hangs, the process ends.
    signal.setitimer(signal.ITIMER_REAL, _ORPHAN_GRACE)
    with contextlib.suppress(CharlieError):
        for entry in huey.worker.status.entries if huey.worker is not None else ():
            # Being interrupted is not the entry's fault.
            episodes.end_extraction(entry)
    redis_server.leave(final=True)
    # The working thread is in the middle of C code: no destructors, no unwinding.
    os._exit(1)


def _die_with_parent() -> None:
    """Have the system end this process with its parent, where it can (Linux).

    The end of the input says the same, unless another process holds its other end open.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
