"""The disk fails at the first write of an operation, at the second, and so on until it passes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import apsw
import pytest

import backend
from backend.database.journal import entries, extractions, preferences
from backend.database.sqlite import connection
from backend.database.sqlite.connection import read_transaction
from backend.errors import StorageError
from backend.preferences import THEME
from backend.records import EntityType, Span
from tests.faults.audit import find_damage, snapshot
from tests.faults.counts import LONG, survived
from tests.faults.disk import Disk, failing_disk

_TEXT = "Met Sarah Chen in Lisbon #garden. "

#: Each changes something every time it is done.
OPERATIONS: dict[str, Callable[[int], object]] = {
    "save": lambda n: entries.add_entry(f"{n} {_TEXT}" * 40, draft="typed"),
    "bulk": lambda n: entries.add_entries(
        [entries.NewEntry(f"{n} {each} {_TEXT}" * 20) for each in range(10)]
    ),
    "edit": lambda n: entries.edit_entry("read-1", f"{n} {_TEXT}" * 40, title=f"{n}"),
    "draft": lambda n: backend.save_draft("typed", f"{n} {_TEXT}" * 40, journal="default"),
    "delete": lambda _: entries.delete_entry("read-1"),
    "extract": lambda n: extractions.store_extraction(
        "read-1",
        entries.get_entry("read-1").revision,
        f"model {n}",
        [Span(4, 14, EntityType.PERSON, 0.9)],
    ),
    "preference": lambda n: preferences.set_preference(THEME, f"{n}"),
}

#: Commits to the log alone; every so often one folds it into the file, which fails elsewhere.
MOST = 400 if LONG else 60


@pytest.mark.parametrize("once", [True, False], ids=["once", "from then on"])
@pytest.mark.parametrize("failure", [apsw.FullError, apsw.IOError], ids=["ENOSPC", "EIO"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_nth_write_fails(operation: str, failure: type[apsw.Error], once: bool) -> None:
    act = OPERATIONS[operation]
    with failing_disk() as disk:
        backend.add_entry(_TEXT, uuid="read-1")
        backend.save_draft("typed", "Omar ca", journal="default")
        for number in range(1, MOST):
            if _passes(act, disk, number, failure, once=once):
                break
            survived("write failed with " + ("ENOSPC" if failure is apsw.FullError else "EIO"))
        else:
            pytest.fail("it never passed")
        assert number > 1
        assert find_damage() == []
        connection.close_all()
    assert find_damage() == []


def _passes(
    act: Callable[[int], object], disk: Disk, number: int, failure: type[apsw.Error], *, once: bool
) -> bool:
    """Whether `act` came through with a disk that fails at the `number`th write."""
    before = snapshot()
    disk.fail_at(number, failure, once=once)
    refusal: StorageError | None = None
    try:
        act(number)
    except StorageError as error:
        refusal = error
    failed = disk.failed
    disk.heal()
    if refusal is not None:
        assert failed
        assert refusal.safe
        assert refusal.hint
        assert snapshot() == before
        assert find_damage() == []
        return False
    # Saved is saved: what was answered is there, also for whoever opens the journal next.
    after = snapshot()
    assert after != before
    connection.close_all()
    assert snapshot() == after
    return not failed


@pytest.mark.parametrize("once", [True, False], ids=["once", "from then on"])
def test_folding_the_log_into_the_file_fails(once: bool) -> None:
    with failing_disk() as disk:
        backend.add_entry(_TEXT)
        for number in range(1, MOST):
            with read_transaction() as db:
                db.pragma("wal_autocheckpoint", 1)
            before = entries.count_entries()
            disk.fail_at(number, apsw.IOError, once=once)
            # SQLite goes on when the log is not folded in, and so does the commit; apsw raises
            # what its layer raised all the same. So a refused entry may be there, but whole.
            with suppress(StorageError):
                OPERATIONS["save"](number)
            failed = disk.failed
            disk.heal()
            connection.close_all()
            assert entries.count_entries() in (before, before + 1)
            assert find_damage() == []
            if not failed:
                assert entries.count_entries() == before + 1
                break
            survived("write failed with EIO, the log being folded in")
        else:
            pytest.fail("it never passed")
        assert find_damage() == []


@pytest.mark.parametrize("failure", [apsw.FullError, apsw.IOError], ids=["ENOSPC", "EIO"])
def test_the_nth_write_of_a_new_journal_fails(failure: type[apsw.Error]) -> None:
    with failing_disk() as disk:
        for number in range(1, 1_000):
            connection.close_all()
            disk.fail_at(number, failure, once=True)
            try:
                entries.count_entries()
            except StorageError:
                survived("write failed while a journal was created")
            else:
                break
        disk.heal()
        connection.close_all()
        assert number > 3
    assert entries.add_entry("Afterwards.").text == "Afterwards."
    assert find_damage() == []
