"""Reading an entry: its text, through the model, into mentions."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from backend.database.insights import entities
from backend.database.journal import extractions
from backend.database.journal.extractions import UnreadEntry
from backend.events import EventName, publish
from backend.inference import manager
from backend.inference.hints import Hints
from backend.inference.models.routing import Route
from backend.records import EntityType


class Outcome(Enum):
    """How the reading of an entry ended."""

    STORED = auto()
    SUPERSEDED = auto()  # it was saved again or deleted meanwhile: what was found is thrown away
    NOT_NEEDED = auto()  # it was read before, or is gone


def extract_nodes(
    episode_uuid: str,
    journal: str,
    *,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    reads: Callable[[Route, bool], None] | None = None,
) -> Outcome:
    """Read the current revision of an entry and store what it mentions, in one transaction.

    A text that the same model has read before is not read again. When the chosen model has read
    an entry, those that another one read in its stead are to be read again.

    Args:
        episode_uuid: the entry.
        journal: the journal it was saved in; its journal now is what counts.
        progress: called with the code points read and those in all.
        cancelled: asked many times a second; once it is true, reading stops.
        reads: told which model reads, and whether it has read this text before; again if another
            one reads in its stead.

    Raises:
        TaggingCancelledError: `cancelled` was true; nothing was stored.
        ModelAnswerError: this text is too much for the model.
        UsageError, ModelError: the model cannot be loaded or run, and entries are to wait for it.
        StorageError: the database cannot be read or written; nothing was stored.
    """
    entry = extractions.find_unread(episode_uuid)
    if entry is None:
        return Outcome.NOT_NEEDED
    model, route = manager.next_model()
    spans = extractions.find_reading(entry.uuid, entry.text, model)
    if reads is not None:
        reads(route, spans is not None)
    if spans is None:
        loaded, spans = manager.read(
            entry.text, progress=progress, cancelled=cancelled, hints=lambda: _hints(entry)
        )
        model, route = loaded.identity, loaded.route
        if reads is not None:
            reads(route, False)
    stored = extractions.store_extraction(
        entry.uuid,
        entry.revision,
        model,
        spans,
        model_name=route.spec.name,
        is_provisional=route.instead_of is not None,
    )
    if route.instead_of is None and extractions.count_provisional():
        extractions.requeue_provisional()
        publish(EventName.WAKE)
    return Outcome.STORED if stored else Outcome.SUPERSEDED


def _hints(entry: UnreadEntry) -> Hints:
    """The entry's day and the names of its journal, each as what it is called most often."""
    known: dict[str, EntityType] = {}
    for entity in entities.list_entities(journal=entry.journal):
        known.setdefault(entity.name, entity.type)
    return Hints(entry.day, known)
