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
        self._stops = [start]
        self._at = 0

    @property
    def here(self) -> Route:
        """The place that is shown."""
        return self._stops[self._at]

    @property
    def behind(self) -> tuple[Route, ...]:
        """The places before this one, the first one first."""
        return tuple(self._stops[: self._at])

    @property
    def ahead(self) -> tuple[Route, ...]:
        """The places after this one, the nearest one first."""
        return tuple(self._stops[self._at + 1 :])

    def note(self, place: Route) -> None:
        """Replace the place that is shown by `place`, which says where in it the user is."""
        self._stops[self._at] = place

    def navigate(self, place: Route) -> None:
        """Go on to another place, and forget what lay ahead."""
        if place == self.here:
            return
        del self._stops[self._at + 1 :]
        self._stops.append(place)
        del self._stops[:-LONGEST]
        self._at = len(self._stops) - 1

    def go_back(self) -> bool:
        """Go to the place before this one; return False if there is none."""
        if not self._at:
            return False
        self._at -= 1
        return True

    def go_forward(self) -> bool:
        """Go to the place after this one; return False if there is none."""
        if self._at == len(self._stops) - 1:
            return False
        self._at += 1
        return True
