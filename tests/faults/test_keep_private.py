"""Nobody else reads the journal: modes, sockets, logs, process titles, core dumps."""

from __future__ import annotations

import os
import resource
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

import backend
from backend import locations
from backend.database import redis_ops
from backend.services.supervision.worker_status import Phase
from tests.backend.services.work import (
    SUPERVISOR,
    are_extracted,
    redis_pid,
    running,
    save,
    wait_for_status,
    wait_until,
    worker_pid,
)
from tests.commands import CHARLIE, RunCharlie
from tests.conftest import processes_of
from tests.faults.counts import survived

SECRET = "Quillfeather"


def open_to_others(folder: Path) -> list[str]:
    """What is below a folder, itself included, that others may read, write or enter."""
    paths = [folder, *folder.rglob("*")]
    return [
        f"{path.relative_to(folder)} {stat.S_IMODE(path.lstat().st_mode):o}"
        for path in paths
        if not path.is_symlink() and path.lstat().st_mode & 0o077
    ]


def test_every_file_is_the_owners_alone_whatever_the_umask(
    charlie_home: Path, run_charlie_process: RunCharlie, tmp_path: Path
) -> None:
    os.umask(0)
    assert run_charlie_process("add", "--wait", f"Met {SECRET} in Lisbon.").returncode == 0
    assert open_to_others(charlie_home) == []
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nstat -c "%a" "$1" > "$0.mode"\necho more >> "$1"\n')
    editor.chmod(0o700)
    uuid = backend.list_entries()[0].uuid
    done = run_charlie_process(
        "edit", uuid, environment={"EDITOR": str(editor), "VISUAL": str(editor)}
    )
    assert done.returncode == 0, done.stderr
    if sys.platform == "linux":
        assert editor.with_name("editor.mode").read_text().strip() == "600"
    # Input that cannot become an entry is kept: in a file of its own.
    assert run_charlie_process("add", "-", stdin=b"caf\xe9 " + SECRET.encode()).returncode != 0
    assert run_charlie_process("backup").returncode == 0
    run_charlie_process("list", environment={"CHARLIE_MODEL": "/nowhere"})
    run_charlie_process("doctor")
    run_charlie_process(
        "extract", "-", stdin=SECRET.encode(), environment={"CHARLIE_MODEL": "/nowhere"}
    )
    with running(SUPERVISOR):
        entry = save(f"{SECRET} again.")
        wait_until(lambda: are_extracted(entry))
        assert open_to_others(charlie_home) == []
    assert open_to_others(charlie_home) == []
    files = [path for path in charlie_home.rglob("*") if path.is_file()]
    survived("file or folder made under umask 0", len(files))


def test_nothing_listens_on_the_network_and_nothing_shows_a_text(charlie_home: Path) -> None:
    with running(SUPERVISOR):
        entry = save(f"Met {SECRET} in Lisbon.")
        failing = save(f"{SECRET} " * 30)
        wait_until(lambda: are_extracted(entry, failing))
        wait_for_status(lambda status: status.phase is Phase.READY)
        redis_ops.get_episodes_by_status("pending_nodes")
        # Redis overwrites what the system shows of its environment.
        processes = [*processes_of(charlie_home), psutil.Process(redis_pid())]
        titles = [" ".join(process.cmdline()) for process in processes]
        assert any("backend.services.worker" in title for title in titles)
        for process in processes:
            assert process.net_connections("inet") == []
        assert not any(SECRET in title for title in titles)
        survived("process looked at for sockets and titles", len(processes))
    for log in locations.log_dir().iterdir():
        assert SECRET.encode() not in log.read_bytes()
        survived("log looked through for a text")


def test_redis_keeps_no_word_of_an_entry_and_forgets_one_that_is_gone() -> None:
    file = locations.redis_dir() / "appendonly.aof"
    with running(SUPERVISOR):
        entry = save(f"{SECRET} came to Lisbon.")
        gone = save("Gone tomorrow.")
        wait_until(lambda: are_extracted(entry, gone))
        wait_for_status(lambda status: status.phase is Phase.READY)
        assert entry.uuid.encode() in file.read_bytes()
        assert SECRET.encode() not in file.read_bytes()
        backend.delete_entry(gone.uuid)
        backend.purge_entry(gone.uuid)
        wait_until(lambda: gone.uuid.encode() not in file.read_bytes())
        survived("what is deleted for good looked for in Redis' file")


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel about another process")
def test_a_command_and_the_screen_leave_no_core_dump() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    with subprocess.Popen([CHARLIE, "add", "-"], stdin=subprocess.PIPE) as command:
        process = psutil.Process(command.pid)
        wait_until(lambda: process.rlimit(psutil.RLIMIT_CORE) == (0, 0))
        command.kill()


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel about another process")
def test_the_worker_leaves_no_core_dump() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    with running(SUPERVISOR):
        wait_for_status(lambda status: status.phase is Phase.READY)
        assert psutil.Process(worker_pid()).rlimit(psutil.RLIMIT_CORE) == (0, 0)
