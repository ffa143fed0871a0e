"""Which model reads an entry. One rule:

The model that `CHARLIE_MODEL` names, else the one the user chose, else the built-in one. If that
one cannot be loaded or reached, entries wait for it, unless the user said that the built-in one
is to read them meanwhile; then what it read is read again by the chosen one when that is back.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from backend import locations, settings
from backend.database.preferences import get_preference
from backend.errors import CharlieError, ModelError, UsageError
from backend.inference.catalog import BUILT_IN, ModelSpec, resolve

#: The user's choice of a model, a name that `catalog.resolve` knows.
MODEL_PREFERENCE: Final = "model"
FALLBACK_PREFERENCE: Final = "fallback"

#: Seconds for which a model that failed is not tried again.
RETRY_INTERVAL: Final = 30.0


class Fallback(StrEnum):
    """What happens to entries while the chosen model cannot be used."""

    WAIT = "wait"
    BUILT_IN = "built-in"


@dataclass(frozen=True, slots=True)
class Route:
    """The model to read with; `instead_of` is the chosen one's name where it is not that one."""

    spec: ModelSpec
    instead_of: str | None = None


def chosen_name() -> str:
    """The name of the model that the user wants to read with."""
    if settings.MODEL_OVERRIDE:
        return settings.MODEL_OVERRIDE
    # Asking a journal that does not exist would create it.
    if not locations.database_path().exists():
        return BUILT_IN
    return str(get_preference(MODEL_PREFERENCE) or BUILT_IN)


def fallback() -> Fallback:
    """What the user said of a chosen model that cannot be used."""
    if not locations.database_path().exists():
        return Fallback.WAIT
    kept = get_preference(FALLBACK_PREFERENCE)
    return Fallback(kept) if kept in set(Fallback) else Fallback.WAIT


class Router:
    """The rule, with a memory of what failed a moment ago.

    Without it every entry would wait for the time-out of a server that is down.
    """

    def __init__(self) -> None:
        self._failed: str | None = None
        self._error: CharlieError | None = None
        self._retry_at = 0.0

    def route(self) -> Route:
        """The model to read the next entry with.

        Raises:
            UsageError, ModelError: there is no such model, or it failed within the last
                `RETRY_INTERVAL` seconds; and entries are to wait.
        """
        name = chosen_name()
        if self._error and self._failed == name and time.monotonic() < self._retry_at:
            return _detour(name, self._error)
        try:
            return Route(resolve(name))
        except (UsageError, ModelError) as error:
            return _detour(name, error)

    def failed(self, route: Route, error: CharlieError) -> Route:
        """The model of a route could not be loaded or reached: what to read with instead.

        Raises:
            CharlieError: `error`, where entries are to wait.
        """
        if route.instead_of is not None:
            raise error
        self._failed, self._error = chosen_name(), error
        self._retry_at = time.monotonic() + RETRY_INTERVAL
        return _detour(self._failed, error)

    def worked(self, route: Route) -> None:
        """The model of a route has read an entry; the chosen one is tried at once the next time."""
        if route.instead_of is None:
            self.forget()

    def forget(self) -> None:
        """Try the chosen model at once, whatever happened."""
        self._failed = self._error = None


def _detour(name: str, error: CharlieError) -> Route:
    """The built-in model in the place of the one called `name`, or `error` if that may not be."""
    if name == BUILT_IN or fallback() is Fallback.WAIT:
        raise error
    return Route(resolve(BUILT_IN), instead_of=name)
