"""Entities as lists and pages of them show them, and what is around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from backend.records.entries import EntrySummary
    from backend.records.kinds import EntityType


@dataclass(frozen=True, slots=True)
class EntitySummary:
    """An entity as a list shows it; those of one name and type in several journals are one.

    `ids` are those of its entities, the most mentioned first; `count`, `first` and `last` are
    as in `Entity`, over all of them.
    """

    ids: tuple[int, ...]
    name: str
    type: EntityType
    count: int
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class EntityProfile(EntitySummary):
    """An entity with its other spellings, and the number of entries that mention it."""

    aliases: tuple[str, ...]
    entries: int


@dataclass(frozen=True, slots=True)
class EntityPage:
    """A part of a list of entities; `counts` tells how many of each type the whole list has."""

    counts: Mapping[EntityType, int]
    entities: tuple[EntitySummary, ...]


@dataclass(frozen=True, slots=True)
class Companion:
    """An entity that appears with others; `together` counts the entries all of them are in."""

    ids: tuple[int, ...]
    name: str
    type: EntityType
    together: int


@dataclass(frozen=True, slots=True)
class MonthCount:
    """How many mentions a month holds; `month` is its first day."""

    month: date
    count: int


@dataclass(frozen=True, slots=True)
class NameCount:
    """How often a name was written in some time.

    `entity_ids` are the entities behind it, one in each journal that has it, the most mentioned
    first.
    """

    name: str
    type: EntityType
    count: int
    entity_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """The sentence around a mention, on one line of its own, cut where it is very long.

    `highlights` are the code-point ranges of `text` that are mentions; `start` and `end` those
    of the first mention in the text of the entry.
    """

    entry: EntrySummary
    start: int
    end: int
    text: str
    highlights: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class PassagePage:
    """A part of a list of passages; `total` is the number in the whole list."""

    total: int
    passages: tuple[Passage, ...]
