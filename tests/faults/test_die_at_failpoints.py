"""A process dies at each step of each operation: the operation happened, or it did not."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import backend
from backend import failpoints, locations
from backend.database.backup import snapshots
from backend.database.backup.backup_folder import list_backups
from backend.database.journal import entries, extractions, listing
from backend.database.sqlite import connection
from backend.journal import add_and_enqueue
from backend.records import EntityType, Span
from backend.services.backup import backups
from backend.templates import read_templates, write_template
from tests.backend.services.work import CONSUMER
from tests.commands import RunCharlie
from tests.faults.audit import Snapshot, find_damage, snapshot
from tests.faults.counts import survived

ROOT = Path(backend.__file__).parents[1]

_TEXT = "Met Sarah Chen in Lisbon #garden."

# Operations of one transaction, done to the journal that `prepare` makes.
_WRITES = {
    "save": "entries.add_entry('Omar came. #work/day', title='A visit', draft='typed')",
    "bulk": "entries.add_entries([entries.NewEntry(f'Note {n} #bulk') for n in range(3)])",
    "edit": "entries.edit_entry('read-1', 'Then met Sarah Chen again. #work', title='New',"
    " created_at=datetime(2020, 5, 4, 12, tzinfo=UTC), draft='typed')",
    "delete": "entries.delete_entry('read-1')",
    "restore": "entries.restore_entry('gone-1')",
    "draft": "drafts.save_draft('typed', 'Some more', journal='default')",
    "extract": "readings.store_extraction('unread-1', 1, 'm',"
    " [Span(4, 14, EntityType.PERSON, 0.9), Span(18, 24, EntityType.PLACE, 0.8)])",
    "move": "moving.move_entry('read-1', 'Travel')",
    "rename": "journals.rename_journal('default', 'Diary')",
    "write": "preferences.set_preference(THEME, 'dark')",
}

_SCRIPT = """
from datetime import UTC, datetime
from backend.database.journal import drafts, entries, journals, listing, preferences
from backend.database.journal import entries as moving, extractions as readings
from backend.preferences import THEME
from backend.records import EntityType, Span
from pathlib import Path
from backend.services.backup import backups, repair, restore as restoring
from backend import journal
"""


def run(statement: str, failpoint: str | None = None) -> int:
    """Run a statement in a process of its own, to die at `failpoint`; its return code."""
    environment = {**os.environ, **({failpoints.VARIABLE: f"{failpoint}"} if failpoint else {})}
    return subprocess.run(
        [sys.executable, "-c", _SCRIPT + statement], env=environment, cwd=ROOT, check=False
    ).returncode


def read(uuid: str) -> None:
    """Store names for an entry with `_TEXT`, as a model would find them."""
    spans = [Span(4, 14, EntityType.PERSON, 0.9), Span(18, 24, EntityType.PLACE, 0.8)]
    assert extractions.store_extraction(uuid, 1, "m", spans)


def prepare() -> Snapshot:
    """A journal with an entry that was read, one that was not, one in the trash and a draft, and
    another one that is empty."""
    for uuid in ("read-1", "unread-1", "gone-1"):
        backend.add_entry(_TEXT, uuid=uuid)
    read("read-1")
    read("gone-1")
    backend.delete_entry("gone-1")
    backend.create_journal("Travel")
    backend.save_draft("typed", "Omar ca", journal="default")
    return snapshot()


def die_in_a_write(name: str) -> None:
    """All or nothing: nothing before the commit, all of it after."""
    operation, _, step = name.partition(".")
    before = prepare()
    assert run(_WRITES[operation], f"{name}:kill") == -signal.SIGKILL
    assert (snapshot() != before) is (step == "committed")
    assert find_damage() == []
    if step != "committed":
        assert run(_WRITES[operation]) == 0
        assert snapshot() != before
        assert find_damage() == []


def die_while_opening(name: str) -> None:
    """A journal that is half made is finished by whoever comes next."""
    before = None
    for number in range(1, 3):
        code = run("listing.count_entries()", f"{name}:kill@{number}")
        if code == 0:
            assert number > 1
            break
        assert code == -signal.SIGKILL
    assert listing.count_entries() == 0
    backend.add_entry(_TEXT)
    assert snapshot() != before
    assert find_damage() == []


def die_while_asking(name: str) -> None:
    """What was saved and never asked for is read all the same."""
    assert run("journal.add_and_enqueue('Omar came.', journal='default')",
               f"{name}:kill") == -signal.SIGKILL  # fmt: skip
    assert listing.count_pending() == 1


def die_while_extracting(name: str) -> None:
    """A worker dies with an entry in its hands."""
    add_and_enqueue(_TEXT, journal="default")
    worker = subprocess.run(
        CONSUMER, env={**os.environ, failpoints.VARIABLE: f"{name}:kill"}, check=False, cwd="/"
    )
    assert worker.returncode == -signal.SIGKILL


def die_while_backing_up(name: str) -> None:
    """There is a whole backup, or none; never a part of one."""
    before = prepare()
    assert run("backups.back_up()", f"{name}:kill") == -signal.SIGKILL
    assert len(list_backups()) == (name == "backup.named")
    assert run("backups.back_up()") == 0
    for backup in list_backups():
        seal = snapshots.load_seal(backup.path)
        assert seal is not None
        assert seal.contents.rows["entry"] == len(before["entry"])
    assert snapshot() == before
    assert find_damage() == []


def die_while_merging(name: str) -> None:
    """A backup that was brought back by half is brought back wholly the next time, once."""
    before = prepare()
    template = write_template("evening", "# Evening\n")
    kept = backups.back_up().path
    connection.close_all()
    locations.database_path().unlink()
    template.path.unlink()
    restore = f"restoring.restore_backup(Path({str(kept)!r}))"
    assert run(restore, f"{name}:kill") == -signal.SIGKILL
    assert find_damage() == []
    assert run(restore) == 0
    assert run(restore) == 0
    for table in ("entry", "revision", "draft", "mention"):
        assert len(snapshot()[table]) == len(before[table])
    assert read_templates() == {"evening": "# Evening\n"}
    assert find_damage() == []


def die_while_repairing(name: str) -> None:
    """A repair that was broken off is done by the next one, and loses nothing."""
    prepare()
    for number in range(40):
        backend.add_entry(f"{number} " + _TEXT * 20)
    texts = {uuid: backend.get_entry(uuid).text for uuid in ("read-1", "unread-1")}
    backups.back_up()
    backend.add_entry(_TEXT, uuid="newest")
    connection.close_all()
    path = locations.database_path()
    damaged = bytearray(path.read_bytes())
    damaged[4096 * 3 : 4096 * 4] = bytes(4096)
    path.write_bytes(damaged)
    assert run("repair.repair()", f"{name}:kill") == -signal.SIGKILL
    assert run("repair.repair()") == 0
    assert {uuid: backend.get_entry(uuid).text for uuid in texts} == texts
    assert backend.get_entry("newest").text == _TEXT
    assert backend.count_entries() == 43
    assert find_damage() == []


_SCENARIOS: dict[str, Callable[[str], None]] = {
    **dict.fromkeys(_WRITES, die_in_a_write),
    "create": die_while_opening,
    "migrate": die_while_opening,
    "enqueue": die_while_asking,
    "backup": die_while_backing_up,
    "merge": die_while_merging,
    "repair": die_while_repairing,
    "attempt": die_while_extracting,
}


@pytest.mark.parametrize("name", sorted(failpoints.NAMES))
def test_a_process_dies(name: str, run_charlie_process: RunCharlie) -> None:
    operation = name.partition(".")[0]
    _SCENARIOS[operation](name)
    if operation in ("enqueue", "attempt"):
        done = run_charlie_process("process")
        assert (done.returncode, done.stderr[-200:]) == (0, done.stderr[-200:])
        assert listing.count_pending() == 0
        assert entries.list_entries()[0].is_extracted
        assert find_damage() == []
    survived(f"killed at a failpoint of {operation}")


def test_every_failpoint_is_somewhere_and_none_is_unknown() -> None:
    passed = set()
    for path in (ROOT / "backend").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            words = [str(arg.value) for arg in node.args if isinstance(arg, ast.Constant)]
            if node.func.id == "reach":
                passed |= set(words)
            elif node.func.id == "write_transaction":
                (operation,) = words or ["write"]
                passed |= {f"{operation}.{s}" for s in ("begun", "before_commit", "committed")}
    assert passed == failpoints.NAMES


@pytest.mark.parametrize(
    "order", ["nowhere:kill", "save.begun", "save.begun:run", "save.begun:kill@x"]
)
def test_an_order_that_makes_no_sense_is_told(order: str, run_charlie_process: RunCharlie) -> None:
    done = run_charlie_process("list", environment={failpoints.VARIABLE: order})
    assert done.returncode == 2
    assert "is no failpoint" in done.stderr
    assert "Traceback" not in done.stderr
