"""What the journal knows that may help to extract an entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from backend.records import EntityType


@dataclass(frozen=True, slots=True)
class Hints:
    """The day an entry was written, as the model is told it, and names of its journal."""

    date: str = ""
    known: Mapping[str, EntityType] = field(default_factory=dict)


#: Returns the hints of one text; called by an extractor that takes hints.
AskHints = Callable[[], Hints]
