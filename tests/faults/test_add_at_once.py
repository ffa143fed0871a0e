"""Two apps and a command loop add to one journal while a worker reads: none is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import backend
from backend.database import listing
from backend.database.connection import reading
from tests.conftest import RunCharlie
from tests.faults.audit import find_damage
from tests.faults.counts import LONG, survived
from tests.services.work import SUPERVISOR, running

ROOT = Path(backend.__file__).parents[1]

#: Entries of each of the two apps, and of the loop.
BY_SCREEN = 4_900 if LONG else 60
BY_COMMAND = 200 if LONG else 5


def start(way: str, count: int) -> subprocess.Popen[str]:
    """Somebody who adds."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.crowd", way, str(count)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def test_everybody_adds_at_once(run_charlie: RunCharlie) -> None:
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
    with reading() as db:
        there = {uuid for (uuid,) in db.execute("SELECT uuid FROM entry")}
    assert there == set(saved)
    assert find_damage() == []
    survived("entry added by one of three at once, a worker reading", len(saved))
    done = run_charlie("process", timeout=800)
    assert done.returncode == 0, done.stderr[-300:]
    assert listing.count_pending() == 0
    assert find_damage() == []


def test_what_others_merged_meanwhile_is_no_damage() -> None:
    backend.add_entry("First.")
    assert find_damage() == []
    # Enough commits for the search index to be merged behind this process' back.
    start("screen", 200).communicate()
    assert find_damage() == []
