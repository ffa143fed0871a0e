"""Reading entries again: by the model that reads, or once by another one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from backend.database.journal import entries, extractions
from backend.errors import CharlieError, ModelAnswerError, TaggingCancelledError
from backend.events import EventName, publish
from backend.inference.loader import Reader, identify, load
from backend.inference.models.catalog import resolve
from backend.services.supervision import scheduling

# So many entries in a row that cannot be read are the model's fault, not theirs.
_MOST_FAILURES = 3


@dataclass(frozen=True, slots=True)
class Rereading:
    """How many entries were read again, and why those that were not could not be."""

    read: int
    failures: tuple[tuple[str, CharlieError], ...]


def request_rereading(since: date | None = None) -> int:
    """Have the worker read entries again with the chosen model; how many.

    What was found before stays until then. `WorkSession.process` waits for it.

    Args:
        since: the first local day; all of them if None.

    Raises:
        WorkerError: inference is off; nothing was changed.
        RedisUnavailableError: Redis cannot be started or reached; nothing was changed.
    """
    scheduling.check_inference()
    count = extractions.reset_extraction(None, since=since)
    scheduling.wake()
    return count


def reread_with(
    model: str,
    since: date | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Rereading:
    """Read entries again with another model than the chosen one, here and now.

    A text that this model has read before is not read again, so that a run that was stopped goes
    on where it was. The worker is not needed, and what it does meanwhile is not disturbed: an
    entry that is saved again is its own.

    Args:
        model: a model's name or path.
        since: the first local day; all of them if None.
        progress: called with entries done and those in all.
        cancelled: asked while an entry is read; once it is true, reading stops.

    Raises:
        UsageError, ModelError: the model does not exist, or cannot be loaded or run.
        ModelAnswerError: its answers about several entries in a row could not be used.
        TaggingCancelledError: `cancelled` was true; what was read is kept.
    """
    spec = resolve(model)
    identity = identify(spec)
    uuids = extractions.list_readable(since=since)
    read = 0
    failures: list[tuple[str, CharlieError]] = []
    in_a_row = 0
    with load(spec) as reader:
        for done, uuid in enumerate(uuids, start=1):
            if cancelled and cancelled():
                raise TaggingCancelledError("Reading was stopped.", safe="What was read is kept.")
            try:
                read += _read(uuid, spec.name, identity, reader, cancelled)
                in_a_row = 0
            except ModelAnswerError as error:
                failures.append((uuid, error))
                in_a_row += 1
                if in_a_row == _MOST_FAILURES:
                    raise
            if progress:
                progress(done, len(uuids))
    return Rereading(read, tuple(failures))


def _read(
    uuid: str, name: str, identity: str, reader: Reader, cancelled: Callable[[], bool] | None
) -> bool:
    """Read one entry and store what it mentions; False if it is gone or was saved meanwhile."""
    found = entries.get_entry_text(uuid)
    if found is None:
        return False
    journal, revision, text = found
    spans = extractions.find_reading(uuid, text, identity)
    if spans is None:
        spans = reader.tag(text, cancelled=cancelled)
    stored = extractions.store_extraction(uuid, revision, identity, spans, model_name=name)
    if stored:
        publish(EventName.ENTITIES_READY, entry=uuid, journal=journal)
    return stored
