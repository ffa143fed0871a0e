"""Locks on files: alone or shared, given back at any death, and safe to delete."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backend.errors import StorageError
from backend.file_locks import FileLock, FolderLock, is_locked, list_holders

_HOLD = """
import sys
from pathlib import Path
from backend.file_locks import FileLock

lock = FileLock(Path(sys.argv[1]))
assert lock.acquire(shared=sys.argv[2] == "shared", timeout=300)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some.lock"


@contextmanager
def holder(path: Path, kind: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that holds the lock until it is killed."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(path), kind],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"held\n"
            yield process
        finally:
            process.kill()


def test_one_holds_it_alone(path: Path) -> None:
    with FileLock(path) as first, FileLock(path) as second:
        assert first.acquire()
        assert not second.acquire()
        assert not second.acquire(shared=True)
        assert not second.is_held
        first.release()
        assert second.acquire()


def test_many_hold_it_together_and_keep_out_who_wants_it_alone(path: Path) -> None:
    with FileLock(path) as first, FileLock(path) as second, FileLock(path) as third:
        assert first.acquire(shared=True)
        assert second.acquire(shared=True)
        assert not third.acquire()
        second.release()
        assert first.acquire()
        assert not second.acquire(shared=True)


def test_it_is_waited_for(path: Path) -> None:
    with FileLock(path) as first, FileLock(path) as second:
        assert first.acquire()
        threading.Timer(0.1, first.release).start()
        assert second.acquire(timeout=300)


@pytest.mark.parametrize("kind", ["alone", "shared"])
def test_a_killed_process_gives_it_back(path: Path, kind: str) -> None:
    with FileLock(path) as lock:
        with holder(path, kind) as process:
            assert is_locked(path) is (kind == "alone")
            assert not lock.acquire()
            process.kill()
        assert lock.acquire()


def test_looking_takes_and_creates_nothing(path: Path) -> None:
    assert not is_locked(path)
    assert not path.exists()
    with FileLock(path) as lock:
        assert lock.acquire(shared=True)
        assert not is_locked(path)
        assert lock.acquire()
        assert is_locked(path)
    assert not is_locked(path)


def test_the_file_is_its_owners_alone(path: Path) -> None:
    with FileLock(path) as lock:
        assert lock.acquire()
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_folder_is_locked_without_a_file(tmp_path: Path) -> None:
    with FolderLock(tmp_path) as first, FolderLock(tmp_path) as second:
        assert first.acquire(shared=True)
        assert second.acquire(shared=True)
        assert not second.acquire()
        first.release()
        assert second.acquire()
        assert not first.acquire(shared=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="the system does not tell")
def test_who_else_holds_it_is_told(path: Path) -> None:
    assert list_holders(path) == []
    with FileLock(path) as lock:
        assert lock.acquire(shared=True)
        assert list_holders(path) == []
        with holder(path, "shared") as other:
            assert list_holders(path) == [other.pid]


def test_what_cannot_be_locked_is_told_and_may_be_tried_again(path: Path) -> None:
    path.mkdir()
    with FileLock(path) as lock:
        with pytest.raises(StorageError, match="cannot be locked") as caught:
            lock.acquire()
        assert caught.value.hint
        assert not lock.is_held
        path.rmdir()
        assert lock.acquire()
    with FolderLock(path) as folder, pytest.raises(StorageError, match="Not a directory"):
        folder.acquire()


def test_who_waits_while_the_file_is_deleted_locks_the_new_one(path: Path) -> None:
    first, second, third = FileLock(path), FileLock(path), FileLock(path)
    assert first.acquire()
    answers: list[bool] = []
    waiting = threading.Thread(target=lambda: answers.append(second.acquire(timeout=300)))
    waiting.start()
    first.delete()
    waiting.join()
    assert answers == [True]
    assert path.exists()
    assert not third.acquire()
    second.release()


def test_only_who_holds_it_may_delete_it(path: Path) -> None:
    with pytest.raises(ValueError, match="not held"):
        FileLock(path).delete()
    with pytest.raises(ValueError, match="not held"):
        FileLock(path).fileno()
