"""An entry as a list shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime


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
    is_extracted: bool
