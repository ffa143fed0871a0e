"""The disk under Redis, or under the backups, is full: told, nothing lost, over with the cause."""

from __future__ import annotations

import json
from pathlib import Path

from backend import locations
from tests.disks import run_on_disk

FULL_REDIS = """
import os, sys
from pathlib import Path
import backend
from backend import locations
from backend.database.journal import entries; from backend.journal import enqueue_entry
from backend.database.redis import episodes; from backend.database import redis_ops
from backend.services.supervision import run_log
from backend.services.supervision.worker_status import describe
from tests.disks import fill
from tests.backend.services.work import (
    SUPERVISOR, are_extracted, running, save, settle, wait_for_status, wait_until,
)

ballast = locations.redis_dir() / "ballast"

first = save("Lunch with Omar.")
with running(SUPERVISOR):
    settle(first)
    fill(ballast)
    # What fits into the last page is still written.
    for number in range(200):
        entry = entries.add_entry(f"Entry {number} while the disk is full. " + "word " * 200)
        if not enqueue_entry(entry.uuid, entry.journal):
            break
    late = [backend.add_entry(f"Late {number} with Omar.") for number in range(3)]
    status = wait_for_status(lambda status: "Redis cannot write" in (status.reason or ""))
    told = describe(status)
    print(told)
    print([are_extracted(entry) for entry in late])
    ballast.unlink()
    settle(*late, entry)
    print(describe(wait_for_status(lambda status: status.waiting == 0)))
    print(backend.count_entries() - number, len(run_log.list_deaths()))
    log = locations.log_path("worker").read_text()
    print(log.count("The sweep was put off") < 40, log.count("Traceback") < 40)
    print("while the disk is full" in log + told, "Command #" in log + told)
"""


def test_redis_on_a_full_disk_is_told_and_work_goes_on_when_there_is_room(
    charlie_home: Path,
) -> None:
    out = run_on_disk(charlie_home / "redis", "1m", FULL_REDIS)
    told, read, after, counts, is_quiet, is_told = out.splitlines()
    assert told == "cannot read: Redis cannot write to its disk. Make room on the disk."
    assert read == "[False, False, False]"
    assert after == "ready"
    assert counts == "5 0"
    assert is_quiet == "True True"
    assert is_told == "False False"


FULL_BACKUPS = """
import json, subprocess, sys
from pathlib import Path
from backend.services.backup import backups
from backend.services.supervision.worker_status import describe
from tests.backend.services.work import (
    SUPERVISOR,
    running,
    save,
    settle,
    wait_for_status,
    wait_until,
)

def doctor():
    done = subprocess.run(
        [str(Path(sys.executable).with_name("charlie")), "doctor", "--json"],
        capture_output=True, text=True,
    )
    return [check for check in json.loads(done.stdout) if check["name"] == "backups"][0]

entry = save("Lunch with Omar.")
with running(SUPERVISOR):
    settle(entry)
    status = wait_for_status(lambda status: bool(status.backup))
print(json.dumps([status.backup, describe(status), doctor()]))
"""

MADE_AFTER_ALL = """
from backend.services.backup import backups
print(backups.back_up_automatically() is not None, backups.last_failure())
"""


def test_a_backup_that_finds_no_room_is_told_until_one_is_made(charlie_home: Path) -> None:
    folder = charlie_home / "backups"
    out = run_on_disk(folder, "1m", FULL_BACKUPS)
    reason, words, check = json.loads(out)
    assert reason.startswith("There is too little space for a backup")
    assert "Make room there." in reason
    assert words.endswith(", no backup of today")
    assert not check["ok"]
    assert "the last automatic one failed, there is none. There is too little" in check["detail"]
    assert check["hint"] == "Make room there."
    assert locations.backup_failure_path().stat().st_mode & 0o777 == 0o600
    assert run_on_disk(folder, "100m", MADE_AFTER_ALL) == "True None\n"
    assert not locations.backup_failure_path().exists()


def test_a_backup_folder_that_can_only_be_read_is_told(charlie_home: Path) -> None:
    out = run_on_disk(charlie_home / "backups", "100m", FULL_BACKUPS, options=",ro")
    reason, words, check = json.loads(out)
    assert "Read-only file system" in reason
    assert words.endswith(", no backup of today")
    assert not check["ok"]
    assert check["hint"]
