"""What the journal knows that may help to read an entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from backend.records import EntityType


@dataclass(frozen=True, slots=True)
class Hints:
    """The day an entry was written, as the model is to read it, and names of its journal."""

    date: str = ""
    known: Mapping[str, EntityType] = field(default_factory=dict)


#: Asked for the hints of one text, by a reader that can make use of any.
AskHints = Callable[[], Hints]
