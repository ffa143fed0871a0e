"""The way one came: back and forward as in a browser. Pure."""

from __future__ import annotations

from frontend.tui.routes import Place

#: Stops that are remembered; the oldest are forgotten first.
LONGEST = 100


class Trail:
    """Places in the order they were visited, and at which of them one is now.

    Args:
        start: where the walk begins.
    """

    def __init__(self, start: Place) -> None:
        self._stops = [start]
        self._at = 0

    @property
    def here(self) -> Place:
        """Where one is."""
        return self._stops[self._at]

    @property
    def behind(self) -> tuple[Place, ...]:
        """The stops before this one, the first one first."""
        return tuple(self._stops[: self._at])

    @property
    def ahead(self) -> tuple[Place, ...]:
        """The stops one has come back from, the nearest one first."""
        return tuple(self._stops[self._at + 1 :])

    def note(self, place: Place) -> None:
        """Remember how far one is at this stop."""
        self._stops[self._at] = place

    def visit(self, place: Place) -> None:
        """Go on to another place; what lay ahead is forgotten."""
        if place == self.here:
            return
        del self._stops[self._at + 1 :]
        self._stops.append(place)
        del self._stops[:-LONGEST]
        self._at = len(self._stops) - 1

    def go_back(self) -> bool:
        """Go to the stop before this one; False if there is none."""
        if not self._at:
            return False
        self._at -= 1
        return True

    def go_forward(self) -> bool:
        """Go to the stop one has come back from; False if there is none."""
        if self._at == len(self._stops) - 1:
            return False
        self._at += 1
        return True
