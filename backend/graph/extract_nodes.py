"""Extracts an entry: its text, through the model, into mentions."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from functools import partial

from backend.database.insights import entities
from backend.database.journal import extractions
from backend.database.journal.extractions import PendingEntry
from backend.events import EventName, publish
from backend.inference import manager
from backend.inference.hints import Hints
from backend.inference.models.routing import Route
from backend.records import EntityType


class Outcome(Enum):
    """How the extraction of an entry ended."""

    STORED = auto()
    SUPERSEDED = auto()  # saved again or deleted meanwhile: what was found is thrown away
    NOT_NEEDED = auto()  # it is extracted already, or is gone


def extract_nodes(
    episode_uuid: str,
    journal: str,
    *,
    entry: PendingEntry | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    on_model: Callable[[Route, bool], None] | None = None,
) -> Outcome:
    """Extract the current revision of an entry and store its mentions, in one transaction.

    What the same model found in the same text before is used again. Once the chosen model has
    extracted an entry, those that another one extracted in its place become pending again.

    Args:
        episode_uuid: the entry.
        journal: the journal it was saved in; its journal now is what counts.
        entry: the entry as `extractions.load_pending` loaded it; loaded here if None.
        progress: called with the code points that are done and those in all.
        cancelled: called many times a second; once it returns true, the extraction stops.
        on_model: called with the model that extracts and whether it found all in this text
            before; called again if another one takes its place.

    Raises:
        TaggingCancelledError: `cancelled` was true; nothing was stored.
        ModelAnswerError: this text is too much for the model.
        UsageError, ModelError: the model cannot be loaded or run, and entries wait for it.
        StorageError: the database cannot be read or written; nothing was stored.
    """
    if entry is None:
        entry = extractions.load_pending(episode_uuid)
    if entry is None:
        return Outcome.NOT_NEEDED
    model, route = manager.next_model()
    spans = extractions.find_extraction(entry.uuid, entry.text, model)
    if on_model is not None:
        on_model(route, spans is not None)
    if spans is None:
        loaded, spans = manager.extract(
            entry.text, progress=progress, cancelled=cancelled, hints=partial(_hints, entry)
        )
        model, route = loaded.identity, loaded.route
        if on_model is not None:
            on_model(route, False)
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


def _hints(entry: PendingEntry) -> Hints:
    """Return the entry's day and its journal's names, each with the type it has most often."""
    known: dict[str, EntityType] = {}
    for entity in entities.list_entities(journal=entry.journal):
        known.setdefault(entity.name, entity.type)
    return Hints(entry.day, known)
