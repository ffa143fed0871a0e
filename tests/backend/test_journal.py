"""Writing: what is committed is told, truthfully, and told or not it stays committed."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from queue import SimpleQueue

import pytest

import backend
from backend import journal
from backend.database import redis_ops
from backend.database.journal.entries import NewEntry
from backend.database.redis import server as redis_server
from backend.database.redis.client import client
from backend.errors import CharlieError
from backend.events import CHANNEL, EventName, publish
from backend.records import Entry
from backend.services.draft_sessions import (
    SessionLock,
    load_recovered_drafts,
    save_recovered_draft,
)
from backend.services.supervision.notifier import Notifier

#: Seconds. No test asserts a time: this only ends one that hangs.
PATIENCE = 300

Told = tuple[str, str | None, str | None]


class Listener:
    """Hears what is published, as the messages on the wire say it."""

    def __init__(self) -> None:
        self._told: SimpleQueue[Told] = SimpleQueue()
        self._ready = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        assert self._ready.wait(PATIENCE)

    def _run(self) -> None:
        with client() as redis, redis.pubsub() as channel:
            channel.subscribe(CHANNEL)
            channel.get_message(timeout=PATIENCE)
            self._ready.set()
            while not self._stop.is_set():
                message = channel.get_message(ignore_subscribe_messages=True, timeout=0.1)
                if message is not None:
                    fields = json.loads(message["data"])
                    self._told.put((fields["event"], fields.get("entry"), fields.get("journal")))

    def next(self) -> Told:
        return self._told.get(timeout=PATIENCE)

    def is_silent(self) -> bool:
        """Whether nothing was told before what is told now."""
        publish(EventName.WORKER_WANTED)
        return self.next() == ("worker.wanted", None, None)

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.stop()


def in_trash() -> Entry:
    entry = backend.add_entry("Gone.")
    backend.delete_entry(entry.uuid)
    return entry


def drafted() -> None:
    backend.save_draft("a-b", "Half a sentence", journal="default")


#: Of each write: what has to be there before it, the write, and what it is told as.
Prepare = Callable[[], Entry | None]
WRITES: dict[str, tuple[Prepare, Callable[[str], object], str]] = {
    "add": (lambda: None, lambda _: backend.add_entry("New."), "entry.saved"),
    "edit": (
        lambda: backend.add_entry("Old."),
        lambda uuid: backend.edit_entry(uuid, "New."),
        "entry.saved",
    ),
    "restore a revision": (
        lambda: backend.edit_entry(backend.add_entry("Old.").uuid, "New."),
        lambda uuid: backend.restore_revision(uuid, 1),
        "entry.saved",
    ),
    "delete": (lambda: backend.add_entry("Old."), backend.delete_entry, "entry.deleted"),
    "restore": (in_trash, backend.restore_entry, "entry.restored"),
    "purge": (in_trash, backend.purge_entry, "entry.purged"),
    "empty the trash": (in_trash, lambda _: backend.empty_trash(), "entry.purged"),
    "move": (
        lambda: (backend.create_journal("Travel"), backend.add_entry("Old."))[1],
        lambda uuid: backend.move_entry(uuid, "travel"),
        "entry.moved",
    ),
    "store a draft": (
        drafted,
        lambda _: [
            save_recovered_draft(each.draft) for each in load_recovered_drafts(SessionLock())
        ],
        "entry.saved",
    ),
}

JOURNAL_WRITES: dict[str, tuple[Callable[[], object], str, str]] = {
    "create": (lambda: backend.create_journal("Diary"), "journal.created", "Diary"),
    "rename": (lambda: backend.rename_journal("travel", "Trips"), "journal.renamed", "Trips"),
    "delete": (lambda: backend.delete_journal("TRAVEL"), "journal.deleted", "Travel"),
}


@pytest.mark.parametrize("write", WRITES)
def test_a_write_is_told_as_what_it_is(write: str) -> None:
    prepare, act, name = WRITES[write]
    entry = prepare()
    listener = Listener()
    try:
        act(entry.uuid if entry else "")
        told = listener.next()
        assert told[0] == name
        assert told[1] == (entry.uuid if entry else backend.list_entries(limit=1)[0].uuid)
        if name != "entry.purged":
            assert told[2] == ("Travel" if write == "move" else "default")
        assert listener.is_silent()
    finally:
        listener.stop()


@pytest.mark.parametrize("write", JOURNAL_WRITES)
def test_a_change_of_the_journals_is_told_as_what_it_is(write: str) -> None:
    act, name, called = JOURNAL_WRITES[write]
    backend.create_journal("Travel")
    listener = Listener()
    try:
        act()
        assert listener.next() == (name, None, called)
        assert listener.is_silent()
    finally:
        listener.stop()


def test_many_entries_at_once_are_told_once(listener: Listener) -> None:
    uuids = journal.add_entries(NewEntry(f"Entry {number}.") for number in range(150))
    assert listener.next() == ("wake", None, None)
    for uuid in uuids:
        backend.delete_entry(uuid)
        assert listener.next()[:2] == ("entry.deleted", uuid)
    assert len(backend.empty_trash()) == 150
    assert listener.next() == ("wake", None, None)
    assert listener.is_silent()


def test_what_could_not_be_written_is_not_told(listener: Listener) -> None:
    for attempt in (
        lambda: backend.add_entry("  "),
        lambda: backend.delete_entry("nothing-here"),
        lambda: backend.rename_journal("nothing", "something"),
        lambda: backend.purge_entry("nothing-here"),
    ):
        with pytest.raises(CharlieError):
            attempt()
    assert listener.is_silent()


def test_the_api_enqueues_what_it_saves(listener: Listener) -> None:
    uuid = asyncio.run(backend.add_journal_entry("Lunch with Omar.", journal="Diary"))
    assert listener.next() == ("entry.saved", uuid, "Diary")
    assert redis_ops.get_episode_status(uuid) == "pending_nodes"
    assert listener.is_silent()


def test_a_screen_tells_from_a_thread_and_enqueues(listener: Listener) -> None:
    old = in_trash()
    listener.next()
    listener.next()
    notifier = Notifier()
    notifier.start()
    entry = backend.add_entry("Lunch with Omar.")
    backend.restore_entry(old.uuid)
    backend.move_entry(entry.uuid, backend.create_journal("Diary"))
    notifier.stop(PATIENCE)
    assert [listener.next()[0] for _ in range(4)] == [
        "entry.saved",
        "entry.restored",
        "journal.created",
        "entry.moved",
    ]
    assert redis_ops.get_episode_status(entry.uuid) == "pending_nodes"
    assert redis_ops.get_episode_status(old.uuid) == "pending_nodes"
    # From here on a write is told at once again.
    backend.delete_entry(entry.uuid)
    assert listener.next()[:2] == ("entry.deleted", entry.uuid)


def test_what_was_written_stays_where_there_is_no_redis() -> None:
    entry = backend.add_entry("First.")
    backend.edit_entry(entry.uuid, "Second.")
    backend.delete_entry(entry.uuid)
    backend.restore_entry(entry.uuid)
    backend.rename_journal("default", "Diary")
    assert backend.get_entry(entry.uuid).text == "Second."
    assert not redis_server.is_running()


_WITHOUT_REDIS = """
import asyncio, backend
from backend.services.supervision.notifier import Notifier
notifier = Notifier()
notifier.start()
uuid = backend.add_entry("Saved all the same.").uuid
notifier.stop(30)
other = asyncio.run(backend.add_journal_entry("This one too."))
print(*(backend.get_entry(each).text for each in (uuid, other)), sep="|")
"""


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "nonsense"])
def test_a_redis_that_cannot_be_reached_fails_no_save(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHARLIE_REDIS_URL", url)
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT_REDIS], capture_output=True, text=True, check=True
    )
    assert done.stdout == "Saved all the same.|This one too.\n"
