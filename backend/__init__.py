"""What an interface of Charlie may call: the journal's API.

Everything here blocks (SQLite, and Redis where the docstring says so) except
`add_journal_entry`: a screen calls it from a thread, never on its event loop. What writes tells
the worker and other screens of it, too; see `backend.journal`.

A name is imported when it is first asked for, because `charlie list` must not wait for what
`charlie stats` needs.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final

from backend.records import DEFAULT_JOURNAL

if TYPE_CHECKING:
    from datetime import datetime

    from backend.database.insights.calendar import (
        get_calendar,
        get_statistics,
        list_day_entries,
        list_frequent_names,
        list_frequent_names_by_year,
        list_on_this_day,
    )
    from backend.database.insights.cooccurrence import (
        count_months,
        get_entity_mentions,
        list_companions,
    )
    from backend.database.insights.entities import (
        browse_entities,
        find_entities,
        get_entity,
        list_entities,
        locate_entity,
    )
    from backend.database.journal.drafts import (
        discard_draft,
        list_drafts,
        rename_draft,
        save_draft,
    )
    from backend.database.journal.entries import get_entry
    from backend.database.journal.journals import count_journals, find_journal, list_journals
    from backend.database.journal.listing import (
        count_entries,
        list_days,
        list_entries,
        list_trash,
        locate_entry,
    )
    from backend.database.journal.preferences import (
        get_preference,
        get_preferences,
        set_preference,
        set_preferences,
    )
    from backend.database.journal.revisions import get_revision, list_revisions
    from backend.database.search.completion import (
        complete_journals,
        complete_names,
        complete_query,
        complete_tags,
    )
    from backend.database.search.hints import explain_nothing
    from backend.database.search.query import names_journal
    from backend.database.search.search import (
        RANKED_MATCHES,
        find_matches,
        search_entries,
        search_page,
    )
    from backend.database.sqlite.connection import is_migrating, one_moment
    from backend.graph.passages import list_passages, locate_passage
    from backend.journal import (
        add_entry,
        create_journal,
        delete_entry,
        delete_journal,
        edit_entry,
        empty_trash,
        move_entry,
        purge_entry,
        rename_journal,
        restore_entry,
        restore_revision,
    )

__all__ = [
    "RANKED_MATCHES",
    "add_entry",
    "add_journal_entry",
    "browse_entities",
    "complete_journals",
    "complete_names",
    "complete_query",
    "complete_tags",
    "count_entries",
    "count_journals",
    "count_months",
    "create_journal",
    "delete_entry",
    "delete_journal",
    "discard_draft",
    "edit_entry",
    "empty_trash",
    "explain_nothing",
    "find_entities",
    "find_journal",
    "find_matches",
    "get_calendar",
    "get_entity",
    "get_entity_mentions",
    "get_entry",
    "get_preference",
    "get_preferences",
    "get_revision",
    "get_statistics",
    "is_migrating",
    "list_companions",
    "list_day_entries",
    "list_days",
    "list_drafts",
    "list_entities",
    "list_entries",
    "list_frequent_names",
    "list_frequent_names_by_year",
    "list_journals",
    "list_on_this_day",
    "list_passages",
    "list_revisions",
    "list_trash",
    "locate_entity",
    "locate_entry",
    "locate_passage",
    "move_entry",
    "names_journal",
    "one_moment",
    "purge_entry",
    "rename_draft",
    "rename_journal",
    "restore_entry",
    "restore_revision",
    "save_draft",
    "search_entries",
    "search_page",
    "set_preference",
    "set_preferences",
]

# Module -> the names that come from it.
_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "backend.database.insights.calendar": (
        "get_calendar",
        "get_statistics",
        "list_day_entries",
        "list_frequent_names",
        "list_frequent_names_by_year",
        "list_on_this_day",
    ),
    "backend.database.insights.cooccurrence": (
        "count_months",
        "get_entity_mentions",
        "list_companions",
    ),
    "backend.database.insights.entities": (
        "browse_entities",
        "find_entities",
        "get_entity",
        "list_entities",
        "locate_entity",
    ),
    "backend.database.journal.drafts": (
        "discard_draft",
        "list_drafts",
        "rename_draft",
        "save_draft",
    ),
    "backend.database.journal.entries": ("get_entry",),
    "backend.database.journal.journals": (
        "count_journals",
        "find_journal",
        "list_journals",
    ),
    "backend.database.journal.listing": (
        "count_entries",
        "list_days",
        "list_entries",
        "list_trash",
        "locate_entry",
    ),
    "backend.database.journal.preferences": (
        "get_preference",
        "get_preferences",
        "set_preference",
        "set_preferences",
    ),
    "backend.database.journal.revisions": (
        "get_revision",
        "list_revisions",
    ),
    "backend.database.search.completion": (
        "complete_journals",
        "complete_names",
        "complete_query",
        "complete_tags",
    ),
    "backend.database.search.hints": ("explain_nothing",),
    "backend.database.search.query": ("names_journal",),
    "backend.database.search.search": (
        "RANKED_MATCHES",
        "find_matches",
        "search_entries",
        "search_page",
    ),
    "backend.database.sqlite.connection": ("is_migrating", "one_moment"),
    "backend.graph.passages": (
        "list_passages",
        "locate_passage",
    ),
    "backend.journal": (
        "add_entry",
        "create_journal",
        "delete_entry",
        "delete_journal",
        "edit_entry",
        "empty_trash",
        "move_entry",
        "purge_entry",
        "rename_journal",
        "restore_entry",
        "restore_revision",
    ),
}
_MODULES: Final = {name: module for module, names in _NAMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Import one of the names of the API."""
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(module), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the names of the API and of the package."""
    return sorted({*globals(), *__all__})


async def add_journal_entry(
    content: str,
    *,
    journal: str = DEFAULT_JOURNAL,
    title: str = "",
    reference_time: datetime | None = None,
    zone: str | None = None,
) -> str:
    """Save an entry, ask for it to be read, and return its uuid.

    When this returns the entry is on disk. That Redis cannot be reached is logged and costs
    nothing but time: the worker finds the entry in SQLite.

    Args:
        content: the text, stored exactly as given.
        journal: name of the journal; created if it does not exist.
        title: shown instead of the first line if not empty.
        reference_time: the instant the entry is about (timezone-aware); now if None.
        zone: IANA zone it was written in; this machine's if None.

    Raises:
        EmptyEntryError: there is nothing to save.
        StorageError: it could not be written; nothing was.
    """
    # asyncio takes 40 ms to import; a caller that awaits this has paid for it already.
    import asyncio

    from backend.journal import add_and_enqueue

    entry = await asyncio.to_thread(
        add_and_enqueue,
        content,
        journal=journal,
        title=title,
        created_at=reference_time,
        zone=zone,
    )
    return entry.uuid
