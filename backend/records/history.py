"""What an entry was, what was deleted, and what is not saved yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend.records.entries import EntrySummary

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class TrashedEntry(EntrySummary):
    """An entry in the trash as a list shows it; `deleted_at` is when it was put there."""

    deleted_at: datetime


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
