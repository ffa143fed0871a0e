"""One embedded server for a journal folder, however many processes start, leave or die."""

from __future__ import annotations

import os
import random
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from backend import locations
from backend.database.redis import server as redis_server
from backend.database.redis.client import client
from backend.errors import RedisUnavailableError
from backend.file_locks import FileLock, is_locked
from tests.backend.services.work import is_running, redis_pid, wait_until
from tests.conftest import processes_of

# Joins, shows which server it found, and leaves when its input ends.
_USER = """
import sys
from backend.database.redis.client import client
with client() as redis:
    print(redis.info("server")["run_id"], flush=True)
    sys.stdin.read()
"""

_ASK = """
from backend.database.redis_ops import get_inference_enabled
from backend.errors import CharlieError
try:
    print(get_inference_enabled())
except CharlieError as error:
    print("|".join(error.lines()))
"""


def _start_user() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _USER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_one_that_keeps_silent_is_waited_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pid = redis_pid()
    os.kill(pid, signal.SIGSTOP)
    try:
        monkeypatch.setattr(redis_server, "_START_TIMEOUT", 0.5)
        with pytest.raises(RedisUnavailableError, match="does not answer"):
            redis_server.ensure_running()
        # Whoever waited again would wait for ever.
        monkeypatch.setattr(redis_server, "_START_TIMEOUT", float("inf"))
        monkeypatch.setattr(redis_server, "_SILENCE_REMEMBERED", float("inf"))
        with pytest.raises(RedisUnavailableError, match="does not answer"):
            redis_server.ensure_running()
    finally:
        os.kill(pid, signal.SIGCONT)
    redis_server.ensure_running()
    assert redis_pid() == pid


def _run_id(user: subprocess.Popen[str]) -> str:
    assert user.stdout is not None
    return user.stdout.readline().strip()


def _guard(home: Path) -> psutil.Process:
    """The one guard of a journal folder."""
    (guard,) = [
        process
        for process in processes_of(home)
        if "watchdog" in " ".join(process.cmdline()) and process.status() != psutil.STATUS_ZOMBIE
    ]
    return guard


def _ask(**environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", _ASK],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_lies_in_private_files() -> None:
    path = redis_server.ensure_running()
    files = [path, *locations.run_dir().iterdir(), *locations.redis_dir().iterdir()]
    assert stat.S_ISSOCK(path.stat().st_mode)
    assert not [each for each in files if each.stat().st_mode & 0o077]


def test_stops_when_the_last_user_leaves() -> None:
    redis_server.ensure_running()
    assert redis_server.is_running()
    redis_server.leave()
    assert not redis_server.is_running()


def test_stays_while_another_process_uses_it() -> None:
    with _start_user() as other:
        run_id = _run_id(other)
        redis_server.ensure_running()
        redis_server.leave()
        with client() as redis:
            assert redis.info("server")["run_id"] == run_id
        other.communicate()


def test_six_starters_share_one_server() -> None:
    users = [_start_user() for _ in range(6)]
    try:
        assert len({_run_id(user) for user in users}) == 1
    finally:
        for user in users:
            user.communicate()
    assert not redis_server.is_running()


def test_killed_starters_leave_no_second_server() -> None:
    for _ in range(3):
        users = [_start_user() for _ in range(6)]
        time.sleep(random.uniform(0.05, 0.4))
        for victim in random.sample(users, 3):
            victim.kill()
        found = [_run_id(user) for user in users]
        try:
            assert len({run_id for run_id in found if run_id}) <= 1
        finally:
            for user in users:
                user.communicate()
    wait_until(lambda: not redis_server.is_running())


def test_stops_when_the_last_user_is_killed() -> None:
    users = [_start_user() for _ in range(3)]
    assert len({_run_id(user) for user in users}) == 1
    for user in users:
        assert redis_server.is_running()
        user.kill()
        user.communicate()
    wait_until(lambda: not redis_server.is_running())


def test_a_guard_that_was_killed_is_replaced(charlie_home: Path) -> None:
    redis_server.ensure_running()
    _guard(charlie_home).kill()
    with _start_user() as user:
        assert _run_id(user)
        assert _guard(charlie_home)
        redis_server.leave()
        user.kill()
        user.communicate()
    wait_until(lambda: not redis_server.is_running())


def test_there_is_one_guard(charlie_home: Path) -> None:
    users = [_start_user() for _ in range(4)]
    try:
        assert len({_run_id(user) for user in users}) == 1
        os.kill(redis_pid(), signal.SIGKILL)
        redis_server.ensure_running()
        assert _guard(charlie_home)
    finally:
        for user in users:
            user.communicate()


def test_a_killed_server_is_started_again_with_its_data() -> None:
    with client() as redis:
        redis.set("kept", "1")
        redis.execute_command("CONFIG", "SET", "appendfsync", "always")
        redis.set("kept", "2")
    os.kill(redis_pid(), signal.SIGKILL)
    with client() as redis:
        assert redis.get("kept") == b"2"


def test_a_suspended_server_is_waited_for() -> None:
    with client() as redis:
        redis.set("kept", "1")
    pid = redis_pid()
    os.kill(pid, signal.SIGSTOP)
    threading.Timer(2.5, os.kill, (pid, signal.SIGCONT)).start()
    with client() as redis:
        assert redis.get("kept") == b"1"
    assert redis_pid() == pid


def test_a_suspended_server_is_not_joined_by_a_second_one() -> None:
    pid = redis_pid()
    os.kill(pid, signal.SIGSTOP)
    threading.Timer(2.5, os.kill, (pid, signal.SIGCONT)).start()
    with _start_user() as other:
        assert _run_id(other)
        other.communicate()
    assert redis_pid() == pid


def test_a_damaged_file_is_put_aside() -> None:
    with client() as redis:
        redis.set("lost", "1")
    os.kill(redis_pid(), signal.SIGKILL)
    wait_until(lambda: not redis_server.is_running())
    file = locations.redis_dir() / "appendonly.aof"
    file.write_bytes(file.read_bytes() + b"this is no command\r\n" * 3)
    with client() as redis:
        assert redis.get("lost") is None
    assert file.with_suffix(".damaged").exists()


def test_a_lost_socket_is_replaced() -> None:
    path = redis_server.ensure_running()
    lost = redis_pid()
    path.unlink()
    with _start_user() as other:
        assert _run_id(other)
        other.communicate()
    assert not is_running(lost)


def test_does_not_start_again_while_the_process_ends() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from backend.database.redis import server as redis_server\n"
            "from backend.errors import RedisUnavailableError\n"
            "redis_server.ensure_running()\n"
            "redis_server.leave(final=True)\n"
            "try:\n"
            "    redis_server.ensure_running()\n"
            "except RedisUnavailableError as error:\n"
            "    print(error)\n",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "Charlie is closing."
    assert not redis_server.is_running()


def test_another_folder_has_another_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with client() as redis:
        redis.set("here", "1")
    here = os.environ["CHARLIE_HOME"]
    monkeypatch.setenv("CHARLIE_HOME", str(tmp_path / "elsewhere"))
    redis_server.ensure_running()
    with client() as redis:
        assert redis.get("here") is None
    redis_server.leave()
    monkeypatch.setenv("CHARLIE_HOME", here)
    assert not redis_server.is_running()


def test_uses_the_redis_that_the_user_names() -> None:
    with client() as redis:
        redis.set("app:inference_enabled", "0")
    assert _ask(CHARLIE_REDIS_URL=f"unix://{locations.redis_socket()}") in {"True", "False"}


@pytest.mark.parametrize(
    "url", ["redis://127.0.0.1:1/0", "unix:///nowhere/redis.sock", "not an address"]
)
def test_an_address_where_no_redis_is_gives_the_next_step(url: str) -> None:
    answer = _ask(CHARLIE_REDIS_URL=url)
    assert "CHARLIE_REDIS_URL" in answer
    assert "unset it" in answer
    assert not redis_server.is_running()


def test_a_folder_that_cannot_be_used_gives_the_next_step(charlie_home: Path) -> None:
    charlie_home.mkdir(mode=0o700)
    (charlie_home / "redis").write_text("in the way")
    with pytest.raises(RedisUnavailableError) as caught:
        redis_server.ensure_running()
    assert caught.value.hint


def test_a_lock_tells_whether_it_is_held(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    assert not is_locked(path)
    with FileLock(path) as lock:
        assert lock.acquire()
        assert is_locked(path)
        with FileLock(path) as second:
            assert not second.acquire(timeout=0.05)
            assert not second.is_held
    assert not is_locked(path)
