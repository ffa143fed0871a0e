"""What `doctor` finds, in a sound installation and in one that is not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

import backend
from backend import locations
from backend.database.redis import server as redis_server
from backend.database.sqlite import connection
from backend.services.backup.doctor import Check, run_checks
from backend.services.supervision.worker_status import Phase
from tests.backend.services.work import SUPERVISOR, running, wait_for_status

_NAMES = [
    "journal",
    "backups",
    "privacy",
    "kept texts",
    "Redis",
    "model",
    "prompts",
    "worker",
    "disk",
    "logs",
    "time zone",
]


def _checks() -> dict[str, Check]:
    return {check.name: check for check in run_checks()}


def test_a_new_installation_is_sound_and_stays_new() -> None:
    assert [check.name for check in run_checks()] == _NAMES
    assert [check for check in run_checks() if not check.ok] == []
    assert not locations.database_path().exists()
    assert not redis_server.is_running()


def test_a_journal_in_use_is_sound() -> None:
    backend.add_entry("Hello.")
    with running(SUPERVISOR):
        wait_for_status(lambda status: status.phase is Phase.READY and not status.waiting)
        checks = _checks()
        assert redis_server.is_running()
    assert all(check.ok for check in checks.values())
    assert "1 entries" in checks["journal"].detail
    assert checks["worker"].detail.startswith("ready")


def test_entries_that_wait_are_counted() -> None:
    backend.add_entry("Hello.")
    assert "1 waiting" in _checks()["worker"].detail


def test_a_damaged_journal_is_found_and_hides_nothing_else() -> None:
    backend.add_entry("Hello.")
    connection.close_all()
    path = locations.database_path()
    path.write_bytes(b"SQLite format 3\x00" + b"nonsense" * 1000)
    checks = _checks()
    assert not checks["journal"].ok
    assert checks["journal"].hint
    assert checks["privacy"].ok
    assert checks["Redis"].ok
    assert len(checks) == len(_NAMES)


def test_files_that_others_can_read_are_found() -> None:
    backend.add_entry("Hello.")
    locations.database_path().chmod(0o644)
    check = _checks()["privacy"]
    assert not check.ok
    assert str(locations.database_path()) in check.detail
    assert str(check.hint).startswith("chmod")


def test_what_the_environment_breaks_is_found() -> None:
    code = (
        "from backend.services.backup.doctor import run_checks\n"
        "print([check.name for check in run_checks() if not check.ok])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={
            **os.environ,
            "CHARLIE_REDIS_URL": "redis://127.0.0.1:1/0",
            "CHARLIE_MODEL": "/nowhere/model.gguf",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "['Redis', 'model']"


def test_a_journal_on_a_shared_disk_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "self" / "mounts"
    mounts.parent.mkdir()
    (tmp_path / "filesystems").write_text("")
    folder = str(locations.data_dir().parent).replace(" ", "\\040")
    for kind, is_ok in (("nfs4", False), ("ext4", True)):
        mounts.write_text(f"/dev/sda / ext4 rw 0 0\nserver:/home {folder} {kind} rw 0 0\n")
        with monkeypatch.context() as patch:
            # Where psutil looks instead of in /proc.
            patch.setattr(psutil, "PROCFS_PATH", str(tmp_path), raising=False)
            assert _checks()["disk"].ok is is_ok
