"""Extracts entries again: with the chosen model, or once with another one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from backend.database.journal import entries, extractions
from backend.errors import CharlieError, ModelAnswerError, TaggingCancelledError
from backend.events import EventName, publish
from backend.inference.loader import Extractor, identify, load
from backend.inference.models.catalog import resolve
from backend.services.supervision import scheduling

# So many failed entries in a row are the model's fault, not theirs.
_MOST_FAILURES = 3


@dataclass(frozen=True, slots=True)
class Reextraction:
    """How many entries were extracted again; of those that could not be, uuid and error."""

    extracted: int
    failures: tuple[tuple[str, CharlieError], ...]


def request_reextraction(since: date | None = None) -> int:
    """Make entries pending again, for the worker and the chosen model.

    What was found before stays until then. `WorkSession.process` waits for the end.

    Args:
        since: the first local day; all entries if None.

    Returns:
        How many entries are to be extracted.

    Raises:
        WorkerError: inference is off; nothing was changed.
        RedisUnavailableError: Redis cannot be started or reached; nothing was changed.
    """
    scheduling.check_inference()
    count = extractions.reset_extraction(None, since=since)
    scheduling.wake()
    return count


def reextract_with(
    model: str,
    since: date | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Reextraction:
    """Extract entries again with another model than the chosen one, in this process.

    What this model found in the same text before is used again, so that a run that was stopped
    goes on where it was. The worker is not needed and not disturbed: an entry that is saved
    meanwhile is left to it.

    Args:
        model: a model's name or path.
        since: the first local day; all entries if None.
        progress: called with entries done and those in all.
        cancelled: called while an entry is extracted; once it returns true, all stops.

    Raises:
        UsageError, ModelError: the model does not exist, or cannot be loaded or run.
        ModelAnswerError: its answers about several entries in a row could not be used.
        TaggingCancelledError: `cancelled` was true; what was extracted is kept.
    """
    spec = resolve(model)
    identity = identify(spec)
    uuids = extractions.list_readable(since=since)
    extracted = 0
    failures: list[tuple[str, CharlieError]] = []
    in_a_row = 0
    with load(spec) as extractor:
        for done, uuid in enumerate(uuids, start=1):
            if cancelled and cancelled():
                raise TaggingCancelledError("Reading was stopped.", safe="What was read is kept.")
            try:
                extracted += _extract(uuid, spec.name, identity, extractor, cancelled)
                in_a_row = 0
            except ModelAnswerError as error:
                failures.append((uuid, error))
                in_a_row += 1
                if in_a_row == _MOST_FAILURES:
                    raise
            if progress:
                progress(done, len(uuids))
    return Reextraction(extracted, tuple(failures))


def _extract(
    uuid: str, name: str, identity: str, extractor: Extractor, cancelled: Callable[[], bool] | None
) -> bool:
    """Extract one entry and store its mentions; False if it is gone or was saved meanwhile."""
    found = entries.get_entry_text(uuid)
    if found is None:
        return False
    journal, revision, text = found
    spans = extractions.find_extraction(uuid, text, identity)
    if spans is None:
        spans = extractor.tag(text, cancelled=cancelled)
    stored = extractions.store_extraction(uuid, revision, identity, spans, model_name=name)
    if stored:
        publish(EventName.ENTITIES_READY, entry=uuid, journal=journal)
    return stored
