"""Listening: nothing is missed, and a Redis that dies is only an interruption."""

from __future__ import annotations

import os
import queue
import signal
import threading
from collections.abc import Iterator

import pytest

from backend.database.redis import worker_state
from backend.database.redis.client import client
from backend.events import CHANNEL, Event, EventName, decode_event, publish
from backend.services.supervision.events import listen
from backend.services.supervision.worker_status import Phase, WorkerStatus, decode, encode
from tests.backend.services.work import PATIENCE, redis_pid, save

# A listener says so itself, of itself; nobody else can know.
_LOST = b'{"event": "redis.lost"}'


@pytest.fixture
def heard() -> Iterator[queue.Queue[Event]]:
    """What a listener heard, which listens already."""
    events: queue.Queue[Event] = queue.Queue()
    stop = threading.Event()

    def run() -> None:
        for event in listen(stop):
            events.put(event)

    thread = threading.Thread(target=run)
    thread.start()
    assert events.get(timeout=PATIENCE) == Event(EventName.REDIS_BACK)
    yield events
    stop.set()
    thread.join()


def test_a_save_is_heard(heard: queue.Queue[Event]) -> None:
    entry = save()
    assert heard.get(timeout=PATIENCE) == Event(
        EventName.ENTRY_SAVED, entry=entry.uuid, journal=entry.journal
    )


def test_the_workers_state_comes_with_its_event(heard: queue.Queue[Event]) -> None:
    status = WorkerStatus(Phase.EXTRACTING, entry="abc", reason="Übersee", total=1)
    worker_state.write_state(encode(status))
    event = heard.get(timeout=PATIENCE)
    assert event.name is EventName.WORKER_STATE
    assert event.status is not None
    assert decode(event.status) == status


def test_what_is_no_event_is_passed_over(heard: queue.Queue[Event]) -> None:
    with client() as redis:
        for message in (b"\xff", b"[]", b'"word"', b'{"event": "of tomorrow"}', b"{}", _LOST):
            assert decode_event(message) is None
            redis.publish(CHANNEL, message)
    publish(EventName.WAKE)
    assert heard.get(timeout=PATIENCE).name is EventName.WAKE


def test_a_redis_that_is_killed_is_lost_and_comes_back(heard: queue.Queue[Event]) -> None:
    os.kill(redis_pid(), signal.SIGKILL)
    assert heard.get(timeout=PATIENCE).name is EventName.REDIS_LOST
    assert heard.get(timeout=PATIENCE).name is EventName.REDIS_BACK
    publish(EventName.WAKE)
    assert heard.get(timeout=PATIENCE).name is EventName.WAKE
