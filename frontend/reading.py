"""An entry made ready to be looked at: safe text, what is marked in it, its names by type.

Everything here is pure and may take its time in a thread.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from backend.records import Entity, EntityType, Entry
from backend.text import for_terminal, for_terminal_line
from frontend.themes import TYPE_VARIABLES
from frontend.wording import TYPE_NAMES, own_title
from frontend.wrapping import Mark, Marks


@dataclass(frozen=True, slots=True)
class Name:
    """An entity as an entry's list of names shows it.

    `here` counts its mentions in the entry, `in_all` those in the whole journal.
    """

    text: str
    here: int
    in_all: int

    @property
    def count(self) -> str:
        """ "2" where the entry holds all mentions, else "2 of 47"."""
        return f"{self.here}" if self.here >= self.in_all else f"{self.here} of {self.in_all:,}"


@dataclass(frozen=True, slots=True)
class NameGroup:
    """The names of one type in an entry, the most frequent first."""

    type: EntityType
    names: tuple[Name, ...]

    @property
    def heading(self) -> str:
        """ "People"."""
        return TYPE_NAMES[self.type]


@dataclass(frozen=True, slots=True)
class Reading:
    """An entry and how it is shown; `text` is as long as the entry's own."""

    entry: Entry
    title: str
    text: str
    marks: Marks
    groups: tuple[NameGroup, ...]


def prepare(entry: Entry) -> Reading:
    """Make `entry` ready to be shown."""
    return Reading(
        entry=entry,
        title=for_terminal_line(own_title(entry)),
        text=for_terminal(entry.text),
        marks=Marks(Mark(m.start, m.end, TYPE_VARIABLES[m.type]) for m in entry.mentions),
        groups=_group(entry),
    )


def _group(entry: Entry) -> tuple[NameGroup, ...]:
    here = Counter(mention.entity_id for mention in entry.mentions)
    by_type: dict[EntityType, list[Entity]] = {each: [] for each in TYPE_NAMES}
    for entity in entry.entities:
        by_type[entity.type].append(entity)
    groups = []
    for entity_type, entities in by_type.items():
        ranked = sorted(entities, key=lambda e: (-here[e.id], -e.count, e.name.casefold()))
        names = tuple(Name(for_terminal_line(e.name), here[e.id], e.count) for e in ranked)
        if names:
            groups.append(NameGroup(entity_type, names))
    return tuple(groups)
