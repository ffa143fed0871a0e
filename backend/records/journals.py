"""Journals as a list shows them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class JournalCount:
    """A journal by name, how many entries it holds, and how many more of it are in the trash."""

    name: str
    count: int
    in_trash: int
