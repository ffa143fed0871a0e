"""What the tests of the work side share: entries, workers as real processes, and waiting."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

import backend
from backend import locations
from backend.database.journal import entries
from backend.database.redis import worker_state
from backend.database.redis.client import client
from backend.database.redis.task_queue import QUEUE_KEY
from backend.journal import enqueue_entry
from backend.records import Entry
from backend.services.supervision.worker_status import ModelState, Phase, WorkerStatus, load_status

#: Seconds. No test asserts a time: this only ends one that hangs.
PATIENCE = 600

CONSUMER = [
    str(Path(sys.executable).with_name("huey_consumer")),
    "backend.services.tasks.huey",
    *("-k", "thread", "-w", "1", "-q"),
]
SUPERVISOR = [
    sys.executable,
    "-c",
    "import asyncio; from backend.services.supervision.supervisor import Supervisor;"
    "asyncio.run(Supervisor().run())",
]

_SENTENCES = (
    "Walked to the market with Sarah Chen and bought plums.",
    "Rain all morning, so I stayed in and mended the chair.",
    "Omar called from Lisbon about the concert on Friday.",
    "Swimming at the lake, then tea with my aunt.",
)


def wait_until(condition: Callable[[], bool]) -> None:
    """Come back when `condition` holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def long_text(words: int) -> str:
    """A text that takes a model seconds to read (some 1,700 words a second on one processor)."""
    sentences: list[str] = []
    count = 0
    while count < words:
        sentences.append(_SENTENCES[len(sentences) % len(_SENTENCES)])
        count += len(sentences[-1].split())
    return "\n".join(sentences)


def save(text: str = _SENTENCES[0]) -> Entry:
    """Save an entry and ask for it to be read, as the screen does."""
    entry = entries.add_entry(text)
    assert enqueue_entry(entry.uuid, entry.journal)
    return entry


def are_extracted(*entries: Entry) -> bool:
    """Whether the current revisions of these entries have been read."""
    return all(backend.get_entry(entry.uuid).is_extracted for entry in entries)


def settle(*entries: Entry) -> None:
    """Come back when these entries have been read and the worker has nothing left to do."""
    wait_until(lambda: are_extracted(*entries))
    with client() as redis:
        wait_until(lambda: redis.zcard(QUEUE_KEY) == 0)
    wait_for_status(
        lambda status: status.phase is Phase.READY and status.model is ModelState.UNLOADED
    )


def is_being_read(entry: Entry) -> bool:
    """Whether the model is at work on this entry."""
    status = load_status()
    return status.entry == entry.uuid and status.model is ModelState.WARM


def times_read(entry: Entry) -> int:
    """How often a supervised worker has stored what it found in this entry."""
    log = locations.log_path("worker").read_text(encoding="utf-8")
    return sum(f"Extracted {entry.uuid}" in line and "stored" in line for line in log.splitlines())


def worker_pid() -> int:
    """The process id that the worker's last state carries."""
    pid = worker_state.load_state()[0]["pid"]
    assert isinstance(pid, int)
    return pid


def redis_pid() -> int:
    """The process id of the embedded Redis."""
    with client() as redis:
        return int(redis.info("server")["process_id"])


def is_running(pid: int) -> bool:
    """Whether there is such a process; one that has ended and was not collected is none."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@contextlib.contextmanager
def running(command: list[str], **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker, or a supervisor of one, for the duration of a block."""
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, **environment},
        cwd="/",
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE)


def wait_for_status(condition: Callable[[WorkerStatus], bool]) -> WorkerStatus:
    """The worker's status as soon as `condition` holds for it."""
    found: list[WorkerStatus] = []

    def holds() -> bool:
        found.append(load_status())
        return condition(found[-1])

    wait_until(holds)
    return found[-1]
