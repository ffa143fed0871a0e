"""What every test is checked for at its end: that no process of its journal folder is left."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from backend.database.redis import server as redis_server
from tests.backend.services.work import redis_pid
from tests.conftest import processes_of, wait_for_none_left

_SLEEP = [sys.executable, "-c", "print(flush=True); input()"]


def test_a_process_of_this_folder_is_found_until_it_has_left(charlie_home: Path) -> None:
    assert processes_of(charlie_home) == []
    with subprocess.Popen(_SLEEP, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert [each.pid for each in processes_of(charlie_home)] == [process.pid]
        process.communicate(b"\n")
    assert wait_for_none_left(charlie_home) == []


def test_a_process_of_another_folder_is_nobodys_business(charlie_home: Path) -> None:
    environment = {**os.environ, "CHARLIE_HOME": f"{charlie_home}-elsewhere"}
    with subprocess.Popen(
        _SLEEP, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert processes_of(charlie_home) == []
        process.communicate(b"\n")


def test_a_server_that_belongs_to_nobody_is_found_too(charlie_home: Path) -> None:
    redis_server.ensure_running()
    server = redis_pid()
    assert server in [each.pid for each in processes_of(charlie_home)]
    redis_server.leave()
    assert wait_for_none_left(charlie_home) == []
