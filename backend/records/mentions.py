"""Where a text names something, and what it names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from backend.records.kinds import EntityType


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text that a model takes for a name. `confidence` is in 0..1."""

    start: int
    end: int
    type: EntityType
    confidence: float


@dataclass(frozen=True, slots=True)
class Mention:
    """A span of one entry, resolved to the entity `name` of type `type`.

    `model` is the name of the model that found it, None where that was not kept.
    """

    entry: str
    start: int
    end: int
    text: str
    confidence: float
    entity_id: int
    name: str
    type: EntityType
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    """One person, place, organisation or activity of one journal.

    `count` is the number of mentions in entries that are not in the trash; `first` and
    `last` are the local dates of the first and last entry that mentions it (None if none does).
    """

    id: int
    journal: str
    name: str
    type: EntityType
    aliases: tuple[str, ...]
    count: int
    first: date | None
    last: date | None
