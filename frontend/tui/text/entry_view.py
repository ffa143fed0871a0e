"""An entry made ready to be looked at: safe text, what is marked in it, its names by type.

Everything here may take its time in a thread.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass

from backend import find_matches, get_entry, list_journals
from backend.errors import QueryError
from backend.records import Entity, EntityType, Entry, Mention
from backend.text import for_terminal, for_terminal_line
from frontend.shared.formatting import TYPE_NAMES, own_title
from frontend.tui.text.rendered_text import ShownText

# Text up to this many code points is rendered and laid out in a few milliseconds; of a longer
# one the beginning is shown first.
_AT_ONCE = 60_000
_FIRST_PART = 20_000


@dataclass(frozen=True, slots=True)
class Name:
    """An entity as an entry's list of names shows it.

    `here` counts its mentions in the entry, `in_all` those in the whole journal. `text` is safe
    for the terminal, `stored` is what it was made of.
    """

    text: str
    here: int
    in_all: int
    entity_id: int = 0
    stored: str = ""

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
class EntryView:
    """An entry and how it is shown; `text` is as long as the entry's own.

    Attributes:
        journal: the name of its journal, "" where it is the only one.
        beginning: the Markdown of the text as shown, of a long one's beginning.
        mentions: in the order of the text; where one lies in another, the outer one first.
    """

    entry: Entry
    title: str
    journal: str
    text: str
    beginning: ShownText
    mentions: tuple[Mention, ...]
    groups: tuple[NameGroup, ...]

    @property
    def is_short(self) -> bool:
        """Whether `beginning` is all of it."""
        return len(self.text) <= _AT_ONCE


def read(uuid: str) -> EntryView:
    """Return the entry `uuid` ready to be shown; blocks.

    Raises:
        NotFoundError: there is no such entry.
        StorageError: the journal cannot be read.
    """
    entry = get_entry(uuid)
    return prepare(entry, journal=entry.journal if len(list_journals()) > 1 else "")


def load_found(uuid: str, query: str) -> tuple[EntryView, tuple[tuple[int, int], ...]]:
    """Return the entry `uuid`, and where in its text stands what was searched for; blocks.

    Args:
        query: what was typed, perhaps not to its end; "" if nothing was searched for.

    Raises:
        As `read`.
    """
    places: tuple[tuple[int, int], ...] = ()
    if query:
        # It names a journal that was renamed since: there is nothing to mark.
        with contextlib.suppress(QueryError):
            places = find_matches(uuid, query, as_typed=True)
    return read(uuid), places


def prepare(entry: Entry, *, journal: str = "") -> EntryView:
    """Make `entry` ready to be shown, with the name of its journal if that is to be seen."""
    # The first paint can do without it.
    from frontend.tui.text.markdown import render  # noqa: PLC0415

    text = for_terminal(entry.text)
    return EntryView(
        entry=entry,
        title=for_terminal_line(own_title(entry)),
        journal=for_terminal_line(journal),
        text=text,
        beginning=render(beginning(text)),
        mentions=tuple(sorted(entry.mentions, key=lambda m: (m.start, -m.end))),
        groups=_group(entry),
    )


def beginning(text: str) -> str:
    """All of a text, or of a long one as much as is shown first, to the end of a line if it has
    one there."""
    if len(text) <= _AT_ONCE:
        return text
    end = text.rfind("\n", _FIRST_PART // 2, _FIRST_PART)
    return text[: _FIRST_PART if end < 0 else end]


def _group(entry: Entry) -> tuple[NameGroup, ...]:
    here = Counter(mention.entity_id for mention in entry.mentions)
    by_type: dict[EntityType, list[Entity]] = {each: [] for each in TYPE_NAMES}
    for entity in entry.entities:
        by_type[entity.type].append(entity)
    groups = []
    for entity_type, entities in by_type.items():
        ranked = sorted(entities, key=lambda e: (-here[e.id], -e.count, e.name.casefold()))
        names = tuple(
            Name(for_terminal_line(e.name), here[e.id], e.count, e.id, e.name) for e in ranked
        )
        if names:
            groups.append(NameGroup(entity_type, names))
    return tuple(groups)
