"""A system that gives no more open files, or no place for locks and logs: told in sentences."""

from __future__ import annotations

import resource
import subprocess
from pathlib import Path

import pytest

from backend import locations
from backend.database.journal.entries import list_entries
from tests.commands import CHARLIE, PATIENCE, RunCharlie

# Python itself needs five; a command of ours works with eight.
_SCARCE = (6, 7, 9, 12)


def _run_with(files: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command that may have so many files open, the three streams included."""
    return subprocess.run(
        [CHARLIE, *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        stdin=subprocess.DEVNULL,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files)),
    )


@pytest.mark.parametrize("files", _SCARCE)
@pytest.mark.parametrize("arguments", [("add", "One more."), ("list",)], ids=["add", "list"])
def test_too_few_open_files_are_told(files: int, arguments: tuple[str, ...]) -> None:
    done = _run_with(files, *arguments)
    assert "Traceback" not in done.stderr
    if done.returncode:
        assert done.returncode == 1
        assert "ulimit" in done.stderr or "open files" in done.stderr
    elif arguments[0] == "add":
        assert [entry.preview for entry in list_entries()] == ["One more."]


@pytest.mark.parametrize("what", ["lock", "log"])
def test_a_place_that_cannot_be_written_is_named_and_works_again(
    run_charlie_process: RunCharlie, what: str
) -> None:
    run_charlie_process("add", "Anna came.")
    obstacle = {
        "lock": locations.lock_path("supervisor"),
        "log": locations.log_path("worker"),
    }[what]
    _put_in_the_way(obstacle)
    done = run_charlie_process("process")
    assert done.returncode == 1
    assert str(obstacle) in done.stderr
    assert "The entries are saved" in done.stderr
    assert "Traceback" not in done.stderr
    obstacle.rmdir()
    assert run_charlie_process("process").returncode == 0


def _put_in_the_way(obstacle: Path) -> None:
    """Have a folder where a file is to be; root, whom no permission keeps out, cannot open it."""
    obstacle.unlink(missing_ok=True)
    obstacle.mkdir()
