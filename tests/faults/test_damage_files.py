"""Bytes are flipped and files cut off: what is read is right, or the damage is explained."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import backend
from backend.database import redis_ops
from backend.database.journal import entries, extractions
from backend.database.redis import episodes
from backend.database.redis import server as redis_server
from backend.database.search.search import search_entries
from backend.database.sqlite import connection
from backend.database.sqlite.integrity import find_faults
from backend.errors import CharlieError, DatabaseDamagedError
from backend.preferences import THEME
from backend.records import EntityType, Span
from tests.faults.counts import LONG, survived

#: Bytes flipped on each page of the journal; the first bytes of a page say what is on it.
FLIPS = 40 if LONG else 3
#: Every so many bytes the append-only file is cut off, and a byte of it flipped.
STEP = 40 if LONG else 400

_PAGE = 4096
_ENTRIES = 30


def write_journal() -> dict[str, str]:
    """A small journal with all that there is in one; its texts by uuid."""
    texts = {}
    for number in range(_ENTRIES):
        text = f"{number}: met Sarah Chen at the lake. #swim/{number} " + "Rain. " * (number * 9)
        entry = backend.add_entry(text, uuid=f"entry-{number:03}", title=f"Day {number}")
        start = text.index("Sarah")
        spans = [Span(start, start + 10, EntityType.PERSON, 0.9)]
        assert store_names(entry.uuid, spans)
        texts[entry.uuid] = text
    entries.edit_entry("entry-003", texts["entry-003"] + "More.")
    texts["entry-003"] += "More."
    entries.delete_entry("entry-004")
    backend.save_draft("typed", "Half a thought", journal="default")
    backend.set_preference(THEME, "dark")
    connection.close_all()
    return texts


def store_names(uuid: str, spans: list[Span]) -> bool:
    """Store names as a model would find them."""
    return extractions.store_extraction(uuid, 1, "m", spans)


@contextmanager
def replaced(path: Path, data: bytes) -> Iterator[None]:
    """Another content of the journal's file, as after damage; nothing else lies beside it."""
    connection.close_all()
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    path.write_bytes(data)
    try:
        yield
    finally:
        connection.close_all()


def use_everything(texts: dict[str, str], doubtful: set[str]) -> list[CharlieError]:
    """Do what a user does; every error there is one that is explained.

    `doubtful` collects the entries that were answered with another text than theirs.
    """
    errors: list[CharlieError] = []

    def read_entries() -> None:
        for uuid, text in texts.items():
            if uuid != "entry-004" and backend.get_entry(uuid).text != text:
                doubtful.add(uuid)

    actions: tuple[Callable[[], object], ...] = (
        lambda: backend.list_entries(limit=100),
        read_entries,
        backend.list_days,
        backend.list_entities,
        backend.list_trash,
        backend.list_drafts,
        backend.list_journals,
        lambda: backend.get_preference(THEME),
        lambda: search_entries("rain"),
        lambda: search_entries('@"Sarah Chen" #swim'),
        find_faults,
        lambda: backend.edit_entry("entry-005", "Changed."),
        lambda: backend.add_entry("One more."),
    )
    for action in actions:
        try:
            action()
        except CharlieError as error:
            errors.append(error)
    return errors


def test_a_byte_of_each_page_is_flipped(charlie_home: Path) -> None:
    texts = write_journal()
    path = charlie_home / "charlie.db"
    whole = path.read_bytes()
    choose = random.Random(5)
    for page in range(0, len(whole), _PAGE):
        for number in range(FLIPS):
            place = page + (number if number < 2 else choose.randrange(_PAGE))
            damaged = bytearray(whole)
            damaged[place] ^= 1 << choose.randrange(8)
            with replaced(path, bytes(damaged)):
                doubtful: set[str] = set()
                errors = use_everything(texts, doubtful)
                # A bit inside a text leaves a text; no more than the entries on that page.
                assert len(doubtful) <= _ENTRIES // 2
                check_not_replaced(path, whole, errors)
            survived("byte of the journal flipped")


def test_the_journal_is_cut_off_at_each_page(charlie_home: Path) -> None:
    texts = write_journal()
    path = charlie_home / "charlie.db"
    whole = path.read_bytes()
    for page in range(0, len(whole), _PAGE):
        for length in {page, page + 1, page + _PAGE // 2, page + _PAGE - 1}:
            if length in (0, len(whole)):
                continue
            with replaced(path, whole[:length]):
                errors = use_everything(texts, set())
                assert any(isinstance(error, DatabaseDamagedError) for error in errors) or (
                    length > len(whole) - _PAGE
                )
                check_not_replaced(path, whole[:length], errors)
            survived("journal cut off")


def check_not_replaced(path: Path, before: bytes, errors: list[CharlieError]) -> None:
    """What is damaged is never a new, empty journal afterwards, and every error says what to do."""
    assert all(error.safe or error.hint for error in errors)
    connection.close_all()
    assert path.stat().st_size >= min(len(before), 512) // 2
    if errors and isinstance(errors[0], DatabaseDamagedError) and len(errors) > 10:
        assert path.read_bytes() == before or len(path.read_bytes()) >= len(before)


def test_the_log_is_cut_off_and_flipped(charlie_home: Path, tmp_path: Path) -> None:
    write_journal()
    backend.add_entry("In the log.", uuid="in-the-log")
    for name in ("charlie.db", "charlie.db-wal"):
        shutil.copy(charlie_home / name, tmp_path / name)
    connection.close_all()
    log = (tmp_path / "charlie.db-wal").read_bytes()
    whole = (tmp_path / "charlie.db").read_bytes()
    choose = random.Random(5)
    for place in range(0, len(log), max(STEP, len(log) // (400 if LONG else 25))):
        flipped = bytearray(log)
        flipped[place] ^= 1 << choose.randrange(8)
        for damaged in (log[:place], bytes(flipped)):
            with replaced(charlie_home / "charlie.db", whole):
                (charlie_home / "charlie.db-wal").write_bytes(damaged)
                # The log is checked sum by sum: it counts up to the damage.
                assert backend.count_entries() in (_ENTRIES - 1, _ENTRIES)
                assert find_faults() == []
            survived("write-ahead log cut off or flipped")


def test_the_append_only_file_is_damaged(charlie_home: Path) -> None:
    uuids = {backend.add_entry(f"Entry {number} about Omar.").uuid for number in range(5)}
    redis_ops.set_inference_enabled(False)
    redis_ops.set_inference_enabled(True)
    redis_ops.set_episode_status(next(iter(uuids)), "dead", "default", error="x", attempts=5)
    assert redis_ops.get_episodes_by_status("pending_nodes")
    redis_server.leave()
    path = charlie_home / "redis" / "appendonly.aof"
    whole = path.read_bytes()
    choose = random.Random(5)
    for place in range(0, len(whole), STEP):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << choose.randrange(8)
        for damaged in (whole[:place], bytes(flipped), whole[:place] + os.urandom(50)):
            path.write_bytes(damaged)
            rebuild(uuids)
            survived("append-only file cut off, flipped or with garbage")


def rebuild(uuids: set[str]) -> None:
    """Redis comes up whatever it finds, and knows again what waits."""
    # What was flipped may be the switch itself: it is then shown as off, and can be thrown.
    redis_ops.set_inference_enabled(True)
    pending = set(redis_ops.get_episodes_by_status("pending_nodes"))
    dead = set(redis_ops.get_episodes_by_status("dead"))
    assert pending | dead >= uuids
    assert len(pending) >= len(uuids) - 1
    assert redis_ops.get_inference_enabled()
    for uuid in uuids:
        expected = "pending_nodes" if uuid in pending else "dead"
        assert redis_ops.get_episode_status(uuid) == expected
        assert episodes.begin_extraction(uuid) >= 1
        episodes.end_extraction(uuid)
    episodes.get_episodes(uuids)
    episodes.times_of_retry()
    redis_ops.enqueue_pending_episodes()
    redis_server.leave()
    assert not redis_server.is_running()


@pytest.mark.parametrize("garbage", [b"", b"x", b"\0" * 100_000, os.urandom(100_000)])
def test_the_journal_is_something_else_altogether(charlie_home: Path, garbage: bytes) -> None:
    write_journal()
    path = charlie_home / "charlie.db"
    with replaced(path, garbage):
        if garbage:
            with pytest.raises(DatabaseDamagedError):
                backend.list_entries()
            assert path.read_bytes() == garbage
    survived("journal replaced by garbage")
