"""What becomes of the worker is told in toasts: each thing once, in words."""

from __future__ import annotations

import os
import signal

import backend
from backend.database import redis_ops
from backend.events import EventName, publish
from backend.services.supervision.queue_view import QueuedEntry, Turn
from backend.services.supervision.worker_status import Phase, WorkerStatus
from frontend.tui.app.notifications import Notification, NotificationPolicy, failure_notification
from tests.backend.services.work import are_extracted, redis_pid, worker_pid
from tests.frontend.tui.journeys import Journey, opened

DIED = WorkerStatus(Phase.RESTARTING, retry_in=1.0)
READY = WorkerStatus(Phase.READY, inference=True)
BUSY = WorkerStatus(Phase.READY, inference=True, waiting=3)
READING = WorkerStatus(Phase.EXTRACTING, entry="abc", title="Title", waiting=3)
GIVEN_UP = WorkerStatus(Phase.STOPPED, reason="it died again and again; see worker.log")


def titles(*news: Notification | None) -> list[str]:
    return [each.title for each in news if each is not None]


def toasts(journey: Journey) -> list[str]:
    return [note.title or note.message for note in journey.app._notifications]


def test_an_entry_that_kills_the_worker_three_times_is_one_death() -> None:
    room = NotificationPolicy()
    told = [room.on_status(each) for each in [BUSY, READING, DIED, BUSY, READING] * 3 + [READY]]
    assert titles(*told) == ["The worker ended unexpectedly", "The worker is back"]
    assert titles(room.on_status(READY), room.on_extracted()) == []
    assert titles(room.on_status(DIED), room.on_extracted()) == [
        "The worker ended unexpectedly",
        "The worker is back",
    ]


def test_a_worker_that_is_given_up_is_told_with_what_to_do() -> None:
    room = NotificationPolicy()
    told = [room.on_status(each) for each in (DIED, DIED, GIVEN_UP, GIVEN_UP)]
    assert titles(*told) == ["The worker ended unexpectedly", "The worker cannot be kept running"]
    news = told[2]
    assert news is not None
    assert news.severity == "error"
    assert "It died again and again; see worker.log." in news.lines
    assert any("w, then W" in line for line in news.lines)
    assert titles(room.on_status(WorkerStatus(Phase.STOPPED))) == []
    assert titles(room.on_extracted()) == ["The worker is back"]


def test_a_worker_that_cannot_read_is_not_back() -> None:
    room = NotificationPolicy()
    room.on_status(DIED)
    assert room.on_status(WorkerStatus(Phase.READY, reason="The model is gone.")) is None


def test_a_backup_that_fails_is_told_once_and_when_it_is_over() -> None:
    room = NotificationPolicy()
    failing = WorkerStatus(Phase.READY, pid=1, backup="There is too little space. Make room.")
    told = [room.on_backup(each) for each in (READY, failing, failing, READY, READY)]
    assert titles(*told) == ["There is no backup of today", "Today's backup was made after all"]
    news = told[1]
    assert news is not None
    assert any("safe" in line for line in news.lines)


def test_a_redis_that_is_back_at_once_is_told_in_one_sentence() -> None:
    room = NotificationPolicy()
    assert room.on_redis_back() is None
    assert room.lose_redis()
    assert not room.lose_redis()
    assert titles(room.on_redis_back(), room.on_redis_missed()) == [
        "Redis was gone for a moment and is back"
    ]
    assert room.on_redis_back() is None


def test_a_redis_that_stays_away_is_told_and_so_is_its_return() -> None:
    room = NotificationPolicy()
    room.lose_redis()
    told = [
        room.on_redis_missed(),
        room.on_redis_missed(),
        room.on_redis_back(),
        room.on_redis_back(),
    ]
    assert titles(*told) == ["Redis, which keeps the queue, is away", "Redis is back"]


def dead(title: str, error: str | None = None) -> QueuedEntry:
    return QueuedEntry("u", "default", title, "dead", 5, error, None, False, Turn.FAILED)


def test_entries_that_are_given_up_are_told_together() -> None:
    assert failure_notification([]) is None
    one = failure_notification([dead("A day", "Too long.")])
    assert one is not None
    assert one.title == "“A day” could not be read"
    assert "Too long." in one.lines
    many = failure_notification([dead("A day")] * 3)
    assert many is not None
    assert many.title == "3 entries could not be read"


async def test_a_worker_that_is_killed_is_told_and_so_is_that_it_is_back() -> None:
    entry = backend.add_entry("Lunch with Omar.")
    async with opened(start_worker=True) as journey:
        await journey.until(lambda: are_extracted(entry))
        await journey.until(lambda: journey.app.status == "ready")
        os.kill(worker_pid(), signal.SIGKILL)
        await journey.until(lambda: "The worker ended unexpectedly" in toasts(journey))
        await journey.until(lambda: "The worker is back" in toasts(journey))
        assert len(toasts(journey)) == 2


async def test_a_redis_that_is_killed_is_told_once() -> None:
    backend.add_entry("Lunch with Omar.")
    async with opened(start_worker=True) as journey:
        await journey.until(lambda: journey.app.status == "ready")
        os.kill(redis_pid(), signal.SIGKILL)
        await journey.until(lambda: "Redis was gone for a moment and is back" in toasts(journey))
        assert len(toasts(journey)) == 1


async def test_an_entry_that_is_given_up_is_told_by_its_name() -> None:
    entry = backend.add_entry("A \x1b day\nthat cannot be read.")
    redis_ops.set_inference_enabled(False)
    async with opened() as journey:
        await journey.until(lambda: "not running" in journey.app.status)
        redis_ops.set_episode_status(
            entry.uuid, "dead", entry.journal, error="Why \x1b?", revision=entry.revision
        )
        publish(EventName.EPISODE_DEAD, entry=entry.uuid, journal=entry.journal)
        await journey.until(lambda: "“A ␛ day” could not be read" in toasts(journey))
        await journey.sees("Why ␛?")
