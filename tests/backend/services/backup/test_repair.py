"""Damaged journals: copied aside, read as far as they can be, made whole, never replaced by
nothing."""

from __future__ import annotations

import contextlib
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from backend.database.backup.salvage import salvage
from backend.database.journal.drafts import list_drafts, save_draft
from backend.database.journal.entries import (
    NewEntry,
    add_entries,
    add_entry,
    delete_entry,
    edit_entry,
    get_entry,
    list_entries,
    list_trash,
)
from backend.database.journal.extractions import store_extraction
from backend.database.journal.preferences import get_preference, set_preference
from backend.database.journal.revisions import list_revisions
from backend.database.search.search import search_entries
from backend.database.sqlite import connection
from backend.database.sqlite.connection import close_all, read_transaction, write_transaction
from backend.database.sqlite.integrity import find_faults
from backend.errors import DatabaseDamagedError, NotFoundError, StorageError
from backend.preferences import THEME
from backend.records import EntityType, Span
from backend.services.backup import backups
from backend.services.backup import repair as repair_module
from backend.services.backup.repair import diagnose, repair

PAGE = 4_096


def write_journal(count: int = 120) -> dict[str, str]:
    """Entries short and long, a history, a trash, a draft, a preference; texts by uuid."""
    numbers = random.Random(7)
    texts = [
        f"Entry {number}. " + "Wörter, words & 言葉. " * numbers.choice([1, 20, 300])
        for number in range(count)
    ]
    uuids = add_entries([NewEntry(text, journal="Life") for text in texts])
    edit_entry(uuids[0], "Edited.", title="Title")
    texts[0] = "Edited."
    delete_entry(uuids[1])
    save_draft("key", "half a thought", journal="default", title="Half")
    set_preference(THEME, "dusk")
    return dict(zip(uuids, texts, strict=True))


def all_texts() -> dict[str, str]:
    with read_transaction() as db:
        return dict(db.execute("SELECT uuid, text FROM entry"))


def damage(path: Path, pages: range) -> None:
    with path.open("r+b") as file:
        for page in pages:
            file.seek(page * PAGE)
            file.write(b"\xaa" * PAGE)


def copies(folder: Path) -> dict[str, bytes]:
    """The files of a journal; the log's index holds nothing of its own."""
    return {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if path.is_file() and not path.name.endswith("-shm")
    }


def test_a_sound_journal_is_left_alone(charlie_home: Path) -> None:
    write_journal(5)
    close_all()
    before = (charlie_home / "charlie.db").read_bytes()
    done = repair()
    assert (done.faults, done.aside) == ((), None)
    close_all()
    assert (charlie_home / "charlie.db").read_bytes() == before
    assert not (charlie_home / "damaged").exists()


def test_a_search_index_is_made_anew_in_place() -> None:
    write_journal(5)
    with write_transaction() as db:
        db.execute(
            "INSERT INTO entry_fts (entry_fts, rowid, title, text, facets)"
            " SELECT 'delete', id, title, text, facets FROM entry WHERE deleted_at IS NULL"
        )
    done = repair()
    assert done.faults
    assert done.aside is None
    assert find_faults() == []
    assert search_entries("edited")


@pytest.mark.parametrize("with_backup", [False, True])
@pytest.mark.parametrize("lost", [range(0, 1), range(1, 8), range(30, 60, 3), range(5, 10_000)])
def test_what_can_be_read_is_read_and_the_backup_gives_the_rest(
    charlie_home: Path, lost: range, with_backup: bool
) -> None:
    texts = write_journal()
    if with_backup:
        backups.back_up()
    late = add_entry("Written after the backup.").uuid
    close_all()
    path = charlie_home / "charlie.db"
    damage(path, range(lost.start, min(lost.stop, path.stat().st_size // PAGE), lost.step))
    damaged = path.read_bytes()
    assert diagnose() != []
    close_all()
    if lost.stop > 100 and not with_backup:
        with pytest.raises(StorageError, match="Nothing could be read"):
            repair()
        assert path.read_bytes() == damaged
        return
    done = repair()
    assert done.aside is not None
    assert copies(done.aside)["charlie.db"] == damaged
    assert find_faults() == []
    found = all_texts()
    wanted = {**texts, late: "Written after the backup."}
    whole = {uuid for uuid in found.keys() & wanted.keys() if found[uuid] == wanted[uuid]}
    if with_backup:
        assert texts.keys() <= whole
        assert [(draft.title, draft.text) for draft in list_drafts()] == [
            ("Half", "half a thought")
        ]
        assert get_preference(THEME) == "dusk"
        assert len(list_trash()) == 1
    else:
        # A page costs what was on it: a few entries, or the end of a long one.
        assert len(whole) > len(wanted) - 4 * len(lost) - 1
    # Nothing is there that was not written.
    for uuid in found.keys() & wanted.keys():
        assert wanted[uuid].startswith(found[uuid].rstrip("\ufffd")) or uuid in whole
    # And it can be written again.
    add_entry("After the repair.")
    assert repair().faults == ()


@pytest.mark.parametrize("what", ["header", "log only", "cut"])
def test_a_journal_that_cannot_even_be_opened(charlie_home: Path, what: str) -> None:
    texts = write_journal()
    path = charlie_home / "charlie.db"
    if what == "log only":
        files = {name: data for name, data in copies(charlie_home).items() if name != "charlie.db"}
        main = path.read_bytes()
        close_all()
        path.unlink()
        (charlie_home / "charlie.db-wal").write_bytes(files["charlie.db-wal"])
        assert main
    else:
        close_all()
        data = path.read_bytes()
        path.write_bytes(b"\x00" * 100 + data[100:] if what == "header" else data[: -20 * PAGE])
    with pytest.raises(StorageError):
        list_entries()
    done = repair()
    assert done.aside is not None
    found = all_texts()
    whole = [uuid for uuid, text in found.items() if texts.get(uuid) == text]
    assert len(whole) >= (len(texts) - 60 if what == "cut" else len(texts))
    assert find_faults() == []


def test_what_is_still_in_the_log_is_read_too(charlie_home: Path, tmp_path: Path) -> None:
    write_journal(30)
    close_all()
    late = add_entry("Only in the log.").uuid
    copied = tmp_path / "copied"
    copied.mkdir()
    for name, data in copies(charlie_home).items():
        (copied / name).write_bytes(data)
    assert late.encode() not in (copied / "charlie.db").read_bytes()
    found = {entry.uuid: entry for entry in salvage(copied / "charlie.db").entries}
    assert found[late].current.text == "Only in the log."
    # A log that was cut within a transaction gives those before it.
    log = copied / "charlie.db-wal"
    log.write_bytes(log.read_bytes()[:-1])
    assert late not in {entry.uuid for entry in salvage(copied / "charlie.db").entries}


def test_salvage_of_a_sound_journal_finds_everything(charlie_home: Path) -> None:
    texts = write_journal()
    (uuid,) = [each for each, text in texts.items() if text == "Edited."]
    history = list_revisions(uuid)
    close_all()
    found = salvage(charlie_home / "charlie.db")
    assert {entry.uuid: entry.current.text for entry in found.entries} == texts
    assert (found.broken, found.texts) == ([], [])
    assert [(draft.title, draft.text) for draft in found.drafts] == [("Half", "half a thought")]
    assert found.preferences == {"theme": '"dusk"'}
    assert {entry.journal for entry in found.entries} == {"Life"}
    (edited,) = [entry for entry in found.entries if entry.uuid == uuid]
    assert [version.text for version in edited.earlier] == [history[1].text]
    assert sum(entry.deleted_at is not None for entry in found.entries) == 1


def test_names_survive_where_only_the_end_is_damaged(charlie_home: Path) -> None:
    uuid = add_entry("Tea with Anna.").uuid
    store_extraction(uuid, 1, "m", [Span(9, 13, EntityType.PERSON, 0.75)])
    with write_transaction() as db:
        db.execute("UPDATE entity SET count = 7")
    assert diagnose() == ["the counts of mentions do not fit"]
    done = repair()
    assert done.entries == 1
    assert [mention.text for mention in get_entry(uuid).mentions] == ["Anna"]
    assert get_entry(uuid).entities[0].count == 1


def test_bits_that_flip_are_never_worse_than_a_lost_page(charlie_home: Path) -> None:
    texts = write_journal(40)
    backups.back_up()
    close_all()
    path = charlie_home / "charlie.db"
    sound = path.read_bytes()
    numbers = random.Random(11)
    for _ in range(25):
        data = bytearray(sound)
        for _ in range(20):
            data[numbers.randrange(len(data))] ^= 1 << numbers.randrange(8)
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        path.write_bytes(data)
        if not repair().faults:
            # A bit that makes another character of one in the trash, or of a space, is not seen.
            continue
        assert find_faults() == []
        history = {uuid: {each.text for each in list_revisions(uuid)} for uuid in texts}
        found = all_texts()
        assert all(texts[uuid] in history[uuid] | {found[uuid]} for uuid in texts)
        close_all()


@contextmanager
def opened_elsewhere(script: str) -> Iterator[subprocess.Popen[str]]:
    """A process that has the journal open until the block ends."""
    with subprocess.Popen(
        [sys.executable, "-c", script + "\nprint('open', flush=True)\nsys.stdin.read()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        yield process


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(
            "import sys\nfrom backend.database.journal.entries import list_entries\nlist_entries()",
            id="another Charlie",
        ),
        pytest.param(
            "import sys, apsw\n"
            "from backend import locations\n"
            "db = apsw.Connection(str(locations.database_path()))\n"
            "db.execute('SELECT count(*) FROM entry').fetchall()",
            id="another program",
            marks=pytest.mark.skipif(
                not Path("/proc/locks").exists(), reason="the system does not tell who has it open"
            ),
        ),
    ],
)
def test_a_journal_that_is_open_elsewhere_is_not_touched(
    charlie_home: Path, script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_journal(5)
    close_all()
    monkeypatch.setattr(connection, "BUSY_TIMEOUT_MS", 100)
    path = charlie_home / "charlie.db"
    with opened_elsewhere(script) as other:
        damage(path, range(2, 4))
        before = path.read_bytes()
        with pytest.raises(StorageError, match="open elsewhere") as caught:
            repair()
        if Path("/proc/locks").exists():
            assert f"process {other.pid}" in caught.value.message
        assert path.read_bytes() == before
        assert not (charlie_home / "damaged").exists()


def test_what_another_program_writes_during_a_repair_is_not_replaced(
    charlie_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_journal(5)
    close_all()
    path = charlie_home / "charlie.db"
    damage(path, range(2, 4))

    def write(name: str) -> None:
        if name == "repair.rebuilt":
            with path.open("ab") as file:
                file.write(b"more")

    monkeypatch.setattr(repair_module, "reach", write)
    with pytest.raises(StorageError, match="open elsewhere"):
        repair()
    assert path.read_bytes().endswith(b"more")


_ADD_AND_ADD = """
import sys, time
from backend.database.journal.entries import add_entry
from backend.database.sqlite.connection import close_all

while True:
    print(add_entry("One more.").uuid, flush=True)
    close_all()
    time.sleep(0.02)
"""


def test_what_is_saved_during_a_repair_is_in_the_new_journal(charlie_home: Path) -> None:
    write_journal(40)
    close_all()
    path = charlie_home / "charlie.db"
    data = path.read_bytes()
    # A page in the middle of a long text: entries can be added as before.
    page = data.index("言葉".encode(), data.index(b"Entry 20")) // PAGE + 2
    damage(path, range(page, page + 1))
    with subprocess.Popen(
        [sys.executable, "-c", _ADD_AND_ADD], stdout=subprocess.PIPE, text=True
    ) as adder:
        assert adder.stdout is not None
        try:
            saved = [adder.stdout.readline().strip() for _ in range(5)]
            done = None
            while done is None:
                # Adding may leave it no moment alone, and is then named.
                with contextlib.suppress(StorageError):
                    done = repair()
            saved += [adder.stdout.readline().strip() for _ in range(5)]
        finally:
            adder.kill()
        saved += adder.stdout.read().split()
    assert done.aside
    assert find_faults() == []
    assert set(saved) <= set(all_texts())


def test_no_space_for_a_copy_changes_nothing(
    charlie_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_journal(5)
    close_all()
    path = charlie_home / "charlie.db"
    damage(path, range(1, 5))
    before = path.read_bytes()

    def full(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(StorageError, match="No space"):
        repair()
    assert path.read_bytes() == before


def test_no_journal_is_told() -> None:
    with pytest.raises(NotFoundError):
        repair()


@pytest.mark.parametrize("data", [b"\xaa" * 40_000, b"not a journal", b""])
def test_what_gives_nothing_is_not_replaced_by_an_empty_journal(
    charlie_home: Path, data: bytes
) -> None:
    charlie_home.mkdir(mode=0o700)
    path = charlie_home / "charlie.db"
    path.write_bytes(data)
    (charlie_home / "charlie.db-wal").write_bytes(b"\x01" * 100)
    before = copies(charlie_home)
    with pytest.raises(StorageError, match="Nothing could be read") as caught:
        repair()
    assert caught.value.safe
    assert copies(charlie_home) == before
    (aside,) = (charlie_home / "damaged").iterdir()
    assert copies(aside) == before


def test_a_text_that_is_no_text_any_more_is_told_and_repaired(charlie_home: Path) -> None:
    uuid = add_entry("Prinzipienreiterei überall.").uuid
    backups.back_up()
    close_all()
    path = charlie_home / "charlie.db"
    data = path.read_bytes()
    path.write_bytes(data.replace("überall.".encode(), b"\xff\xfeberall."))
    with pytest.raises(DatabaseDamagedError, match="a text in it") as caught:
        get_entry(uuid)
    assert "doctor --repair" in str(caught.value.hint)
    repair()
    assert get_entry(uuid).text == "Prinzipienreiterei überall."


KILLED = """
import os, signal
from backend.services.backup import repair
repair.repair(progress=lambda done, total: os.kill(os.getpid(), signal.SIGKILL))
"""


def test_a_killed_repair_changes_nothing_and_can_be_done_again(charlie_home: Path) -> None:
    texts = write_journal()
    close_all()
    path = charlie_home / "charlie.db"
    damage(path, range(1))
    damaged = path.read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", KILLED], check=False, cwd=Path(connection.__file__).parents[3]
    )
    assert done.returncode == -signal.SIGKILL
    assert path.read_bytes() == damaged
    with pytest.raises(StorageError):
        list_entries()
    repair()
    assert all_texts() == texts


def test_a_repair_that_ends_between_its_last_two_steps_loses_nothing(
    charlie_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_journal(5)
    close_all()
    late = add_entry("Only in the log.").uuid
    data = copies(charlie_home)
    close_all()
    for name, content in data.items():
        (charlie_home / name).write_bytes(content)
    path = charlie_home / "charlie.db"
    damage(path, range(path.stat().st_size // PAGE))

    def die(self: Path, target: Path) -> Path:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", die)
        with pytest.raises(KeyboardInterrupt):
            repair()
    repair()
    assert all_texts()[late] == "Only in the log."
