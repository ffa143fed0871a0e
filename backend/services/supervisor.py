"""Keeps one worker running for as long as this process wants entries to be read."""

from __future__ import annotations

from collections.abc import Callable

from backend.services.worker_status import WorkerStatus


class Supervisor:
    """Runs the worker if no other Charlie does, and takes over when that one leaves.

    Args:
        on_status: called on the event loop whenever this supervisor has something to say
            (starting, restarting, stopped and why, off); what the worker itself does is
            published through Redis and comes with `events.listen`.
    """

    def __init__(self, on_status: Callable[[WorkerStatus], None] | None = None) -> None:
        self._on_status = on_status

    async def run(self) -> None:
        """Supervise until cancelled or `stop`ped; leaves no process behind either way.

        Must run on the main thread's event loop, or on a thread that outlives the worker: on
        Linux the worker is ended when the thread that started it ends.
        """
        raise NotImplementedError

    async def stop(self) -> None:
        """End the worker if it is ours, gracefully, within a few seconds, and `run` with it."""
        raise NotImplementedError

    def retry(self) -> None:
        """Try again after a crash loop was given up (a key on the screen, `charlie process`)."""
        raise NotImplementedError
