"""Backups: complete, private, compared, rotated, and brought back without losing anything."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw
import pytest

from backend import dates, locations
from backend.database.backup import archive, backup_folder, snapshots
from backend.database.backup.backup_folder import Backup, BackupKind
from backend.database.backup.foreign import open_foreign
from backend.database.insights.entities import list_entities
from backend.database.journal.drafts import list_drafts, save_draft
from backend.database.journal.entries import (
    NewEntry,
    add_entries,
    add_entry,
    count_entries,
    delete_entry,
    edit_entry,
    get_entry,
    list_entries,
    list_trash,
    restore_entry,
)
from backend.database.journal.extractions import store_extraction
from backend.database.journal.preferences import get_preference, set_preference
from backend.database.journal.revisions import list_revisions, restore_revision
from backend.database.sqlite import connection, migrations
from backend.database.sqlite.connection import close_all, read_transaction
from backend.database.sqlite.integrity import find_faults
from backend.errors import BackupError, DatabaseDamagedError, NotFoundError, UsageError
from backend.preferences import THEME
from backend.records import EntityType, Span
from backend.services.backup import backups, encryption, restore
from backend.templates import read_templates, write_template
from tests.backend.services.work import SUPERVISOR, running, wait_until
from tests.disks import run_on_disk
from tests.slow import seeds

PASSPHRASE = "correct horse battery"
ROOT = Path(connection.__file__).parents[3]


def write_journal() -> list[str]:
    """A journal with something of everything; the uuids of its entries."""
    first = add_entry("Tea with Anna. #tea", title="Tea").uuid
    store_extraction(first, 1, "m", [Span(9, 13, EntityType.PERSON, 0.75)])
    second = add_entry("Walked.", journal="Travel").uuid
    edit_entry(second, "Walked far.")
    third = add_entry("Regretted.").uuid
    delete_entry(third)
    save_draft("key", "half a thought", journal="default")
    set_preference(THEME, "dusk")
    write_template("evening", "# Evening of {{weekday}}")
    return [first, second, third]


def in_another_home(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    close_all()
    monkeypatch.setenv("CHARLIE_HOME", str(home))


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
def test_a_backup_brings_everything_to_a_new_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, passphrase: str | None
) -> None:
    first, second, third = write_journal()
    before = [get_entry(uuid) for uuid in (first, second)]
    history = list_revisions(second)
    file = tmp_path / "journal.backup"
    written = backups.write_backup(file, passphrase=passphrase)
    assert written.contents.entries == 3
    assert restore.is_encrypted(file) is (passphrase is not None)
    in_another_home(monkeypatch, tmp_path / "new")
    result = restore.restore_backup(file, passphrase=passphrase)
    assert (result.added, result.drafts, result.preferences, result.failed) == (3, 1, 1, 0)
    assert result.templates == 1
    assert read_templates() == {"evening": "# Evening of {{weekday}}"}
    assert result.kept is None
    after = [get_entry(uuid) for uuid in (first, second)]
    assert [entry.text for entry in after] == [entry.text for entry in before]
    assert [[mention.text for mention in entry.mentions] for entry in after] == [["Anna"], []]
    assert [entity.name for entity in list_entities()] == ["Anna"]
    assert list_revisions(second) == history
    assert [entry.uuid for entry in list_trash()] == [third]
    assert [draft.text for draft in list_drafts()] == ["half a thought"]
    assert get_preference(THEME) == "dusk"
    again = restore.restore_backup(file, passphrase=passphrase)
    assert (again.added, again.changed, again.drafts, again.preferences) == (0, 0, 0, 0)
    assert again.templates == 0
    assert again.unchanged == 3
    assert again.kept is not None
    assert find_faults() == []


def test_a_backup_is_one_file_that_any_sqlite_opens(tmp_path: Path) -> None:
    write_journal()
    file = tmp_path / "journal.db"
    backups.write_backup(file)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["journal.db"]
    db = apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY)
    assert db.pragma("integrity_check") == "ok"
    assert next(db.execute("SELECT count(*) FROM entry")) == (3,)
    db.close()


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
def test_backups_are_the_owners_alone(
    tmp_path: Path, passphrase: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_journal()
    os.umask(0)
    seen = set()
    real_open = os.open

    def watch(path: str | Path, flags: int, *args: int) -> int:
        descriptor = real_open(path, flags, *args)
        if flags & os.O_CREAT:
            seen.add(stat.S_IMODE(os.fstat(descriptor).st_mode))
        return descriptor

    monkeypatch.setattr(os, "open", watch)
    backups.write_backup(tmp_path / "out", passphrase=passphrase)
    kept = backups.back_up()
    assert seen == {0o600}
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.path.parent.stat().st_mode) == 0o700


def test_an_encrypted_backup_shows_nothing_and_needs_its_passphrase(tmp_path: Path) -> None:
    write_journal()
    file = tmp_path / "journal.age"
    backups.write_backup(file, passphrase=PASSPHRASE)
    assert file.read_bytes().startswith(encryption.HEADER)
    assert b"Anna" not in file.read_bytes()
    for passphrase in (None, "wrong passphrase"):
        with pytest.raises(BackupError, match=r"passphrase|encrypted"):
            restore.restore_backup(file, passphrase=passphrase)
    with pytest.raises(UsageError, match="too short"):
        backups.write_backup(tmp_path / "weak.age", passphrase="hello")
    # Nothing readable is left of the work on it.
    left = [path.name for path in locations.backups_dir().iterdir()]
    assert left == []
    assert not (tmp_path / "weak.age").exists()


def test_an_existing_file_is_never_written_over(tmp_path: Path) -> None:
    write_journal()
    file = tmp_path / "precious"
    file.write_text("precious")
    with pytest.raises(UsageError, match="already"):
        backups.write_backup(file)
    assert file.read_text() == "precious"


def test_what_is_written_meanwhile_does_not_disturb_the_copy(tmp_path: Path) -> None:
    add_entries([NewEntry(f"{number} " + "word " * 500) for number in range(1_500)])
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            add_entry("meanwhile")

    thread = threading.Thread(target=write)
    thread.start()
    try:
        written = backups.write_backup(tmp_path / "journal.db")
    finally:
        stop.set()
        thread.join()
    assert 1_500 <= written.contents.entries < count_entries()
    assert snapshots.load_contents(tmp_path / "journal.db") == written.contents


def test_stopping_leaves_nothing_behind(tmp_path: Path) -> None:
    write_journal()

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    for passphrase in (None, PASSPHRASE):
        with pytest.raises(KeyboardInterrupt):
            backups.write_backup(tmp_path / "out", passphrase=passphrase, progress=stop)
    with pytest.raises(KeyboardInterrupt):
        backups.back_up(progress=stop)
    assert not [
        path for path in tmp_path.rglob("*") if "out" in path.name or "partial" in path.name
    ]
    assert backups.list_backups() == []
    assert find_faults() == []


KILLED = """
import os, signal
from backend.services.backup import backups
backups.back_up(progress=lambda done, total: os.kill(os.getpid(), signal.SIGKILL))
"""


def test_a_killed_backup_leaves_no_backup_and_the_next_tidies_up() -> None:
    write_journal()
    close_all()
    done = subprocess.run([sys.executable, "-c", KILLED], check=False, cwd=ROOT)
    assert done.returncode == -signal.SIGKILL
    assert backups.list_backups() == []
    made = backups.back_up()
    assert [path.name for path in locations.backups_dir().iterdir()] == [made.path.name]


KILLED_RESTORE = """
import os, signal, sys
from pathlib import Path
from backend.services.backup import restore as restoring
def die(done, total):
    if done >= 200:
        os.kill(os.getpid(), signal.SIGKILL)
restoring.restore_backup(Path(sys.argv[1]), progress=die)
"""


def test_a_killed_restore_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_entries([NewEntry(f"entry {number}") for number in range(450)])
    file = tmp_path / "journal.db"
    backups.write_backup(file)
    in_another_home(monkeypatch, tmp_path / "new")
    mine = add_entry("mine").uuid
    close_all()
    done = subprocess.run([sys.executable, "-c", KILLED_RESTORE, file], check=False, cwd=ROOT)
    assert done.returncode == -signal.SIGKILL
    assert count_entries() == 201
    assert find_faults() == []
    assert restore.restore_backup(file).added == 250
    assert count_entries() == 451
    assert get_entry(mine).text == "mine"


def test_a_template_that_cannot_be_read_stops_no_backup(tmp_path: Path) -> None:
    write_journal()
    (locations.templates_dir() / "bad.md").write_bytes(b"\xff")
    file = tmp_path / "journal.db"
    backups.write_backup(file)
    write_template("evening", "another")
    assert restore.restore_backup(file).templates == 1
    assert read_templates() == {"evening": "another", "evening 2": "# Evening of {{weekday}}"}


def test_templates_of_whoever_made_the_file_lead_nowhere(tmp_path: Path) -> None:
    write_journal()
    file = tmp_path / "journal.db"
    backups.write_backup(file)
    names = {"../../evil": "x", "\x1b]52;c;x\x07": "x", "number": 1}
    for hostile in (json.dumps(names), '["x"]', '"x"', "{", ""):
        db = apsw.Connection(str(file))
        db.execute("DELETE FROM meta WHERE key = 'backup'")
        db.execute("UPDATE meta SET value = ? WHERE key = 'templates'", (hostile,))
        db.close()
        assert restore.restore_backup(file).templates == 0
    assert list(read_templates()) == ["evening"]


def test_templates_that_were_taken_out_of_a_backup_are_missed(tmp_path: Path) -> None:
    write_journal()
    file = tmp_path / "journal.db"
    backups.write_backup(file)
    for change in ("UPDATE meta SET value = '{}'", "DELETE FROM meta"):
        db = apsw.Connection(str(file))
        db.execute(f"{change} WHERE key = 'templates'")
        db.close()
        with pytest.raises(BackupError, match="damaged"):
            restore.restore_backup(file)


@pytest.mark.parametrize("words", [b"Walked far.", b"Evening of {{weekday}}"])
def test_every_byte_of_the_words_is_watched(tmp_path: Path, words: bytes) -> None:
    write_journal()
    file = tmp_path / "journal.db"
    backups.write_backup(file)
    data = bytearray(file.read_bytes())
    place = data.index(words)
    data[place] ^= 0x20
    file.write_bytes(data)
    with pytest.raises(BackupError, match="damaged"):
        restore.restore_backup(file)
    assert count_entries() == 2


@pytest.mark.parametrize("damage", ["cut", "garbage", "empty", "text", "another database"])
def test_what_is_no_backup_changes_nothing(tmp_path: Path, damage: str) -> None:
    write_journal()
    file = tmp_path / "journal.db"
    backups.write_backup(file)
    data = file.read_bytes()
    if damage == "another database":
        file.unlink()
        other = apsw.Connection(str(file))
        other.execute("CREATE TABLE recipes (name)")
        other.close()
    else:
        file.write_bytes(
            {
                "cut": data[: len(data) // 2],
                "garbage": data[:4_096] + b"\xaa" * (len(data) - 4_096),
                "empty": b"",
                "text": b"Dear diary",
            }[damage]
        )
    with pytest.raises(BackupError) as caught:
        restore.restore_backup(file)
    assert caught.value.safe
    assert count_entries() == 2
    assert backups.list_backups() == []


def test_a_missing_backup_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        restore.restore_backup(tmp_path / "nowhere")
    with pytest.raises(NotFoundError):
        backups.back_up()


def test_a_backup_of_a_newer_charlie_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_journal()
    added = migrations.Migration(99, "later", "CREATE TABLE later (x)")
    file = tmp_path / "journal.db"
    backups.write_backup(file)
    db = apsw.Connection(str(file))
    db.pragma("user_version", added.number)
    db.close()
    with pytest.raises(BackupError, match="newer"):
        restore.restore_backup(file)


def test_a_backup_is_made_before_every_migration_and_restores(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_journal()
    close_all()
    last = migrations.MIGRATIONS[-1].number
    later = migrations.Migration(last + 1, "later", "CREATE TABLE later (x TEXT)")
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, later))
        assert count_entries() == 2
        (made,) = backups.list_backups()
        assert made.kind is BackupKind.MIGRATION
        with open_foreign(made.path) as db:
            assert db.pragma("user_version") == last
        # The older schema is brought up on a copy: the backup itself is only read.
        before = made.path.read_bytes()
        assert restore.restore_backup(made.path).unchanged == 2 + 1
        assert made.path.read_bytes() == before
        close_all()


def test_without_a_backup_nothing_is_migrated(monkeypatch: pytest.MonkeyPatch) -> None:
    write_journal()
    close_all()
    last = migrations.MIGRATIONS[-1].number
    later = migrations.Migration(last + 1, "later", "CREATE TABLE later (x TEXT)")
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, later))
        patch.setattr(backup_folder, "_RESERVE", 1 << 60)
        with pytest.raises(BackupError, match="space"):
            list_entries()
    with read_transaction() as db:
        assert db.pragma("user_version") == last


def test_a_damaged_journal_is_not_taken_for_a_backup(charlie_home: Path) -> None:
    for number in range(200):
        add_entry(f"{number} " + "text " * 500)
    good = backups.back_up()
    close_all()
    path = charlie_home / "charlie.db"
    with path.open("r+b") as file:
        for page in range(20, path.stat().st_size // 4_096, 2):
            file.seek(page * 4_096)
            file.write(b"\xaa" * 4_096)
    with pytest.raises(DatabaseDamagedError):
        backups.back_up_automatically()
    assert [backup.path for backup in backups.list_backups()] == [good.path]


def test_one_is_made_each_day_and_none_of_nothing() -> None:
    assert not backups.is_due()
    list_entries()
    assert backups.back_up_automatically() is None
    add_entry("something")
    made = backups.back_up_automatically()
    assert made is not None
    assert backups.back_up_automatically() is None
    now = made.made_at
    assert not backups.is_due(now + timedelta(hours=23))
    assert backups.is_due(now + timedelta(hours=24))
    # A clock that jumps back, or was ahead when the last one was made.
    assert not backups.is_due(now - timedelta(hours=23))
    assert backups.is_due(now - timedelta(days=400))


def test_rotation_keeps_days_weeks_and_months() -> None:
    now = datetime(2026, 11, 21, 4, tzinfo=UTC)
    path = Path("backup")

    def backup(days: float, kind: BackupKind = BackupKind.AUTOMATIC) -> Backup:
        return Backup(path / f"{days}{kind}", kind, now - timedelta(days=days), 1)

    kept: list[Backup] = []
    for day in range(400, -1, -1):
        kept = [backup(day), *kept]
        gone = backup_folder.out_of_date(kept, now)
        assert kept[0] not in gone
        kept = [each for each in kept if each not in gone]
    ages = [(now - each.made_at).days for each in kept]
    assert ages[:7] == list(range(7))
    assert 10 <= len(ages) <= 17
    assert ages[-1] > 120
    manual = [backup(day, BackupKind.MANUAL) for day in range(50)]
    assert backup_folder.out_of_date(manual, now) == []
    risky = [backup(day, BackupKind.RESTORE) for day in range(50)]
    assert backup_folder.out_of_date(risky, now) == risky[5:]


def test_one_made_after_the_clock_was_ahead_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    write_journal()
    present = dates.now()
    with monkeypatch.context() as patch:
        for day in range(12):
            patch.setattr(dates, "now", lambda day=day: present + timedelta(days=700 + day))
            backups.back_up_automatically()
    ahead = backups.list_backups()
    made = []
    for day in range(3):
        monkeypatch.setattr(dates, "now", lambda day=day: present + timedelta(days=day))
        last = backups.back_up_automatically()
        assert last is not None
        made.append(last)
    assert all(each.path.exists() for each in made)
    assert {each.path for each in backups.list_backups()} == {each.path for each in (*ahead, *made)}


@pytest.mark.parametrize("has_links", [True, False])
def test_a_file_that_appears_during_a_backup_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool
) -> None:
    write_journal()
    target = tmp_path / "journal.db"
    if not has_links:
        monkeypatch.setattr(os, "link", _no_links)

    def appear(done: int, total: int) -> None:
        target.write_bytes(b"mine")

    with pytest.raises(UsageError, match="already a file"):
        backups.write_backup(target, progress=appear)
    assert [path.name for path in tmp_path.glob("*.db")] == ["journal.db"]
    assert target.read_bytes() == b"mine"
    target.unlink()
    assert backups.write_backup(target).contents.entries == 3


def _no_links(source: Path, target: Path) -> None:
    raise OSError(errno.EPERM, "Operation not permitted")


def test_too_little_space_makes_no_backup_and_keeps_the_old(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_journal()
    made = backups.back_up()
    monkeypatch.setattr(backup_folder, "_RESERVE", 1 << 60)
    with pytest.raises(BackupError, match="space") as caught:
        backups.back_up()
    assert caught.value.safe
    assert caught.value.hint
    assert backups.list_backups() == [made]


def test_a_process_that_runs_for_long_makes_it_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_journal()
    monkeypatch.setattr(backups.AutomaticBackups, "FIRST_LOOK", 0.0)
    monkeypatch.setattr(backups.AutomaticBackups, "LOOK_INTERVAL", 0.01)
    keeper = backups.AutomaticBackups()
    keeper.start()
    waiting = threading.Event()
    deadline = dates.now() + timedelta(seconds=60)
    while not backups.list_backups() and dates.now() < deadline:
        waiting.wait(0.02)
    keeper.stop()
    (made,) = backups.list_backups()
    assert made.kind is BackupKind.AUTOMATIC


FULL = """
import sys
from pathlib import Path
from backend.database.journal.entries import NewEntry, add_entries, count_entries
from backend.database.sqlite.integrity import find_faults
from backend.errors import CharlieError
from backend.services.backup import backups
add_entries([NewEntry("word " * 2_000) for _ in range(300)])
disk = Path(sys.argv[1])
for passphrase in (None, "correct horse battery"):
    try:
        backups.write_backup(disk / "journal.db", passphrase=passphrase)
    except CharlieError as error:
        print(error.message, "|", error.safe, "|", error.hint)
print(sorted(disk.iterdir()), count_entries(), find_faults())
"""


def test_a_full_disk_under_a_backup_is_told_and_left_clean(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    plain, encrypted, left = run_on_disk(disk, "1m", FULL, str(disk)).splitlines()
    assert plain.startswith("The disk is full.")
    assert str(disk) in plain
    assert "No space left" in encrypted
    assert left == "[] 300 []"


def test_a_folder_that_can_only_be_read_is_told(tmp_path: Path) -> None:
    write_journal()
    with pytest.raises(BackupError, match="could not be written"):
        backups.write_backup(Path("/proc/journal.db"))
    assert not (tmp_path / "journal.db").exists()


def test_the_worker_makes_it_while_the_journal_is_open() -> None:
    write_journal()
    with running(SUPERVISOR):
        wait_until(lambda: bool(backups.list_backups()))
    (made,) = backups.list_backups()
    assert made.kind is BackupKind.AUTOMATIC
    assert snapshots.load_contents(made.path).entries == 3


def test_what_a_killed_restore_had_unpacked_does_not_stay(tmp_path: Path) -> None:
    write_journal()
    folder = locations.backups_dir()
    old, new = folder / ".work-old", folder / ".work-new"
    for each in (old, new):
        each.mkdir(mode=0o700)
        (each / "decrypted.db").write_text("private")
    days_ago = (dates.now() - timedelta(days=2)).timestamp()
    os.utime(old, (days_ago, days_ago))
    backups.back_up()
    assert not old.exists()
    # That one may be in use.
    assert new.exists()


def test_a_damaged_page_of_a_backup_never_changes_a_text(tmp_path: Path) -> None:
    for number in range(30):
        uuid = add_entry(f"Entry {number}. " + "words and more words " * 40).uuid
        edit_entry(uuid, f"Edited {number}. " + "words and more words " * 40)
    before = all_texts()
    file = tmp_path / "journal.db"
    backups.write_backup(file)
    sound = file.read_bytes()
    numbers = random.Random(5)
    refused = 0
    for page in range(len(sound) // 4_096):
        data = bytearray(sound)
        data[page * 4_096 + numbers.randrange(4_096)] ^= 1 << numbers.randrange(8)
        file.write_bytes(data)
        try:
            with restore.open_backup(file) as db:
                assert texts_in(db) == before
        except BackupError:
            refused += 1
    assert refused > len(sound) // 4_096 // 4


def texts_in(db: apsw.Connection) -> set[tuple[str, str]]:
    """Every text of every entry with its uuid, the earlier ones included."""
    return {
        (entry.uuid, version.text)
        for entry in archive.load_entries(db)
        for version in (*entry.earlier, entry.current)
    }


def all_texts() -> set[tuple[str, str]]:
    with read_transaction() as db:
        return texts_in(db)


def live(numbers: random.Random, name: str) -> None:
    """A while of somebody's life with the journal."""
    for step in range(12):
        known = [entry.uuid for entry in list_entries()]
        text = f"{name} {step} {numbers.randrange(10)}"
        match numbers.choice(["add", "edit", "edit", "edit", "again", "delete", "restore"]):
            case "edit" if known:
                edit_entry(numbers.choice(known), text)
            case "again" if known:
                uuid = numbers.choice(known)
                restore_revision(uuid, numbers.choice(list_revisions(uuid)).revision)
            case "delete" if known:
                delete_entry(numbers.choice(known))
            case "restore" if list_trash():
                restore_entry(numbers.choice(list_trash()).uuid)
            case _:
                add_entry(text)


@pytest.mark.parametrize("seed", seeds(8, quick=2))
def test_two_lives_of_a_journal_are_both_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, charlie_home: Path, seed: int
) -> None:
    numbers = random.Random(seed)
    live(numbers, "both")
    common, theirs, ours = (tmp_path / f"{name}.db" for name in ("common", "theirs", "ours"))
    backups.write_backup(common)
    in_another_home(monkeypatch, tmp_path / "other")
    restore.restore_backup(common)
    live(numbers, "theirs")
    their_texts = all_texts()
    backups.write_backup(theirs)
    in_another_home(monkeypatch, charlie_home)
    live(numbers, "ours")
    our_texts = all_texts()
    backups.write_backup(ours)
    for file in (theirs, common, ours, theirs):
        result = restore.restore_backup(file)
        assert all_texts() == our_texts | their_texts
    assert (result.added, result.changed, result.failed) == (0, 0, 0)
    assert find_faults() == []
    in_another_home(monkeypatch, tmp_path / "other")
    restore.restore_backup(ours)
    assert all_texts() == our_texts | their_texts
    assert find_faults() == []
