"""Whoever works on a journal is killed at any moment; what was acknowledged is there."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest

import backend
from backend import locations
from backend.database.journal import listing
from backend.database.redis import server as redis_server
from backend.database.sqlite.connection import read_transaction
from backend.journal import add_and_enqueue
from tests.commands import RunCharlie
from tests.conftest import LEAVING_TIMEOUT, processes_of
from tests.faults.audit import Ledger, find_damage
from tests.faults.counts import LONG, survived
from tests.faults.loads import BATCH_SIZE
from tests.frontend.tui.terminal import terminal

ROOT = Path(backend.__file__).parents[1]

KILLS = 500 if LONG else 16
#: Between two kills, in seconds.
LONGEST_WAIT = 0.5

#: The loads that run side by side; three of them are open journals that would all supervise.
CREW = ("screen", "screen", "app", "editor", "bulk", "command")


class Crew:
    """Loads as processes, each started again after its death."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._ears: list[threading.Thread] = []
        # The Charlies on the screens of the loads that have one, by the load's process id.
        self._screens: dict[int, psutil.Process] = {}
        self._places = [self._start(name) for name in CREW]

    def _start(self, name: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.loads", name],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
        )
        ear = threading.Thread(target=self._hear, args=(process,))
        ear.start()
        self._ears.append(ear)
        return process

    def _hear(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout
        with process.stdout:
            for line in process.stdout:
                if line.startswith(b'["opened"'):
                    with contextlib.suppress(psutil.Error):
                        self._screens[process.pid] = psutil.Process(int(json.loads(line)[1]))
                else:
                    self._ledger.note(line)

    def kill_one(self, choose: random.Random) -> str:
        """Kill one of them and start it again; which it was.

        Of a screen either what is shown on it is killed, or its terminal is gone.
        """
        place = choose.randrange(len(CREW))
        charlie = self._screens.get(self._places[place].pid)
        if charlie is not None and choose.random() < 0.7:
            with contextlib.suppress(psutil.Error):
                charlie.kill()
            return "screen"
        self._places[place].kill()
        self._places[place].wait()
        self._places[place] = self._start(CREW[place])
        return "terminal of a screen" if CREW[place] == "screen" else CREW[place]

    def end(self) -> None:
        """Kill all of them."""
        for process in self._places:
            process.kill()
        for process in self._places:
            process.wait()
        for ear in self._ears:
            ear.join()
        # Without a terminal they leave by themselves, and keep what was typed first.
        psutil.wait_procs(self._screens.values(), LEAVING_TIMEOUT)


def kill_worker(home: Path) -> bool:
    """Kill the worker of this journal, if there is one."""
    for process in processes_of(home):
        with contextlib.suppress(psutil.Error):
            if "backend.services.worker" in process.cmdline():
                process.kill()
                return True
    return False


def kill_redis() -> bool:
    """Kill the embedded Redis, if it runs."""
    with contextlib.suppress(OSError, ValueError):
        # Only while it holds its lock is the id that it wrote its own.
        if redis_server.is_running():
            os.kill(int((locations.run_dir() / "redis.pid").read_text()), signal.SIGKILL)
            return True
    return False


def broken_batches() -> list[str]:
    """Imports of which a part is there."""
    with read_transaction() as db:
        texts = db.execute("SELECT text FROM entry WHERE text LIKE 'batch%'")
        sizes = Counter(text.partition(" ")[0] for (text,) in texts)
    return [batch for batch, size in sizes.items() if size != BATCH_SIZE]


def test_anybody_is_killed_at_any_moment(
    charlie_home: Path, run_charlie_process: RunCharlie
) -> None:
    choose = random.Random()
    ledger = Ledger()
    backend.add_entry("The first.")
    killed: Counter[str] = Counter()
    crew = Crew(ledger)
    try:
        while not ledger.written:
            time.sleep(0.05)
        for _ in range(KILLS):
            time.sleep(choose.uniform(0, LONGEST_WAIT))
            match choose.randrange(8):
                case 0:
                    if kill_worker(charlie_home):
                        killed["the worker"] += 1
                case 1:
                    if kill_redis():
                        killed["Redis"] += 1
                case _:
                    killed[crew.kill_one(choose)] += 1
    finally:
        crew.end()
    assert ledger.find_losses() == []
    assert broken_batches() == []
    assert find_damage() == []
    process_everything(run_charlie_process)
    assert ledger.find_losses() == []
    assert find_damage() == []
    for name, times in killed.items():
        survived(f"killed at a random moment: {name}", times)
    survived("acknowledged writes looked for after random kills", len(ledger.saved))
    survived("the same, of what a screen said", len(ledger.written) + len(ledger.kept))
    # Whatever was typed and not saved is offered back.
    drafts = backend.list_drafts()
    with terminal() as charlie:
        charlie.sees("? help")
        if drafts:
            charlie.sees("You were writing")


def process_everything(run_charlie_process: RunCharlie) -> None:
    """Have everything read; what was given up for having been there at three deaths is retried."""
    environment = {"LC_ALL": "C.UTF-8"}
    for _ in range(3):
        done = run_charlie_process("process", environment=environment, timeout=600)
        assert "Traceback" not in done.stderr
        if done.returncode == 0:
            break
        assert "could not be read" in done.stderr, done.stderr
        assert run_charlie_process("queue", "retry").returncode == 0
    assert listing.count_pending() == 0
    with read_transaction() as db:
        unread = db.execute(
            "SELECT count(*) FROM entry WHERE extracted_revision <> revision AND deleted_at IS NULL"
        ).fetchone()
    assert unread == (0,)


@pytest.mark.skipif(sys.platform != "linux", reason="names a process by /proc")
def test_no_process_is_left_of_a_crew_that_was_killed(charlie_home: Path) -> None:
    crew = Crew(Ledger())
    time.sleep(1)
    crew.end()
    # The next user of Redis is also the one that stops it; `charlie_home` sees that none is left.
    add_and_enqueue("Afterwards.", journal="default")
    assert os.getpid() not in {process.pid for process in processes_of(charlie_home)}
