"""The places that were visited: back and forward as in a browser. Pure."""

from __future__ import annotations

from frontend.tui.routes import Route

#: Places that are remembered; the oldest are forgotten first.
LONGEST = 100


class History:
    """Places in the order they were visited, and which of them is shown now.

    Args:
        start: the first place.
    """

    def __init__(self, start: Route) -> None:
        self._entries = [start]
        self._at = 0

    @property
    def here(self) -> Route:
        """The place that is shown."""
        return self._entries[self._at]

    @property
    def behind(self) -> tuple[Route, ...]:
        """The places before this one, the first one first."""
        return tuple(self._entries[: self._at])

    @property
    def ahead(self) -> tuple[Route, ...]:
        """The places after this one, the nearest one first."""
        return tuple(self._entries[self._at + 1 :])

    def note(self, route: Route) -> None:
        """Replace the place that is shown by `route`, which says where in it the user is."""
        self._entries[self._at] = route

    def navigate(self, route: Route) -> None:
        """Go on to another place, and forget what lay ahead."""
        if route == self.here:
            return
        del self._entries[self._at + 1 :]
        self._entries.append(route)
        del self._entries[:-LONGEST]
        self._at = len(self._entries) - 1

    def go_back(self) -> bool:
        """Go to the place before this one; return False if there is none."""
        if not self._at:
            return False
        self._at -= 1
        return True

    def go_forward(self) -> bool:
        """Go to the place after this one; return False if there is none."""
        if self._at == len(self._entries) - 1:
            return False
        self._at += 1
        return True
