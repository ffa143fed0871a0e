"""Several threads and processes on one journal, and processes that die while they write."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import apsw
import pytest

from backend.database.journal.entries import (
    add_entry,
    count_entries,
    edit_entry,
    get_entry,
    list_entries,
)
from backend.database.sqlite import connection
from backend.database.sqlite.connection import close_all, read_transaction, write_transaction
from backend.database.sqlite.integrity import find_faults
from backend.errors import StorageError

ROOT = Path(connection.__file__).parents[3]


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    """Run Python code in a process of its own that uses the same journal."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def finish(process: subprocess.Popen[str]) -> str:
    """What it printed; it must have ended well."""
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    return output


WRITE = """
import sys
from backend.database.journal.entries import add_entry, edit_entry
sys.stdin.readline()
for number in range(25):
    entry = add_entry(f"{sys.argv[1]} {number}", journal=sys.argv[1])
    edit_entry(entry.uuid, f"{sys.argv[1]} {number} edited")
"""


def test_processes_that_start_at_once_share_a_new_journal() -> None:
    writers = [start(WRITE, f"writer{number}") for number in range(4)]
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        finish(writer)
    assert count_entries() == 100
    assert {entry.revision for entry in list_entries(limit=100)} == {2}
    assert find_faults() == []


def test_threads_write_side_by_side() -> None:
    def write(number: int) -> str:
        return add_entry(f"thread {number}", journal=f"j{number % 3}").uuid

    with ThreadPoolExecutor(8) as pool:
        uuids = list(pool.map(write, range(80)))
    assert {entry.uuid for entry in list_entries(limit=100)} == set(uuids)
    assert find_faults() == []


def test_edits_of_one_entry_are_all_kept() -> None:
    entry = add_entry("base")

    def edit(number: int) -> bool:
        return edit_entry(entry.uuid, f"edit {number}", base_revision=1).conflict

    with ThreadPoolExecutor(4) as pool:
        conflicts = list(pool.map(edit, range(12)))
    assert sorted(conflicts) == [False] + [True] * 11
    assert get_entry(entry.uuid).revision == 13
    with read_transaction() as db:
        kept = {text for (text,) in db.execute("SELECT text FROM revision")}
    assert kept | {get_entry(entry.uuid).text} == {"base", *(f"edit {n}" for n in range(12))}


ENDLESS = """
from backend.database.journal.entries import add_entry
while True:
    print(add_entry("word " * 300).uuid, flush=True)
"""


def test_what_was_saved_before_a_kill_is_there() -> None:
    saved: list[str] = []
    for count in (1, 7, 20):
        writer = start(ENDLESS)
        assert writer.stdout
        saved += [writer.stdout.readline().strip() for _ in range(count)]
        writer.send_signal(signal.SIGKILL)
        saved += [line.strip() for line in writer.stdout if line.endswith("\n")]
        writer.communicate()
    assert {entry.uuid for entry in list_entries(limit=10_000)} >= set(saved)
    assert find_faults() == []


READ = "from backend.database.journal.entries import count_entries; print(count_entries())"


def test_others_that_come_and_go_leave_the_log_to_those_who_stay(charlie_home: Path) -> None:
    add_entry("first")
    log = charlie_home / "charlie.db-wal"
    before = log.stat().st_ino
    thread = threading.Thread(target=list_entries)
    thread.start()
    thread.join()
    assert finish(start(READ)) == "1\n"
    assert log.stat().st_ino == before
    add_entry("second")
    assert finish(start(READ)) == "2\n"


def test_a_reader_sees_one_moment_and_blocks_no_writer() -> None:
    add_entry("first")
    with read_transaction() as db:
        before = next(db.execute("SELECT count(*) FROM entry"))
        thread = threading.Thread(target=add_entry, args=("second",))
        thread.start()
        thread.join()
        assert next(db.execute("SELECT count(*) FROM entry")) == before == (1,)
    assert count_entries() == 2


def test_an_exception_undoes_the_whole_write() -> None:
    def half_a_write() -> None:
        with write_transaction() as db:
            db.execute("INSERT INTO preference (key, value) VALUES ('a', '1')")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half_a_write()
    with read_transaction() as db:
        assert not db.execute("SELECT 1 FROM preference").fetchone()
    add_entry("next")


def test_a_lock_that_does_not_go_away_is_told(
    charlie_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_entry("text")
    close_all()
    monkeypatch.setattr(connection, "BUSY_TIMEOUT_MS", 20)
    other = apsw.Connection(str(charlie_home / "charlie.db"))
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match="locked"):
        add_entry("refused")
    assert count_entries() == 1
    other.execute("ROLLBACK")
    other.close()
    add_entry("accepted")


FORK = """
import os
from backend.database.journal.entries import add_entry, count_entries
add_entry("parent")
child = os.fork()
if not child:
    add_entry("child")
    os._exit(count_entries())
_, status = os.waitpid(child, 0)
add_entry("parent again")
print(os.waitstatus_to_exitcode(status), count_entries())
"""


def test_a_forked_child_opens_its_own() -> None:
    assert finish(start(FORK)) == "2 3\n"


def test_closing_ends_the_connections_of_all_threads(charlie_home: Path) -> None:
    release = threading.Event()
    opened = threading.Barrier(5)

    def use() -> None:
        count_entries()
        opened.wait(60)
        release.wait(60)
        count_entries()

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    opened.wait(60)
    close_all()
    assert sorted(path.name for path in charlie_home.iterdir()) == ["charlie.db"]
    release.set()
    for thread in threads:
        thread.join()
    assert find_faults() == []
