"""What the parts hand each other: plain, frozen records.

Offsets are code points into an entry's text as stored, half open: `text[start:end]`.
Instants are timezone-aware and in UTC; `local_date` is the writer's own day.

To make a record's class takes 0.6 ms, and there are more than thirty: one is imported when it is
first asked for, with the few others of its module.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from backend.records.calendar import CalendarYear, DayCount, Statistics, Streak, Tally
    from backend.records.completions import Completion, QueryCompletion, QueryOffer
    from backend.records.entities import (
        Companion,
        EntityPage,
        EntityProfile,
        EntitySummary,
        MonthCount,
        NameCount,
        Passage,
        PassagePage,
    )
    from backend.records.entries import EntrySummary
    from backend.records.entry import Entry
    from backend.records.history import Draft, Revision, TrashedEntry
    from backend.records.hits import SearchHit, SearchPage
    from backend.records.journals import JournalCount
    from backend.records.kinds import (
        DateFormat,
        EntityOrder,
        EntityType,
        Fallback,
        SearchOrder,
        WeekStart,
    )
    from backend.records.mentions import Entity, Mention, Span

__all__ = [
    "DEFAULT_JOURNAL",
    "CalendarYear",
    "Companion",
    "Completion",
    "DateFormat",
    "DayCount",
    "Draft",
    "Entity",
    "EntityOrder",
    "EntityPage",
    "EntityProfile",
    "EntitySummary",
    "EntityType",
    "Entry",
    "EntrySummary",
    "Fallback",
    "JournalCount",
    "Mention",
    "MonthCount",
    "NameCount",
    "Passage",
    "PassagePage",
    "QueryCompletion",
    "QueryOffer",
    "Revision",
    "SearchHit",
    "SearchOrder",
    "SearchPage",
    "Span",
    "Statistics",
    "Streak",
    "Tally",
    "TrashedEntry",
    "WeekStart",
]

DEFAULT_JOURNAL = "default"

# Record -> the module that it is in.
_MODULES: Final = {
    "CalendarYear": "calendar",
    "DayCount": "calendar",
    "Statistics": "calendar",
    "Streak": "calendar",
    "Tally": "calendar",
    "Completion": "completions",
    "QueryCompletion": "completions",
    "QueryOffer": "completions",
    "Companion": "entities",
    "EntityPage": "entities",
    "EntityProfile": "entities",
    "EntitySummary": "entities",
    "MonthCount": "entities",
    "NameCount": "entities",
    "Passage": "entities",
    "PassagePage": "entities",
    "EntrySummary": "entries",
    "Entry": "entry",
    "Draft": "history",
    "Revision": "history",
    "TrashedEntry": "history",
    "SearchHit": "hits",
    "SearchPage": "hits",
    "JournalCount": "journals",
    "DateFormat": "kinds",
    "EntityOrder": "kinds",
    "EntityType": "kinds",
    "Fallback": "kinds",
    "SearchOrder": "kinds",
    "WeekStart": "kinds",
    "Entity": "mentions",
    "Mention": "mentions",
    "Span": "mentions",
}


def __getattr__(name: str) -> object:
    """Import one of the records."""
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the names of the records."""
    return sorted({*globals(), *__all__})
