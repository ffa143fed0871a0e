"""What a face of Charlie may call: the journal's API.

Everything here blocks (SQLite, and Redis where the docstring says so) except
`add_journal_entry`: a screen calls it from a thread, never on its event loop. Functions that
read and write entries touch SQLite alone; those under "work" talk to Redis and import it when
first called, because redis-py takes 95 ms to import and a command that only writes or reads
entries has no use for it.
"""

from __future__ import annotations

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
from backend.database.journal.drafts import discard_draft, list_drafts, rename_draft, save_draft
from backend.database.journal.entries import (
    add_entry,
    count_entries,
    delete_entry,
    edit_entry,
    get_entry,
    list_days,
    list_entries,
    list_journals,
    list_trash,
    locate_entry,
    move_entry,
    restore_entry,
)
from backend.database.journal.journals import (
    count_journals,
    create_journal,
    delete_journal,
    find_journal,
    rename_journal,
)
from backend.database.journal.preferences import (
    get_preference,
    get_preferences,
    set_preference,
    set_preferences,
)
from backend.database.journal.revisions import get_revision, list_revisions, restore_revision
from backend.database.journal.trash import empty_trash, purge_entry
from backend.database.redis.pubsub import ring
from backend.database.search.completion import (
    complete_journals,
    complete_names,
    complete_query,
    complete_tags,
)
from backend.database.search.query import names_journal
from backend.database.search.search import (
    RANKED_MATCHES,
    find_matches,
    search_entries,
    search_page,
)
from backend.database.sqlite.connection import is_migrating, one_moment
from backend.graph.passages import list_passages, locate_passage
from backend.records import DEFAULT_JOURNAL

__all__ = [
    "RANKED_MATCHES",
    "add_entry",
    "add_journal_entry",
    "announce_entry",
    "announce_journals",
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
    "request_reading",
    "restore_entry",
    "restore_revision",
    "save_draft",
    "search_entries",
    "search_page",
    "set_preference",
    "set_preferences",
]


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
    # asyncio takes 40 ms to import; whoever awaits this has paid for it already.
    import asyncio

    entry = await asyncio.to_thread(
        add_entry, content, journal=journal, title=title, created_at=reference_time, zone=zone
    )
    await asyncio.to_thread(request_reading, entry.uuid, entry.journal)
    return entry.uuid


def request_reading(uuid: str, journal: str) -> bool:
    """Put an entry that was just saved at the head of the worker's queue; False if Redis is away.

    Starts the embedded Redis if it does not run. Never raises: the entry is safe in SQLite and
    the worker's next sweep finds it there.
    """
    # huey and redis take 105 ms to import; `charlie list` must not pay for them.
    from backend.services.supervision.scheduling import schedule_entry

    return schedule_entry(uuid, journal)


def announce_entry(uuid: str, journal: str) -> None:
    """Tell a running Charlie that an entry was saved, changed, deleted or restored.

    The command line's way of asking for a reading: it starts nothing, takes no Redis import and
    is done in a millisecond. Where no Charlie runs, the next one finds the entry in SQLite.
    """
    ring("entry.saved", entry=uuid, journal=journal)


def announce_journals() -> None:
    """Tell a running Charlie that a journal was made, renamed or deleted; like `announce_entry`."""
    ring("wake")
