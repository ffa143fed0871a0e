"""Notes how each run went; for the worker process alone."""

from __future__ import annotations

import logging
import time
import traceback
from typing import TYPE_CHECKING

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
from backend.text import count_words

if TYPE_CHECKING:
    from backend.database.journal.extractions import PendingEntry
    from backend.inference.models.routing import Route

log = logging.getLogger("charlie.worker")

#: These say that nothing can be extracted now, and are no entry's fault.
PUT_OFF_BY = (ModelError, StorageError, UsageError)

_ENDINGS = {
    Outcome.STORED: Ending.EXTRACTED,
    Outcome.SUPERSEDED: Ending.SUPERSEDED,
    Outcome.NOT_NEEDED: Ending.SUPERSEDED,
}


class RunRecorder:
    """Times the extraction of one entry, from now on, and keeps in Redis how it went.

    Args:
        entry: what is extracted; no word of it is kept.
    """

    def __init__(self, entry: PendingEntry) -> None:
        self._entry = entry
        self._began = time.monotonic()
        self._model = ""
        self._route = RouteTaken.REEXTRACTED if entry.is_again else RouteTaken.CHOSEN
        self._is_reused = False

    def note_model(self, route: Route, is_reused: bool) -> None:
        """Note which model extracts, and whether it has found all in this text before."""
        self._model = route.spec.name
        self._is_reused = is_reused
        if route.instead_of is not None:
            self._route = RouteTaken.FALLBACK

    def note_end(
        self, outcome: Outcome | None, error: BaseException | None, *, is_superseded: bool
    ) -> None:
        """Keep how the run ended; where Redis is away, nothing is kept and nothing raised.

        Args:
            outcome: of the extraction, None if it did not come to its end.
            error: what ended it early.
            is_superseded: the entry was saved or deleted meanwhile.
        """
        run = Run(
            self._entry.uuid,
            self._ending(outcome, error, is_superseded),
            self._model,
            self._route,
            at=time.time(),
            seconds=round(time.monotonic() - self._began, 3),
            words=count_words(self._entry.text),
            error=_reason(error),
        )
        try:
            run_log.record_run(run)
        except RedisUnavailableError as unavailable:
            log.info("The run was not noted: %s", unavailable)

    def _ending(
        self, outcome: Outcome | None, error: BaseException | None, is_superseded: bool
    ) -> Ending:
        if error is None and outcome is not None:
            ending = _ENDINGS[outcome]
            return Ending.REUSED if ending is Ending.EXTRACTED and self._is_reused else ending
        if isinstance(error, TaggingCancelledError):
            return Ending.SUPERSEDED if is_superseded else Ending.STOPPED
        return Ending.PUT_OFF if isinstance(error, PUT_OFF_BY) else Ending.FAILED


def describe_failure(error: BaseException) -> str:
    """Return what went wrong, without the error's own words where they may hold the entry's."""
    if isinstance(error, CharlieError):
        return explain(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {frames[-1].name}, line {frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}."


def _reason(error: BaseException | None) -> str | None:
    if error is None or isinstance(error, TaggingCancelledError):
        return None
    return describe_failure(error)
