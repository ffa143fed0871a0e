"""One attempt to extract an entry: all that begins before it, and ends with it however it ends."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Self

from backend.database.journal import extractions
from backend.database.redis import episodes
from backend.errors import TaggingCancelledError
from backend.failpoints import reach
from backend.graph.extract_nodes import Outcome
from backend.inference import manager
from backend.services.worker.run_recorder import RunRecorder

if TYPE_CHECKING:
    from backend.database.journal.extractions import PendingEntry
    from backend.inference.models.routing import Route
    from backend.services.worker.process import WorkerProcess

#: After so many deaths of the worker in the middle of it, an entry has failed.
MAX_CRASHES = 3

log = logging.getLogger("charlie.worker")


class Attempt:
    """Brackets one extraction: `with Attempt(worker, uuid) as attempt: …`.

    At the beginning it claims the entry for this thread, loads its text, counts the attempt in
    Redis (so that an entry which kills the worker is known) and shows it in the worker's status.
    At the end, on every way out, it notes the run and undoes the rest.

    `entry` is what is to be extracted, None where there is nothing to do: `is_claimed` (another
    thread extracts it), `is_fatal` (it killed the worker too often) or `outcome` says why.
    `outcome` is set by the caller, and by a cancellation that is nobody's error: None where the
    user stopped it, `SUPERSEDED` where the entry was saved or deleted meanwhile. Such a
    `TaggingCancelledError` ends with the block; any other error passes.

    Args:
        worker: the process.
        uuid: the entry.

    Raises:
        RedisUnavailableError: Redis cannot be reached or written; also at the end of the block.
        StorageError: the journal cannot be read.
    """

    def __init__(self, worker: WorkerProcess, uuid: str) -> None:
        self._worker = worker
        self._uuid = uuid
        self._ending = ExitStack()
        self._run: RunRecorder | None = None
        self.entry: PendingEntry | None = None
        self.is_claimed = False
        self.is_fatal = False
        self.outcome: Outcome | None = None

    def __enter__(self) -> Self:
        with ExitStack() as ending:
            self._begin(ending)
            self._ending = ending.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        with self._ending:
            is_expected = isinstance(error, TaggingCancelledError) and self._is_expected()
            if self._run is not None:
                self._run.note_end(
                    self.outcome, error, is_superseded=self._worker.status.is_superseded(self._uuid)
                )
        if self.entry is not None and self.outcome is not None:
            log.info(
                "Extracted %s, revision %d: %s.",
                self._uuid,
                self.entry.revision,
                self.outcome.name.lower(),
            )
            reach("attempt.stored")
        return is_expected

    def note_model(self, route: Route, is_reused: bool) -> None:
        """Note which model extracts, and whether it has found all in this text before."""
        if self._run is not None:
            self._run.note_model(route, is_reused)

    def note_progress(self, done: int, total: int) -> None:
        """Show how many of the entry's `total` code points are done."""
        self._worker.status.note_progress(done / max(total, 1), self._uuid)

    def is_unwanted(self) -> bool:
        """Whether to stop in the middle of the entry.

        Switching inference off lets the tagger finish; a language model may take minutes.
        """
        status = self._worker.status
        return (
            self._worker.is_interrupting
            or status.is_superseded(self._uuid)
            or status.is_cancelled(self._uuid)
            or (status.is_switched_off and manager.may_be_interrupted())
        )

    def _begin(self, ending: ExitStack) -> None:
        if not ending.enter_context(self._worker.claim(self._uuid)):
            self.is_claimed = True
            return
        entry = extractions.load_pending(self._uuid)
        if entry is None:
            self.outcome = Outcome.NOT_NEEDED
            return
        crashes = episodes.begin_extraction(self._uuid)
        ending.callback(episodes.end_extraction, self._uuid)
        if crashes > MAX_CRASHES:
            self.is_fatal = True
            return
        reach("attempt.begun")
        status = self._worker.status
        # Whatever else fails: an entry that is not extracted any more must not seem to be.
        ending.callback(status.end_extraction, self._uuid)
        status.begin_extraction(self._uuid, entry.revision)
        self._run = RunRecorder(entry)
        self.entry = entry

    def _is_expected(self) -> bool:
        """Whether a cancellation is no error, and set the outcome that it has then."""
        status = self._worker.status
        if status.is_cancelled(self._uuid):
            # `queue_view.cancel_extraction` has given it the status of a failed one.
            log.info("Stopped extracting %s, as was asked.", self._uuid)
            self.outcome = None
            return True
        if status.is_superseded(self._uuid):
            self.outcome = Outcome.SUPERSEDED
            return True
        return False
