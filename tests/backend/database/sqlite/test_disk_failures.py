"""A full or failing disk: told in a sentence, nothing lost, and over when space returns."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import apsw
import pytest

from backend.database.journal.drafts import list_drafts, save_draft
from backend.database.journal.entries import add_entry, count_entries, edit_entry, get_entry
from backend.database.journal.extractions import store_extraction
from backend.database.sqlite import connection, failures
from backend.database.sqlite.connection import read_transaction
from backend.database.sqlite.integrity import find_faults
from backend.errors import CharlieError, DatabaseDamagedError, StorageError
from backend.records import EntityType, Span
from tests.disks import run_on_disk

ROOT = Path(connection.__file__).parents[3]


def limit_pages(more: int | None) -> None:
    """Let this thread's connection take `more` pages; as many as it wants for None."""
    with read_transaction() as db:
        pages = db.pragma("page_count")
        db.pragma("max_page_count", 1_000_000 if more is None else pages + more)


def test_a_full_database_refuses_a_save_and_keeps_the_rest() -> None:
    entry = add_entry("kept")
    save_draft("key", "typed", journal="default")
    limit_pages(5)
    big = "much more text " * 20_000
    for action in (
        lambda: add_entry(big, draft="key"),
        lambda: edit_entry(entry.uuid, big, draft="key"),
        lambda: save_draft("key", big, journal="default"),
    ):
        with pytest.raises(StorageError, match="disk is full") as caught:
            action()
        assert caught.value.safe
        assert caught.value.hint
    assert [draft.text for draft in list_drafts()] == ["typed"]
    assert get_entry(entry.uuid) == entry
    assert count_entries() == 1
    assert find_faults() == []
    limit_pages(None)
    assert add_entry(big, draft="key").text == big
    assert list_drafts() == []


def test_a_full_database_refuses_a_reading_as_a_whole() -> None:
    text = " ".join(f"Somebody{number}" for number in range(5_000))
    entry = add_entry(text)
    limit_pages(2)
    spans = [Span(text.find(n), text.find(n) + len(n), EntityType.PERSON, 1) for n in text.split()]
    with pytest.raises(StorageError):
        store_extraction(entry.uuid, 1, "m", spans)
    assert get_entry(entry.uuid) == entry
    assert find_faults() == []


FILL = """
import sys
from backend.database.journal.entries import add_entry, count_entries
from backend.database.sqlite.integrity import find_faults
from backend.errors import StorageError
{limit}
saved = 0
try:
    for number in range(10_000):
        add_entry(f"{{number}} " + "text " * 200)
        saved += 1
except StorageError as error:
    print(error.message)
print(saved == count_entries(), saved > 10, find_faults())
"""

QUOTA = (
    "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))"
)


def test_a_quota_is_told_and_loses_nothing_saved(charlie_home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FILL.format(limit=QUOTA)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    message, counts = done.stdout.splitlines()
    assert message.startswith("The disk failed under the journal") or "full" in message
    assert counts == "True True []"
    assert count_entries() > 10
    assert find_faults() == []


def test_a_disk_that_is_really_full(charlie_home: Path) -> None:
    out = run_on_disk(charlie_home, "3m", FILL.format(limit=""))
    message, counts = out.splitlines()
    assert message == "The disk is full."
    assert counts == "True True []"


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (apsw.FullError, "full"),
        (apsw.ReadOnlyError, "only be read"),
        (apsw.CantOpenError, "cannot be opened"),
        (apsw.BusyError, "locked"),
        (apsw.LockedError, "locked"),
        (apsw.TooBigError, "larger"),
        (apsw.NoMemError, "memory"),
        (apsw.IOError, "disk failed"),
    ],
)
def test_each_cause_has_its_own_sentence(raised: type[apsw.Error], told: str) -> None:
    with pytest.raises(StorageError, match=told) as caught, failures.explained(Path("j.db")):
        raise raised("reason")
    assert caught.value.safe
    assert caught.value.hint


@pytest.mark.parametrize("raised", [apsw.CorruptError, apsw.NotADBError])
def test_damage_is_told_as_damage(raised: type[apsw.Error]) -> None:
    with pytest.raises(DatabaseDamagedError, match=r"j\.db"), failures.explained(Path("j.db")):
        raise raised("reason")


def test_a_defect_of_ours_is_not_hidden() -> None:
    for defect in (apsw.SQLError("no such table"), apsw.ConstraintError("x"), ValueError("x")):
        with pytest.raises(type(defect)) as caught, failures.explained(Path("j.db")):
            raise defect
        assert not isinstance(caught.value, CharlieError)
