"""What the worker notes of every run; for the worker alone."""

from __future__ import annotations

import logging
import time
import traceback
from types import TracebackType
from typing import TYPE_CHECKING, Self

from backend.database.journal.extractions import UnreadEntry
from backend.errors import (
    CharlieError,
    ModelError,
    RedisUnavailableError,
    StorageError,
    TaggingCancelledError,
    UsageError,
)
from backend.graph.extract_nodes import Outcome
from backend.services.supervision import run_log
from backend.services.supervision.run_log import Ending, RouteTaken, Run
from backend.services.supervision.worker_status import explain
from backend.services.worker import status_publisher
from backend.text import count_words

if TYPE_CHECKING:
    from backend.inference.models.routing import Route

log = logging.getLogger("charlie.worker")

#: These say that nothing can be read now, and are no entry's fault.
PUT_OFF_BY = (ModelError, StorageError, UsageError)

_ENDINGS = {
    Outcome.STORED: Ending.READ,
    Outcome.SUPERSEDED: Ending.SUPERSEDED,
    Outcome.NOT_NEEDED: Ending.SUPERSEDED,
}


class RunRecorder:
    """Times the reading of an entry, and notes at the end of the block how it went.

    A Redis that is away then has nothing noted: the reading itself goes on.
    """

    def __init__(self, entry: UnreadEntry) -> None:
        self._entry = entry
        self._began = time.monotonic()
        self._model = ""
        self._route = RouteTaken.REREAD if entry.is_again else RouteTaken.CHOSEN
        self._is_reused = False
        self._outcome: Outcome | None = None

    def reads(self, route: Route, is_reused: bool) -> None:
        """Note which model reads, or has read the text before."""
        self._model = route.spec.name
        self._is_reused = is_reused
        if route.instead_of is not None:
            self._route = RouteTaken.FALLBACK

    def ended(self, outcome: Outcome) -> None:
        """Note how it ended, where it was not by an error."""
        self._outcome = outcome

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        run = Run(
            self._entry.uuid,
            self._ending(error),
            self._model,
            self._route,
            at=time.time(),
            seconds=round(time.monotonic() - self._began, 3),
            words=count_words(self._entry.text),
            error=self._reason(error),
        )
        try:
            run_log.record_run(run)
        except RedisUnavailableError as unavailable:
            log.info("The run was not noted: %s", unavailable)

    def _ending(self, error: BaseException | None) -> Ending:
        if error is None and self._outcome is not None:
            ending = _ENDINGS[self._outcome]
            return Ending.REUSED if ending is Ending.READ and self._is_reused else ending
        if isinstance(error, TaggingCancelledError):
            is_outdated = status_publisher.is_superseded(self._entry.uuid)
            return Ending.SUPERSEDED if is_outdated else Ending.STOPPED
        return Ending.PUT_OFF if isinstance(error, PUT_OFF_BY) else Ending.FAILED

    def _reason(self, error: BaseException | None) -> str | None:
        if error is None or isinstance(error, TaggingCancelledError):
            return None
        return describe_failure(error)


def describe_failure(error: BaseException) -> str:
    """What went wrong, without the error's own words where they may hold the entry's."""
    if isinstance(error, CharlieError):
        return explain(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {frames[-1].name}, line {frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}."
