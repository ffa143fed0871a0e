"""Who waits for an answer: is told how far it is, and asked whether to stop.

Between the one who waits and the model stand DSPy's calls, which pass neither on; so both travel
in a context variable, seen by everything that runs in the same thread's `with watched(…)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import NoReturn

from backend.errors import TaggingCancelledError


@dataclass(frozen=True, slots=True)
class Watch:
    """`progress` takes the share of an answer's work that is done, 0 to 1; both may be called
    from any thread, often, and must be quick.
    """

    progress: Callable[[float], None]
    cancelled: Callable[[], bool]


_NOBODY = Watch(lambda _share: None, lambda: False)
_current: ContextVar[Watch] = ContextVar("charlie_watch", default=_NOBODY)


def current() -> Watch:
    """Return the one who waits here."""
    return _current.get()


@contextmanager
def watched(
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Iterator[None]:
    """Have these two watch what is asked of a model inside."""
    token = _current.set(Watch(progress or _NOBODY.progress, cancelled or _NOBODY.cancelled))
    try:
        yield
    finally:
        _current.reset(token)


def stop() -> NoReturn:
    """Raise what says that the one who waits wanted to stop."""
    raise TaggingCancelledError("Reading was stopped.", safe="Nothing was changed.")
