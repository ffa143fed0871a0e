"""Opening the journal: what is created, what is refused, and that nothing is overwritten."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytest

from backend.database.journal.drafts import save_draft
from backend.database.journal.entries import add_entry, count_entries, get_entry, list_entries
from backend.database.journal.preferences import set_preference
from backend.database.search.search import search_entries
from backend.database.sqlite import connection, migrations
from backend.database.sqlite.connection import close_all, read_transaction, write_transaction
from backend.database.sqlite.integrity import find_faults, rebuild_search_index
from backend.errors import DatabaseDamagedError, DatabaseNewerError, StorageError
from backend.preferences import PARALLEL


def contents(folder: Path) -> dict[str, str]:
    """Digest of each file that holds anything; the log's index holds nothing of its own."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.stat().st_size and not path.name.endswith("-shm")
    }


def test_a_new_journal_is_of_the_newest_schema_and_durable() -> None:
    with read_transaction() as db:
        assert db.pragma("user_version") == migrations.MIGRATIONS[-1].number
        assert db.pragma("journal_mode") == "wal"
        assert db.pragma("synchronous") == 2
        assert db.pragma("foreign_keys") == 1
        applied = [number for (number,) in db.execute("SELECT number FROM migration")]
    assert applied == [migration.number for migration in migrations.MIGRATIONS]
    assert applied == list(range(1, len(applied) + 1))
    assert find_faults() == []


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_files_are_the_owners_alone(charlie_home: Path, mask: int) -> None:
    os.umask(mask)
    add_entry("private")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in charlie_home.iterdir()}
    assert modes == {"charlie.db": 0o600, "charlie.db-wal": 0o600, "charlie.db-shm": 0o600}
    assert stat.S_IMODE(charlie_home.stat().st_mode) == 0o700


def test_a_file_that_others_could_read_is_closed_to_them(charlie_home: Path) -> None:
    add_entry("private")
    close_all()
    (charlie_home / "charlie.db").chmod(0o644)
    add_entry("private too")
    assert {stat.S_IMODE(path.stat().st_mode) for path in charlie_home.iterdir()} == {0o600}


def test_closing_leaves_one_file_with_everything_in_it(charlie_home: Path, tmp_path: Path) -> None:
    uuid = add_entry("kept").uuid
    close_all()
    assert [path.name for path in charlie_home.iterdir()] == ["charlie.db"]
    shutil.copy(charlie_home / "charlie.db", tmp_path / "copy.db")
    close_all()
    assert get_entry(uuid).text == "kept"


def test_a_newer_journal_is_refused_untouched(charlie_home: Path) -> None:
    add_entry("from the future")
    with write_transaction() as db:
        db.pragma("user_version", 99)
    # The number is still in the write-ahead log only, as after a crash of the newer program.
    for name in ("charlie.db", "charlie.db-wal"):
        shutil.copy(charlie_home / name, charlie_home / f"{name}.kept")
    close_all()
    for name in ("charlie.db", "charlie.db-wal"):
        (charlie_home / f"{name}.kept").rename(charlie_home / name)
    before = contents(charlie_home)
    actions: list[Callable[[], object]] = [
        list_entries,
        lambda: add_entry("x"),
        lambda: save_draft("k", "x", journal="default"),
    ]
    for action in actions:
        with pytest.raises(DatabaseNewerError, match="99") as caught:
            action()
        assert caught.value.safe
        assert caught.value.hint
    close_all()
    assert contents(charlie_home) == before


@pytest.mark.parametrize(
    "data",
    [
        b"not a database at all\n" * 100,
        b"x",
        b"SQLite format 3\x00" + b"\xff" * 4_000,
        b"\x00" * 8_192,
    ],
)
def test_what_is_no_database_is_refused_untouched(charlie_home: Path, data: bytes) -> None:
    charlie_home.mkdir(mode=0o700)
    (charlie_home / "charlie.db").write_bytes(data)
    before = contents(charlie_home)
    for _ in range(2):
        with pytest.raises(DatabaseDamagedError) as caught:
            list_entries()
        assert "charlie.db" in caught.value.message
    with pytest.raises(DatabaseDamagedError):
        add_entry("x")
    assert contents(charlie_home) == before


def test_the_database_of_another_program_is_refused_untouched(charlie_home: Path) -> None:
    charlie_home.mkdir(mode=0o700)
    other = apsw.Connection(str(charlie_home / "charlie.db"))
    other.execute("CREATE TABLE recipes (name); INSERT INTO recipes VALUES ('soup')")
    other.close()
    before = contents(charlie_home)
    with pytest.raises(DatabaseDamagedError, match="not a journal"):
        add_entry("x")
    assert contents(charlie_home) == before


def test_a_journal_cut_short_is_refused_untouched(charlie_home: Path) -> None:
    add_entry("text " * 20_000)
    close_all()
    path = charlie_home / "charlie.db"
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    before = contents(charlie_home)
    with pytest.raises(DatabaseDamagedError):
        list_entries()
    with pytest.raises(DatabaseDamagedError):
        add_entry("x")
    close_all()
    assert contents(charlie_home) == before


@pytest.mark.parametrize("is_gone", [True, False])
def test_a_log_without_its_journal_is_kept(charlie_home: Path, is_gone: bool) -> None:
    add_entry("only in the log")
    log = (charlie_home / "charlie.db-wal").read_bytes()
    close_all()
    path = charlie_home / "charlie.db"
    path.unlink()
    if not is_gone:
        path.touch()
    (charlie_home / "charlie.db-wal").write_bytes(log)
    with pytest.raises(DatabaseDamagedError, match="log"):
        list_entries()
    assert (charlie_home / "charlie.db-wal").read_bytes() == log


def test_damage_inside_is_told_when_it_is_met(charlie_home: Path) -> None:
    for number in range(200):
        add_entry(f"{number} " + "text " * 500)
    close_all()
    path = charlie_home / "charlie.db"
    pages = path.stat().st_size // 4_096
    with path.open("r+b") as file:
        # The first half holds the schema too, without which nothing can be looked at.
        for page in range(pages // 2, pages, 2):
            file.seek(page * 4_096)
            file.write(b"\xaa" * 4_096)
    with pytest.raises(DatabaseDamagedError):
        list_entries(limit=200)
    assert find_faults() != []


def test_a_damaged_search_index_is_found_and_made_anew() -> None:
    entry = add_entry("findable words")
    with write_transaction() as db:
        db.execute(
            "INSERT INTO entry_fts (entry_fts, rowid, title, text, facets)"
            " SELECT 'delete', id, title, text, facets FROM entry"
        )
    assert search_entries("findable") == []
    assert find_faults() == ["the search index does not fit the entries"]
    rebuild_search_index()
    assert find_faults() == []
    assert search_entries("findable")[0].entry.uuid == entry.uuid


def test_a_journal_moved_away_while_open_is_not_replaced(charlie_home: Path) -> None:
    add_entry("kept")
    path = charlie_home / "charlie.db"
    path.rename(charlie_home / "elsewhere.db")
    errors: list[Exception] = []

    def write() -> None:
        try:
            add_entry("lost?")
        except StorageError as error:
            errors.append(error)

    write()
    thread = threading.Thread(target=write)
    thread.start()
    thread.join()
    assert len(errors) == 2
    assert not path.exists()
    (charlie_home / "elsewhere.db").rename(path)
    add_entry("back")
    assert count_entries() == 2


def test_another_journal_put_in_its_place_is_opened(charlie_home: Path, tmp_path: Path) -> None:
    add_entry("backed up")
    close_all()
    shutil.copy(charlie_home / "charlie.db", tmp_path / "backup.db")
    add_entry("after the backup")
    close_all()
    list_entries()
    (tmp_path / "backup.db").rename(charlie_home / "charlie.db")
    assert [entry.preview for entry in list_entries()] == ["backed up"]


def test_a_folder_in_its_place_is_told(charlie_home: Path) -> None:
    (charlie_home / "charlie.db").mkdir(parents=True)
    with pytest.raises(StorageError, match=r"charlie\.db"):
        list_entries()


@pytest.mark.parametrize("suffix", connection.SUFFIXES)
@pytest.mark.parametrize("target", ["a file", "/dev/full", "nothing"])
def test_a_link_in_its_place_is_told_and_not_followed(
    charlie_home: Path, tmp_path: Path, suffix: str, target: str
) -> None:
    if suffix:
        add_entry("Sound.")
        close_all()
    charlie_home.mkdir(mode=0o700, exist_ok=True)
    pointed_to = Path(target) if target.startswith("/") else tmp_path / target
    if target == "a file":
        pointed_to.write_bytes(b"mine")
        pointed_to.chmod(0o644)
    before = pointed_to.stat().st_mode if pointed_to.exists() else None
    link = charlie_home / f"charlie.db{suffix}"
    link.unlink(missing_ok=True)
    link.symlink_to(pointed_to)
    with pytest.raises(StorageError, match="is a link") as caught:
        add_entry("Never saved.")
    assert caught.value.safe
    assert (pointed_to.stat().st_mode if pointed_to.exists() else None) == before
    if target == "a file":
        assert pointed_to.read_bytes() == b"mine"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
def test_a_journal_of_somebody_else_is_not_written_into(charlie_home: Path) -> None:
    add_entry("Theirs.")
    close_all()
    path = charlie_home / "charlie.db"
    path.chmod(0o666)
    os.chown(path, 12345, 12345)
    before = contents(charlie_home)
    with pytest.raises(StorageError, match="another user"):
        add_entry("Mine.")
    assert contents(charlie_home) == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o666


def test_a_path_that_is_not_utf_8_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("this file system takes UTF-8 only")
    monkeypatch.setenv("CHARLIE_HOME", str(folder))
    with pytest.raises(StorageError, match="UTF-8"):
        list_entries()


@pytest.mark.parametrize("name", ["with space", "per%20cent?mode=memory", "hash#é日"])
def test_any_other_folder_is_as_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("CHARLIE_HOME", str(tmp_path / name))
    add_entry("text")
    assert (tmp_path / name / "charlie.db").stat().st_size > 0


def test_a_failed_migration_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    add_entry("text")
    close_all()
    last = migrations.MIGRATIONS[-1].number
    script = "CREATE TABLE half (x); CREATE TABLE half (x);"
    broken = migrations.Migration(last + 1, "broken", script)
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, broken))
        with pytest.raises(apsw.SQLError):
            list_entries()
    with read_transaction() as db:
        assert db.pragma("user_version") == last
        assert not db.table_exists(None, "half")


def test_migrations_are_applied_in_order_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = add_entry("text")
    close_all()
    last = migrations.MIGRATIONS[-1].number
    added = (
        migrations.Migration(last + 1, "second", "CREATE TABLE second (x)"),
        migrations.Migration(last + 2, "third", "INSERT INTO second VALUES (3)"),
    )
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, *added))
    for _ in range(2):
        with read_transaction() as db:
            assert list(db.execute("SELECT x FROM second")) == [(3,)]
            names = [name for (name,) in db.execute("SELECT name FROM migration ORDER BY number")]
        close_all()
    assert names[last:] == ["second", "third"]
    assert get_entry(entry.uuid).text == "text"


READ_ONLY = """
import os, sys
from backend import dates
from backend.database.journal.entries import add_entry, list_entries
from backend.database.search.search import search_entries
from backend.errors import StorageError
dates.local_zone()
if os.getuid() == 0:
    # Root may write anywhere. Whom it becomes may not read the rest of Python.
    os.setuid(int(sys.argv[1]))
print([entry.preview for entry in list_entries()], len(search_entries("kept")))
try:
    add_entry("refused")
except StorageError as error:
    print(error.message)
"""


@pytest.fixture
def read_only_home() -> Iterator[Path]:
    """A folder that any user can reach: pytest's own are root's alone where root runs it."""
    with tempfile.TemporaryDirectory(prefix="charlie-read-only-") as folder:
        yield Path(folder)
        connection.close_all()
        Path(folder).chmod(0o700)


@pytest.mark.parametrize("log", ["none", "empty", "in use"])
def test_a_read_only_journal_is_read_and_not_written(
    read_only_home: Path, monkeypatch: pytest.MonkeyPatch, log: str
) -> None:
    monkeypatch.setenv("CHARLIE_HOME", str(read_only_home))
    add_entry("kept")
    if log != "in use":
        close_all()
    if log == "empty":
        # A reader has its log and the log's index beside the file.
        list_entries()
    nobody = 65_534
    for path in (*read_only_home.iterdir(), read_only_home):
        path.chmod(0o500 if path.is_dir() else 0o400)
        if os.getuid() == 0:
            os.chown(path, nobody, nobody)
    done = subprocess.run(
        [sys.executable, "-c", READ_ONLY, str(nobody)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(connection.__file__).parents[3],
    )
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert first == "['kept'] 1"
    assert second == f"The journal {read_only_home / 'charlie.db'} can only be read."


def test_preferences_of_a_read_only_connection_are_refused() -> None:
    set_preference(PARALLEL, 1)
    with read_transaction() as db:
        db.pragma("query_only", 1)
    with pytest.raises(StorageError, match="can only be read"):
        set_preference(PARALLEL, 2)
