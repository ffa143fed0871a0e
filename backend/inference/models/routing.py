"""Which model extracts an entry. One rule:

The model that `CHARLIE_MODEL` names, else the one the user chose, else the built-in one. If that
one cannot be loaded or reached, entries wait for it, unless the user lets the built-in one
extract them meanwhile; then they are extracted again by the chosen one when that is back.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from backend import locations, preferences, settings
from backend.database.journal.preferences import get_preference
from backend.errors import CharlieError, ModelError, ModelUnavailableError, UsageError
from backend.inference.models.catalog import BUILT_IN, ModelSpec, resolve
from backend.records import Fallback

#: Seconds for which a model that failed is not tried again.
RETRY_INTERVAL: Final = 30.0
#: The same for a server that is away or busy and does not say how long: at first, then doubled
#: with each failure up to `RETRY_INTERVAL`.
FIRST_RETRY_INTERVAL: Final = 1.0


@dataclass(frozen=True, slots=True)
class Route:
    """The model to use; `instead_of` is the chosen one's name where it is not that one."""

    spec: ModelSpec
    instead_of: str | None = None


def chosen_name() -> str:
    """Return the name of the model that the user chose."""
    if settings.MODEL_OVERRIDE:
        return settings.MODEL_OVERRIDE
    # Asking a journal that does not exist would create it.
    if not locations.database_path().exists():
        return BUILT_IN
    return get_preference(preferences.MODEL)


def fallback() -> Fallback:
    """Return what the user wants while the chosen model cannot be used."""
    if not locations.database_path().exists():
        return preferences.FALLBACK.default
    return get_preference(preferences.FALLBACK)


def parallel() -> int:
    """Return how many entries the user lets an endpoint extract at once."""
    if not locations.database_path().exists():
        return preferences.PARALLEL.default
    return get_preference(preferences.PARALLEL)


class Router:
    """The rule, with a memory of what failed a moment ago.

    Without it every entry would wait for the time-out of a server that is down.
    """

    def __init__(self) -> None:
        self._failed: str | None = None
        self._error: CharlieError | None = None
        self._retry_at = 0.0
        self._interval = 0.0

    def route(self) -> Route:
        """Return the model for the next entry.

        Raises:
            UsageError, ModelError: there is no such model, or it failed a moment ago; and
                entries are to wait.
        """
        name, error = chosen_name(), self._error
        if error and self._failed == name and time.monotonic() < self._retry_at:
            return _detour(name, error)
        try:
            return Route(resolve(name))
        except (UsageError, ModelError) as unusable:
            return _detour(name, unusable)

    def failed(self, route: Route, error: CharlieError) -> Route:
        """Note that a route's model could not be loaded or reached; return what takes its place.

        Raises:
            CharlieError: `error`, where entries are to wait.
        """
        if route.instead_of is not None:
            raise error
        name, now = chosen_name(), time.monotonic()
        if self._failed != name:
            self.forget()
        # Several requests that fail together are one failure.
        if now >= self._retry_at:
            self._interval = min(max(2 * self._interval, FIRST_RETRY_INTERVAL), RETRY_INTERVAL)
        rest = RETRY_INTERVAL
        if isinstance(error, ModelUnavailableError):
            rest = self._interval
            if error.retry_after is not None:
                rest = max(error.retry_after, FIRST_RETRY_INTERVAL)
        self._failed, self._error = name, error
        self._retry_at = max(self._retry_at, now + rest)
        return _detour(self._failed, error)

    def worked(self, route: Route) -> None:
        """Note that a route's model has extracted an entry; the chosen one is tried again at once.

        Unless another entry's request has failed meanwhile: a server that asks to be left alone
        may still answer what it took before.
        """
        if route.instead_of is None and time.monotonic() >= self._retry_at:
            self.forget()

    def retry_at(self) -> float | None:
        """When the chosen model is tried again (`time.monotonic`); None if it has not failed."""
        return self._retry_at if self._error else None

    def forget(self) -> None:
        """Try the chosen model at once, whatever happened."""
        self._failed = self._error = None
        self._retry_at = self._interval = 0.0


def _detour(name: str, error: CharlieError) -> Route:
    """Return the built-in model in place of the one called `name`, or `error` if it may not be."""
    if name == BUILT_IN or fallback() is Fallback.WAIT:
        raise error
    return Route(resolve(BUILT_IN), instead_of=name)
