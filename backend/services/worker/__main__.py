"""The worker as a supervisor starts it: `python -m backend.services.worker`.

It speaks to its supervisor through the pipes it was started with. On its output it says "done"
after every task, or "failed" and a sentence when it cannot begin. Its input says nothing; when it
ends, the supervisor is gone, and so is the worker.
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
from backend.services.worker import status_publisher

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
    """Tracebacks without the errors' own words, which may be an entry's."""

    def formatException(  # noqa: N802 - logging's name
        self,
        ei: (
            tuple[type[BaseException], BaseException, TracebackType | None]
            | tuple[None, None, None]
        ),
    ) -> str:
        """The frames and the error's class; of Redis, whose errors say enough, only the class."""
        kind, _, frames = ei
        if kind is not None and issubclass(kind, RedisError):
            # Huey logs one a second while Redis is away; where it asked says nothing.
            return kind.__name__
        return "".join(traceback.format_tb(frames)) + (kind.__name__ if kind else "")


def main() -> int:
    """Work until told to leave; the exit code."""
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
            report.say(f"{FAILED} {explain(error)}")
            return 1
        huey.signal(SIGNAL_COMPLETE)(lambda *_: report.say(DONE))
        consumer.run()
    return 0


class _Report:
    """What the supervisor hears. That it may be gone is somebody else's concern."""

    def __init__(self, output: TextIO) -> None:
        self._output = output
        os.set_blocking(output.fileno(), False)

    def say(self, line: str) -> None:
        with contextlib.suppress(OSError):
            print(line, file=self._output, flush=True)


def _log_to_file() -> None:
    """Send logs, and whatever else writes to the terminal's files, to the worker's log."""
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
    """Leave when the supervisor is gone, however it went."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    log.warning("The supervisor is gone.")
    # Whatever holds up what follows, the process ends.
    signal.setitimer(signal.ITIMER_REAL, _ORPHAN_GRACE)
    with contextlib.suppress(CharlieError):
        for entry in status_publisher.entries_being_read():
            # Being interrupted is not the entry's fault.
            episodes.end_reading(entry)
    redis_server.leave(final=True)
    # The reading thread is in the middle of C code: no destructors, no unwinding.
    os._exit(1)


def _die_with_parent() -> None:
    """Be told to leave, where the system can (Linux), even if the input's other end lives on."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
