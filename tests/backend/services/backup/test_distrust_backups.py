"""Backups from anybody: read as data, whatever their makers put into them."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from backend.database.backup import foreign
from backend.database.journal.drafts import list_drafts, save_draft
from backend.database.journal.entries import add_entry, delete_entry, get_entry, list_entries
from backend.database.journal.listing import list_trash
from backend.database.journal.preferences import get_preferences, set_preferences
from backend.database.sqlite.connection import close_all, read_transaction
from backend.database.sqlite.integrity import find_faults
from backend.errors import BackupError
from backend.preferences import (
    FALLBACK,
    MODEL,
    OWN_MODELS,
    PARALLEL,
    PREFERENCES,
    SCREEN_LOCK,
    THEME,
    PassphraseHash,
)
from backend.records import Fallback
from backend.services.backup import doctor, restore
from backend.services.backup.repair import diagnose, repair

Planting = Callable[[apsw.Connection], object]


@pytest.fixture
def planted(
    charlie_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Planting], Path]:
    """Make a file of the journal and of what a function adds to it; then the journal is new."""

    def plant(act: Planting) -> Path:
        close_all()
        file = tmp_path / "planted.db"
        shutil.copyfile(charlie_home / "charlie.db", file)
        db = apsw.Connection(str(file))
        act(db)
        db.close(True)
        monkeypatch.setenv("CHARLIE_HOME", str(tmp_path / "mine"))
        return file

    return plant


def _run(*statements: str) -> Planting:
    return lambda db: [db.execute(statement).fetchall() for statement in statements]


_VIEW = "CREATE VIEW endless AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"


@pytest.mark.parametrize(
    "statements",
    [
        pytest.param(
            ["""CREATE TABLE "a""; VACUUM INTO 'stolen.db'; --" (x)"""], id="a name that is SQL"
        ),
        pytest.param([f"{_VIEW} SELECT x FROM n"], id="an endless view"),
        pytest.param(
            ["DROP TABLE meta", f"{_VIEW.replace('endless', 'meta')} SELECT x, x FROM n"],
            id="a view in a table's place",
        ),
        pytest.param(
            [
                "CREATE TRIGGER t AFTER UPDATE ON day"
                " BEGIN INSERT INTO preference VALUES ('model', '\"x\"'); END"
            ],
            id="a trigger",
        ),
        pytest.param(
            ["ALTER TABLE entry ADD COLUMN big BLOB AS (zeroblob(1000000000))"],
            id="a generated column",
        ),
        pytest.param(["CREATE VIRTUAL TABLE v USING fts5 (x)"], id="a virtual table"),
        pytest.param(["CREATE INDEX i ON entry (hex(text))"], id="an index on an expression"),
        pytest.param(
            [
                "PRAGMA writable_schema = 1",
                "UPDATE sqlite_schema SET sql = replace(sql, 'count + 1', 'count + 2')",
            ],
            id="another trigger in the place of one",
        ),
        pytest.param(["DROP INDEX entry_by_day"], id="a missing index"),
    ],
)
def test_what_is_in_a_schema_is_never_carried_out(
    planted: Callable[[Planting], Path],
    statements: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add_entry("Theirs.")
    file = planted(_run(*statements))
    before = file.read_bytes()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BackupError, match="damaged, or no backup") as caught:
        restore.restore_backup(file)
    assert caught.value.safe == "Nothing was changed."
    assert not (tmp_path / "stolen.db").exists()
    assert file.read_bytes() == before
    assert list_entries() == []


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO entry (text) VALUES ('x')",
        "CREATE TABLE x (y)",
        "ATTACH ':memory:' AS other",
        "PRAGMA user_version = 9",
        "PRAGMA writable_schema = 1",
        "VACUUM INTO 'x'",
    ],
)
def test_an_open_backup_can_only_be_read(
    planted: Callable[[Planting], Path], statement: str
) -> None:
    add_entry("Theirs.")
    with restore.open_backup(planted(_run())) as db, pytest.raises(apsw.Error):
        db.execute(statement).fetchall()


def test_reading_ends_after_more_steps_than_a_file_can_need(
    planted: Callable[[Planting], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(50):
        add_entry("Word after word. " * 200)
    monkeypatch.setattr(foreign, "_STEPS_A_LOOK", 10)
    monkeypatch.setattr(foreign, "_STEPS", 100)
    monkeypatch.setattr(foreign, "_STEPS_A_BYTE", 0)
    with pytest.raises(BackupError, match="damaged, or no backup"):
        restore.restore_backup(planted(_run()))


def test_what_is_no_file_is_told_and_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero"), tmp_path):
        with pytest.raises(BackupError, match="is not a file"):
            restore.restore_backup(path)


def test_a_pipe_that_takes_the_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    answers: list[Exception] = []

    def copy() -> None:
        try:
            foreign.copy_file(pipe, tmp_path / "copy")
        except BackupError as error:
            answers.append(error)

    copying = threading.Thread(target=copy, daemon=True)
    copying.start()
    copying.join(300)
    assert len(answers) == 1


def test_what_may_leave_the_machine_is_not_restored(planted: Callable[[Planting], Path]) -> None:
    add_entry("Mine.")
    set_preferences(
        THEME.to("dusk"),
        MODEL.to("theirs"),
        OWN_MODELS.to({"theirs": {"url": "http://192.0.2.1/v1", "model": "m"}}),
        FALLBACK.to(Fallback.BUILT_IN),
        PARALLEL.to(16),
        SCREEN_LOCK.to(PassphraseHash(b"salt", b"hash", 2, 1)),
    )
    file = planted(_run("INSERT INTO preference VALUES ('unheard of', '1')"))
    result = restore.restore_backup(file)
    assert (result.added, result.preferences) == (1, 1)
    stored = get_preferences()
    assert stored[THEME] == "dusk"
    assert all(each not in stored for each in PREFERENCES.values() if each.is_of_machine)


_FAR = 10**17


def test_values_that_cannot_be_are_mended_and_every_text_comes_back(
    planted: Callable[[Planting], Path],
) -> None:
    uuids = [add_entry(f"Entry {number}.").uuid for number in range(7)]
    delete_entry(uuids[4])
    save_draft("k\x1b[31m", "Half a thought.", journal="default")
    changes = [
        (f"UPDATE entry SET created_at = {_FAR} WHERE uuid = ?", uuids[0]),
        ("UPDATE entry SET local_date = '2026-02-31' WHERE uuid = ?", uuids[1]),
        (f"UPDATE entry SET modified_at = -{_FAR} WHERE uuid = ?", uuids[2]),
        ("UPDATE entry SET zone = char(27) || ']0;x' WHERE uuid = ?", uuids[3]),
        (f"UPDATE entry SET deleted_at = {_FAR} WHERE uuid = ?", uuids[4]),
        ("UPDATE entry SET uuid = char(27) || '[2J' WHERE uuid = ?", uuids[5]),
        ("UPDATE entry SET revision = -3 WHERE uuid = ?", uuids[6]),
    ]

    def change(db: apsw.Connection) -> None:
        for statement, uuid in changes:
            db.execute(statement, (uuid,))
        db.execute(f"UPDATE draft SET updated_at = {_FAR}, created_at = -{_FAR}")
        db.execute("UPDATE draft SET journal = char(10)")

    file = planted(change)
    result = restore.restore_backup(file)
    assert (result.added, result.mended, result.failed, result.drafts) == (7, 7, 0, 1)
    assert find_faults() == []
    shown = {entry.preview for entry in (*list_entries(), *list_trash())}
    assert shown == {f"Entry {number}." for number in range(7)}
    assert [get_entry(uuid).text for uuid in uuids[:4]] == [f"Entry {n}." for n in range(4)]
    (draft,) = list_drafts()
    assert draft.text == "Half a thought."
    assert draft.key.isprintable()
    assert draft.journal == "default"
    again = restore.restore_backup(file)
    assert (again.added, again.changed, again.drafts) == (0, 0, 0)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("UPDATE preference SET value = '{'", "the setting theme is damaged"),
        ("UPDATE entry SET uuid = char(27) || uuid", "an entry has an id that cannot be"),
        (f"UPDATE entry SET created_at = {_FAR}", "an entry has a date that cannot be"),
        ("UPDATE entry SET local_date = 'never'", "an entry has a date that cannot be"),
        (f"UPDATE draft SET updated_at = {_FAR}", "a draft has a date that cannot be"),
        (
            "UPDATE sqlite_schema SET sql = replace(sql, 'new.word_count', 'new.word_cound')"
            " WHERE name = 'entry_added'",
            "the trigger entry_added is damaged",
        ),
        ("DROP TRIGGER entry_moved", "the trigger entry_moved is missing"),
        ("CREATE VIEW extra AS SELECT 1", "not of Charlie's making"),
    ],
)
def test_a_journal_with_values_that_cannot_be_is_shown_diagnosed_and_repaired(
    charlie_home: Path, change: str, fault: str
) -> None:
    add_entry("Still here.")
    save_draft("key", "Half a thought.", journal="default")
    set_preferences(THEME.to("dusk"))
    close_all()
    db = apsw.Connection(str(charlie_home / "charlie.db"))
    # The journal's own triggers are not to be in the way of the damage.
    db.config(apsw.SQLITE_DBCONFIG_ENABLE_TRIGGER, 0)
    db.pragma("writable_schema", True)
    db.execute(change)
    db.close(True)
    assert [entry.preview for entry in list_entries()] == ["Still here."]
    assert [draft.text for draft in list_drafts()] == ["Half a thought."]
    assert any(fault in each for each in diagnose())
    check = next(each for each in doctor.run_checks() if each.name == "journal")
    assert not check.ok
    assert fault in check.detail
    assert repair().faults
    assert find_faults() == []
    (entry,) = list_entries()
    assert get_entry(entry.uuid).text == "Still here."
    assert entry.uuid.isprintable()
    assert [draft.text for draft in list_drafts()] == ["Half a thought."]
    with read_transaction() as journal:
        assert journal.execute("SELECT count(*) FROM day").fetchall() == [(1,)]
    add_entry("And on it goes.")
