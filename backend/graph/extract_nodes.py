"""Reading an entry: its text, through the model, into mentions."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from backend.database import readings, unread
from backend.inference import manager


class Outcome(Enum):
    """How the reading of an entry ended."""

    STORED = auto()
    SUPERSEDED = auto()  # it was saved again or deleted meanwhile: what was found is thrown away
    NOT_NEEDED = auto()  # it was read before, or is gone


def extract_nodes(
    episode_uuid: str,
    journal: str,
    *,
    cancelled: Callable[[], bool] | None = None,
) -> Outcome:
    """Read the current revision of an entry and store what it mentions, in one transaction.

    A text that the same model has read before is not read again.

    Args:
        episode_uuid: the entry.
        journal: the journal it was saved in; its journal now is what counts.
        cancelled: asked many times a second; once it is true, reading stops.

    Raises:
        TaggingCancelledError: `cancelled` was true; nothing was stored.
        ModelError: the model cannot be loaded or run.
        StorageError: the database cannot be read or written; nothing was stored.
    """
    entry = unread.find_unread(episode_uuid)
    if entry is None:
        return Outcome.NOT_NEEDED
    model = manager.chosen_identity()
    spans = readings.find_reading(entry.uuid, entry.text, model)
    if spans is None:
        with manager.lock:
            loaded = manager.get_model()
            model = loaded.identity
            spans = loaded.tagger.tag(entry.text, cancelled=cancelled)
    stored = readings.store_extraction(entry.uuid, entry.revision, model, spans)
    return Outcome.STORED if stored else Outcome.SUPERSEDED
