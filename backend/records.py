"""What the parts hand each other: plain, frozen records.

Offsets are code points into an entry's text as stored, half open: `text[start:end]`.
Instants are timezone-aware and in UTC; `local_date` is the writer's own day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from backend.errors import QueryError

DEFAULT_JOURNAL = "default"


class EntityType(StrEnum):
    """What a name in an entry stands for."""

    PERSON = "PERSON"
    PLACE = "PLACE"
    ORGANIZATION = "ORGANIZATION"
    ACTIVITY = "ACTIVITY"


class DateFormat(StrEnum):
    """How days are written."""

    DMY = "dmy"  # 21 Nov 2026
    MDY = "mdy"  # Nov 21, 2026
    ISO = "iso"  # 2026-11-21
    US = "us"  # 11/21/2026
    EU = "eu"  # 21.11.2026

    @property
    def month_first(self) -> bool | None:
        """Whether the month comes first in a day in figures; None if this does not tell."""
        if self in (DateFormat.US, DateFormat.MDY):
            return True
        return False if self is DateFormat.EU else None


class WeekStart(StrEnum):
    """The day with which weeks begin."""

    MONDAY = "monday"
    SUNDAY = "sunday"

    @property
    def weekday(self) -> int:
        """The number of the day, 0 for Monday."""
        return 6 if self is WeekStart.SUNDAY else 0


class Fallback(StrEnum):
    """What happens to entries while the chosen model cannot be used."""

    WAIT = "wait"
    BUILT_IN = "built-in"


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


class EntityOrder(StrEnum):
    """What a list of entities is ordered by: mentions, the last mention, or the alphabet."""

    FREQUENCY = "frequency"
    RECENCY = "recency"
    NAME = "name"


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
class EntrySummary:
    """An entry as a list shows it. `preview` is the beginning of the text on one line."""

    uuid: str
    journal: str
    title: str
    created_at: datetime
    zone: str
    local_date: date
    revision: int
    word_count: int
    preview: str
    is_read: bool


@dataclass(frozen=True, slots=True)
class TrashedEntry(EntrySummary):
    """An entry in the trash as a list shows it; `deleted_at` is when it was put there."""

    deleted_at: datetime


@dataclass(frozen=True, slots=True)
class Entry(EntrySummary):
    """An entry with its whole text, its mentions (by `start`) and the entities they name.

    `conflict` is set on the answer of an edit whose base revision was no longer the current
    one: both texts exist, the other one as the revision before this.
    """

    text: str
    mentions: tuple[Mention, ...] = ()
    entities: tuple[Entity, ...] = ()
    conflict: bool = False


@dataclass(frozen=True, slots=True)
class Revision:
    """A text that an entry has or had. `saved_at` is when it was saved as this revision."""

    entry: str
    revision: int
    saved_at: datetime
    title: str
    text: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many entries a local day holds."""

    local_date: date
    count: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What was written from the local day `first` to `last`, both included.

    `days` is the number of days with an entry.
    """

    first: date
    last: date
    entries: int
    words: int
    days: int


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """A year of days: `days` has a tally for each day with an entry, in their order.

    `first_year` and `last_year` are the years of the journal's first and last entry, None where
    it has none.
    """

    year: int
    days: tuple[Tally, ...]
    first_year: int | None
    last_year: int | None


@dataclass(frozen=True, slots=True)
class Streak:
    """Days in a row with an entry each, from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Number of days, at least 1."""
        return (self.last - self.first).days + 1


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
class Statistics:
    """What a journal amounts to, in all its time or in one `year`.

    `periods` are the years from the first entry to the last, or the twelve months of `year`,
    those without an entry too. `current` is the streak that reaches today or yesterday; None
    where there is none, or it does not reach into `year`.
    """

    year: int | None
    total: Tally | None
    longest: Streak | None
    current: Streak | None
    periods: tuple[Tally, ...]


@dataclass(frozen=True, slots=True)
class JournalCount:
    """A journal by name, how many entries it holds, and how many more of it are in the trash."""

    name: str
    count: int
    in_trash: int


class SearchOrder(StrEnum):
    """Which hits of a search come first."""

    RELEVANCE = "relevance"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class SearchHit:
    """An entry that matches a query; `highlights` are code-point ranges of `snippet`.

    `offset` is where the first of them lies in the text of the entry; None where there is none.
    """

    entry: EntrySummary
    snippet: str
    highlights: tuple[tuple[int, int], ...]
    offset: int | None = None


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Some of the hits of a search, in the order `order`.

    `total` is the number of all of them, None where there are too many to be counted.
    `unfinished` is what the end of a query that is still being typed lacks, if anything.
    """

    hits: tuple[SearchHit, ...]
    order: SearchOrder
    total: int | None
    unfinished: QueryError | None = None


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


@dataclass(frozen=True, slots=True)
class Completion:
    """A name, tag or journal that what is being typed may become.

    `text` is without a mark; `count` says how often it is used, `last` on which local day it
    was used last (None if never), `type` what a name stands for (None for tags and journals).
    """

    text: str
    count: int
    last: date | None
    type: EntityType | None = None


@dataclass(frozen=True, slots=True)
class QueryOffer:
    """What a part of a query may become: `text`, with what follows it; and what is known of it."""

    text: str
    known: Completion | None = None


@dataclass(frozen=True, slots=True)
class QueryCompletion:
    """What the code points `[start, end)` of a query may become, the likeliest first."""

    start: int
    end: int
    offers: tuple[QueryOffer, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """Text being typed and not yet saved.

    `key` is chosen by the writer's screen and names one editing session; `entry` is the uuid
    of the entry being edited (None for a new one) and `base_revision` the revision it started
    from (0 for a new one). `title` and `created_at` are None where they were not touched.
    """

    key: str
    journal: str
    entry: str | None
    base_revision: int
    text: str
    updated_at: datetime
    title: str | None = None
    created_at: datetime | None = None
