"""Two apps and a command loop add to one journal while a worker reads: none is lost."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import backend
from backend.database.journal import listing
from backend.database.sqlite.connection import read_transaction
from tests.backend.services.work import SUPERVISOR, running
from tests.faults.audit import find_damage
from tests.faults.counts import LONG, survived

ROOT = Path(backend.__file__).parents[1]

#: Entries of each of the two apps, and of the loop.
BY_SCREEN = 4_900 if LONG else 60
BY_COMMAND = 200 if LONG else 5
#: Seconds in which the worker goes on to read what was added.
READING_TIME = 100


def start(way: str, count: int) -> subprocess.Popen[str]:
    """Somebody who adds."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.crowd", way, str(count)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def test_everybody_adds_at_once() -> None:
    with running(SUPERVISOR):
        crowd = [
            start("screen", BY_SCREEN),
            start("screen", BY_SCREEN),
            start("command", BY_COMMAND),
        ]
        outputs = [one.communicate()[0] for one in crowd]
    assert [one.returncode for one in crowd] == [0, 0, 0]
    saved = [uuid for output in outputs for uuid in output.split()]
    assert len(saved) == len(set(saved)) == 2 * BY_SCREEN + BY_COMMAND
    with read_transaction() as db:
        there = {uuid for (uuid,) in db.execute("SELECT uuid FROM entry")}
    assert there == set(saved)
    assert find_damage() == []
    survived("entry added by one of three at once, a worker reading", len(saved))
    before = listing.count_pending()
    deadline = time.monotonic() + READING_TIME
    with running(SUPERVISOR):
        while (pending := listing.count_pending()) and time.monotonic() < deadline:
            time.sleep(0.2)
    # All of the short form is read; of the long one, as many as the machine reads meanwhile.
    assert pending < before if LONG and before else pending == 0
    assert find_damage() == []
    survived("entry of those read so far", len(saved) - pending)


def test_what_others_merged_meanwhile_is_no_damage() -> None:
    backend.add_entry("First.")
    assert find_damage() == []
    # Enough commits for the search index to be merged behind this process' back.
    start("screen", 200).communicate()
    assert find_damage() == []
