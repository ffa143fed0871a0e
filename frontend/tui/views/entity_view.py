"""An entity made ready to be looked at: who it is, when, with whom.

Everything here is pure or reads the journal, and is called in a thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from rich.cells import cell_len

from backend import (
    count_months,
    get_entity,
    list_companions,
    list_passages,
    locate_passage,
)
from backend.records import Companion, EntityProfile, MonthCount, Passage
from backend.text import for_terminal_line
from frontend.shared.formatting import SINGLE_NAMES, counted, short_date, short_month
from frontend.shared.sparkline import describe_months, draw_months
from frontend.tui.routes import EntityRoute
from frontend.tui.text.wrapping import fit
from frontend.tui.themes import TYPE_VARIABLES

#: A piece of a line: its text and the component class that styles it ("" for none).
Piece = tuple[str, str]

#: How many of those that appear with an entity are listed.
MOST_COMPANIONS = 1_000


@dataclass(frozen=True, slots=True)
class EntityView:
    """What the journal knows of an entity, in the entries that mention `along` as well."""

    entity: EntityProfile
    along: tuple[EntityProfile, ...]
    months: tuple[MonthCount, ...]
    companions: tuple[Companion, ...]

    @property
    def ids(self) -> tuple[int, ...]:
        """One id of each, as `EntityRoute` has them."""
        return (self.entity.ids[0], *(each.ids[0] for each in self.along))


@dataclass(frozen=True, slots=True)
class Passages:
    """The passages of an entity view, as the source of a list."""

    ids: tuple[int, ...]
    along: tuple[tuple[int, ...], ...]
    is_oldest_first: bool

    def page(self, offset: int, limit: int) -> tuple[int, Sequence[Passage]]:
        """How many there are, and at most `limit` of them from position `offset` on."""
        found = list_passages(
            self.ids,
            along=self.along,
            newest_first=not self.is_oldest_first,
            limit=limit,
            offset=offset,
        )
        return found.total, found.passages

    def locate(self, row: Passage) -> int | None:
        """Return the position of a passage."""
        return self.find(row.entry.uuid, row.start)

    def find(self, uuid: str, start: int) -> int | None:
        """Return the position of the passage of an entry nearest to an offset of its text."""
        return locate_passage(
            self.ids, uuid, start, along=self.along, newest_first=not self.is_oldest_first
        )


def load_entity_view(route: EntityRoute, journal: str | None = None) -> EntityView | None:
    """Look at an entity; None if nothing mentions it any more. Blocks.

    Of `route.entity_ids`, those that are gone narrow nothing, and those that are the same entity
    in another journal are taken for the same. With `journal`, what other journals say of it is
    left out, unless it is one of theirs that is looked at.

    Raises:
        StorageError: the journal cannot be read.
    """
    entity = get_entity(route.entity_ids[:1], name=route.name, journal=journal)
    if entity is None:
        return None
    along: list[EntityProfile] = []
    for each in route.entity_ids[1:]:
        other = get_entity([each], journal=journal)
        if other is not None and other.ids not in (entity.ids, *(known.ids for known in along)):
            along.append(other)
    groups = [other.ids for other in along]
    return EntityView(
        entity,
        tuple(along),
        tuple(count_months(entity.ids, along=groups)),
        tuple(list_companions(entity.ids, along=groups, limit=MOST_COMPANIONS)),
    )


def passages_of(entity_view: EntityView, *, is_oldest_first: bool) -> Passages:
    """Return the passages that belong to an entity view."""
    return Passages(
        entity_view.entity.ids, tuple(other.ids for other in entity_view.along), is_oldest_first
    )


def head_lines(entity_view: EntityView, width: int) -> list[list[Piece]]:
    """Return the lines over the page, each of pieces of text and their component classes.

    Name and narrowing, what it is, other spellings, first and last mention, the months as a line
    and in words.
    """
    entity = entity_view.entity
    quiet = partial(_line, width=width, style="head--quiet")
    kind = SINGLE_NAMES[entity.type].capitalize()
    mentions = counted(entity.count, "mention")
    entries = counted(entity.entries, "entry", "entries")
    lines = [_title(entity_view, width), quiet((f"{kind} · {mentions} in {entries}",))]
    if entity.first is not None and entity.last is not None:
        first, last = short_date(entity.first), short_date(entity.last)
        lines.append(quiet((f"First {first} · last {last}", f"{first} – {last}")))
    if entity.aliases:
        lines.append(quiet((f"Also written {for_terminal_line(', '.join(entity.aliases))}",)))
    lines += _months(entity_view.months, width)
    return lines


def _title(entity_view: EntityView, width: int) -> list[Piece]:
    entity = entity_view.entity
    line: list[Piece] = []
    room = width
    for number, each in enumerate((entity, *entity_view.along)):
        name = fit(for_terminal_line(each.name), room - 3 * bool(number))
        if not name:
            break
        if number:
            line.append((" + ", "head--quiet"))
            room -= 3
        line.append((name, f"head--{TYPE_VARIABLES[each.type]}"))
        room -= cell_len(name)
    return line


def _months(months: Sequence[MonthCount], width: int) -> list[list[Piece]]:
    if not months:
        return []
    first, last = f"{short_month(months[0].month)} ", f" {short_month(months[-1].month)}"
    drawn = draw_months(months, width - cell_len(first + last))
    if drawn is None:
        return []
    span = f" A mark is {drawn.span} months." if drawn.span > 1 else ""
    words = describe_months(months)
    return [
        [(first, "head--quiet"), (drawn.line, "head--bars"), (last, "head--quiet")],
        _line((words + span, words), width=width, style="head--quiet"),
    ]


def _line(forms: Sequence[str], *, width: int, style: str) -> list[Piece]:
    """Return the fullest of some forms that `width` cells hold, else the beginning of the last."""
    form = next((form for form in forms if cell_len(form) <= width), forms[-1])
    return [(fit(form, width), style)]
