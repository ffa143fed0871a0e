"""What a search finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backend.errors import QueryError
    from backend.records.entries import EntrySummary
    from backend.records.kinds import SearchOrder


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
