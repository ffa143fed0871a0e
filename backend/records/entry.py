"""An entry as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend.records.entries import EntrySummary

if TYPE_CHECKING:
    from backend.records.mentions import Entity, Mention


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
