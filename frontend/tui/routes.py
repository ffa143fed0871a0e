"""Where one can be in a journal, and come back to.

A place names what is looked at and how far one was: the screen that shows it can be made from
it again. Places are plain values; `frontend.tui.app.history` keeps them in the order of the walk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final

from backend.records import EntityOrder, EntityType


@dataclass(frozen=True, slots=True)
class Route:
    """Base of all places.

    Attributes:
        SCREEN: "module:Class" below `frontend.tui.screens` of the screen that shows such places;
            "" for home, which is always there.
    """

    SCREEN: ClassVar[str] = ""

    @property
    def label(self) -> str:
        """Return what the history calls it; not sanitised."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class JournalRoute(Route):
    """The list of entries: at the entry `uuid`, else at the newest one of `day` or before it."""

    uuid: str | None = None
    day: date | None = None

    @property
    def label(self) -> str:
        """ "Journal"."""
        return "Journal"


@dataclass(frozen=True, slots=True)
class EntryRoute(Route):
    """An entry being read, at the code point `offset` of its text if that is given.

    `name` is its title or beginning, `query` the search that led to it.
    """

    uuid: str
    offset: int | None = None
    name: str = "entry"
    query: str = ""

    @property
    def label(self) -> str:
        """The entry's name."""
        return self.name


@dataclass(frozen=True, slots=True)
class SearchRoute(Route):
    """A search; `position` is that of the chosen hit, `newest` whether those come first.

    It looks in the journal that is shown, or in all if `is_everywhere`.
    """

    SCREEN: ClassVar[str] = "search:SearchScreen"

    query: str = ""
    position: int = 0
    newest: bool = False
    is_everywhere: bool = False

    @property
    def label(self) -> str:
        """What was searched for."""
        return f"/{self.query}" if self.query else "Search"


@dataclass(frozen=True, slots=True)
class EntityRoute(Route):
    """The page of the first of `entity_ids`, narrowed to where the others appear too.

    `name` is that of the first one. `passage` is where the chosen passage begins: the uuid of
    its entry and an offset. `companion` is the one chosen among those that appear with them,
    None where one is among the passages.
    """

    SCREEN: ClassVar[str] = "entity:EntityScreen"

    entity_ids: tuple[int, ...]
    name: str
    passage: tuple[str, int] | None = None
    is_oldest_first: bool = False
    companion: int | None = None

    @property
    def label(self) -> str:
        """The entity's name."""
        return self.name


@dataclass(frozen=True, slots=True)
class CalendarRoute(Route):
    """A year of days with `day` chosen, today if none is given."""

    SCREEN: ClassVar[str] = "calendar:CalendarScreen"

    day: date | None = None

    @property
    def label(self) -> str:
        """ "Calendar"."""
        return "Calendar"


@dataclass(frozen=True, slots=True)
class OnThisDayRoute(Route):
    """What was written on `day` (today if none is given) in earlier years.

    `uuid` is the chosen entry, None for the first.
    """

    SCREEN: ClassVar[str] = "on_this_day:OnThisDayScreen"

    day: date | None = None
    uuid: str | None = None

    @property
    def label(self) -> str:
        """ "On this day"."""
        return "On this day"


@dataclass(frozen=True, slots=True)
class StatisticsRoute(Route):
    """What the journal amounts to, in all or in `year`; `row` is the chosen row."""

    SCREEN: ClassVar[str] = "statistics:StatisticsScreen"

    year: int | None = None
    row: int = 0

    @property
    def label(self) -> str:
        """ "Statistics", "Statistics of 2024"."""
        return f"Statistics of {self.year}" if self.year else "Statistics"


@dataclass(frozen=True, slots=True)
class WorkRoute(Route):
    """What Charlie is doing; `key` is that of the chosen row, `pane` the one that has the keys."""

    SCREEN: ClassVar[str] = "work:WorkScreen"

    key: str = ""
    pane: int = 0

    @property
    def label(self) -> str:
        """ "Work"."""
        return "Work"


@dataclass(frozen=True, slots=True)
class ExploreRoute(Route):
    """All names, as far as they fit what was typed; `entity_ids` are those of the chosen one."""

    SCREEN: ClassVar[str] = "explore:ExploreScreen"

    typed: str = ""
    type: EntityType | None = None
    order: EntityOrder = EntityOrder.FREQUENCY
    is_new: bool = False
    entity_ids: tuple[int, ...] = ()

    @property
    def label(self) -> str:
        """ "Names"."""
        return "Names"


@dataclass(frozen=True, slots=True)
class HistoryRoute(Route):
    """The texts that an entry had; `name` is its title or beginning.

    `revision` is the chosen one (0 for the newest), `base` the one it is compared with (0 for the
    one before it); `is_whole` whether the whole text is shown rather than what changed.
    """

    SCREEN: ClassVar[str] = "history:HistoryScreen"

    uuid: str
    name: str
    revision: int = 0
    base: int = 0
    is_whole: bool = False

    @property
    def label(self) -> str:
        """ "History of “Rain”"."""
        return f"History of {self.name}"


@dataclass(frozen=True, slots=True)
class TrashRoute(Route):
    """The deleted entries; `uuid` is the chosen one, None for the one deleted last."""

    SCREEN: ClassVar[str] = "trash:TrashScreen"

    uuid: str | None = None

    @property
    def label(self) -> str:
        """ "Trash"."""
        return "Trash"


#: What a key, the palette and the command line call the places one can go to from anywhere.
ROUTES: Final[dict[str, Callable[[], Route]]] = {
    "search": SearchRoute,
    "explore": ExploreRoute,
    "calendar": CalendarRoute,
    "on-this-day": OnThisDayRoute,
    "stats": StatisticsRoute,
    "work": WorkRoute,
    "trash": TrashRoute,
}
