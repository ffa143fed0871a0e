"""Decides what a toast tells about the worker and Redis: each thing once. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from backend.services.supervision.worker_status import Phase, WorkerStatus
from backend.text import single_line
from frontend.shared.formatting import NAME_LENGTH, counted

if TYPE_CHECKING:
    from backend.services.supervision.queue_view import QueuedEntry

Severity = Literal["information", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Notification:
    """A notification: what happened, what is safe and what to do; not sanitised."""

    title: str
    lines: tuple[str, ...] = ()
    severity: Severity = "information"


class NotificationPolicy:
    """Turns events into notifications, and remembers which were given.

    A worker that dies several times before it reads anything died once, as far as anybody has to
    be told; and it is back when it has read something, or found that there is nothing to read.
    """

    def __init__(self) -> None:
        self._is_down = False
        self._is_given_up = False
        self._is_redis_lost = False
        self._has_told_redis = False
        self._backup: str | None = None

    def on_status(self, status: WorkerStatus) -> Notification | None:
        """Return what to tell about a status that the worker or its supervisor published."""
        match status.phase:
            case Phase.RESTARTING if not self._is_down:
                self._is_down = True
                return _notification(
                    "The worker ended unexpectedly",
                    status.reason or "",
                    "It is started again by itself. Your entries are safe.",
                    severity="warning",
                )
            case Phase.STOPPED if status.reason and not self._is_given_up:
                self._is_down = self._is_given_up = True
                return _notification(
                    "The worker cannot be kept running",
                    _sentence(status.reason),
                    "Your entries are safe; only the names in new ones wait.",
                    "Try again: w, then W. Look for the cause: charlie doctor.",
                    severity="error",
                )
            case Phase.READY if not status.reason and self._has_nothing_to_do(status):
                return self.on_extracted()
        return None

    def on_extracted(self) -> Notification | None:
        """Return what to tell after an entry was extracted."""
        if not self._is_down:
            return None
        self._is_down = self._is_given_up = False
        return _notification("The worker is back")

    def on_backup(self, status: WorkerStatus) -> Notification | None:
        """Whether today's backup failed; told again when it fails for another reason."""
        if status.backup == self._backup:
            return None
        was_failing = self._backup is not None
        self._backup = status.backup
        if status.backup is not None:
            return _notification(
                "There is no backup of today",
                status.backup,
                "The journal and the earlier backups are safe; it is tried again by itself.",
                severity="error",
            )
        return _notification("Today's backup was made after all") if was_failing else None

    def lose_redis(self) -> bool:
        """Note that Redis is gone, perhaps for a moment; return whether that is new."""
        is_new = not self._is_redis_lost
        self._is_redis_lost = True
        return is_new

    def on_redis_missed(self) -> Notification | None:
        """Return what to tell after Redis has been away for a while."""
        if not self._is_redis_lost or self._has_told_redis:
            return None
        self._has_told_redis = True
        return _notification(
            "Redis, which keeps the queue, is away",
            "Writing goes on and every entry is saved; only the reading of names waits.",
            "It is tried again by itself. If it stays away: charlie doctor.",
            severity="warning",
        )

    def on_redis_back(self) -> Notification | None:
        """Return what to tell after Redis is back."""
        was_lost, was_told = self._is_redis_lost, self._has_told_redis
        self._is_redis_lost = self._has_told_redis = False
        if was_told:
            return _notification("Redis is back", "What waits is read now.")
        if was_lost:
            return _notification(
                "Redis was gone for a moment and is back", "Nothing is lost; reading goes on."
            )
        return None

    @staticmethod
    def _has_nothing_to_do(status: WorkerStatus) -> bool:
        return not status.waiting or status.inference is False


def failure_notification(entries: Sequence[QueuedEntry]) -> Notification | None:
    """Return what to tell about `entries`, whose extraction failed."""
    if not entries:
        return None
    if len(entries) == 1:
        (entry,) = entries
        title = f"“{single_line(entry.title, NAME_LENGTH)}” could not be read"
        reason = entry.error or ""
    else:
        title = f"{counted(len(entries), 'entry', 'entries')} could not be read"
        reason = ""
    return _notification(
        title,
        reason,
        "What was written is safe; only its names are missing.",
        "Why, and try again: w.",
        severity="warning",
    )


def _notification(title: str, *lines: str, severity: Severity = "information") -> Notification:
    return Notification(title, tuple(line for line in lines if line), severity)


def _sentence(reason: str) -> str:
    """Return a reason, which may be a clause or whole sentences, as a sentence."""
    return reason[:1].upper() + reason[1:] + ("" if reason.endswith((".", "…")) else ".")
