"""What something that is being typed may become."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from backend.records.kinds import EntityType


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
