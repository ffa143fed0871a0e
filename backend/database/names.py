"""Names as the user looks for them: filtered while typing, in the order of the alphabet."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import apsw

from backend import text as texts

# Names that are kept folded, a few megabytes: they are looked through at every key.
_KEPT = 65_536

# Connections that know our functions.
_prepared: weakref.WeakSet[apsw.Connection] = weakref.WeakSet()


def prepare(db: apsw.Connection) -> None:
    """Teach a connection `folded(name)` and `name_fit(name, typed)`, for use in SQL."""
    if db not in _prepared:
        # What SQLite hands over is text in both cases; the stubs of apsw cannot know.
        functions: dict[str, tuple[Callable[..., Any], int]] = {
            "folded": (folded, 1),
            "name_fit": (fit, 2),
        }
        for name, (function, arguments) in functions.items():
            db.create_scalar_function(name, function, arguments, deterministic=True)
        _prepared.add(db)


@lru_cache(_KEPT)
def folded(name: str) -> str:
    """`name` as it is looked for, and as it is sorted."""
    return texts.fold(name)


def fit(name: str, typed: str) -> int:
    """How well `name` fits the folded words that were `typed`.

    2 if each begins a word of it, 1 if each occurs in it, else 0.
    """
    words = f" {folded(name)}"
    wanted = typed.split(" ")
    if all(f" {word}" in words for word in wanted):
        return 2
    return int(all(word in words for word in wanted))
