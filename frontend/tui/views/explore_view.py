"""Which names are looked at, and what comes after the present choice. Pure but for `Names`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from backend import browse_entities, locate_entity
from backend.dates import today
from backend.records import EntityOrder, EntitySummary, EntityType
from frontend.shared.formatting import TYPE_NAMES
from frontend.tui.routes import ExploreRoute

_TYPES: tuple[EntityType | None, ...] = (None, *TYPE_NAMES)
_ORDERS = {
    EntityOrder.FREQUENCY: "most mentioned first",
    EntityOrder.RECENCY: "last mentioned first",
    EntityOrder.NAME: "by name",
}


def step_type(route: ExploreRoute, steps: int) -> ExploreRoute:
    """With the type that is so many steps after the present one; "all" is one of them."""
    index = (_TYPES.index(route.type) + steps) % len(_TYPES)
    return replace(route, type=_TYPES[index])


def pick_type(route: ExploreRoute, number: int) -> ExploreRoute:
    """With the type of that number in `describe_types`."""
    return replace(route, type=_TYPES[number])


def next_order(route: ExploreRoute) -> ExploreRoute:
    """In the order after the present one."""
    orders = list(_ORDERS)
    index = (orders.index(route.order) + 1) % len(orders)
    return replace(route, order=orders[index])


def describe_types(route: ExploreRoute, counts: Mapping[EntityType, int]) -> list[tuple[str, bool]]:
    """("People 120", whether it is the present one) for all together and for each type."""
    words = [f"All {sum(counts.values()):,}"]
    words += [f"{name} {counts.get(each, 0):,}" for each, name in TYPE_NAMES.items()]
    return [(each, kind == route.type) for each, kind in zip(words, _TYPES, strict=True)]


def describe_choice(route: ExploreRoute, total: int) -> str:
    """Return the order and the filter in words, or that there is nothing."""
    if total:
        new = "new this month, " if route.is_new else ""
        return f"{new}{_ORDERS[route.order]}".capitalize()
    if route.typed.strip():
        return "No name like this."
    if route.is_new:
        return "No new names this month."
    return "No names yet. They appear when Charlie has read entries."


@dataclass(slots=True)
class Names:
    """The names that a place asks for in a journal, or in all, as the source of a list.

    `counts` are those of every type, known once a page was read.
    """

    route: ExploreRoute
    journal: str | None = None
    counts: Mapping[EntityType, int] = field(default_factory=dict)

    def page(self, offset: int, limit: int) -> tuple[int, Sequence[EntitySummary]]:
        """How many there are, and at most `limit` of them from position `offset` on."""
        route = self.route
        found = browse_entities(
            journal=self.journal,
            type=route.type,
            match=route.typed,
            new_since=today().replace(day=1) if route.is_new else None,
            order=route.order,
            limit=limit,
            offset=offset,
        )
        self.counts = found.counts
        total = sum(found.counts.values()) if route.type is None else found.counts[route.type]
        return total, found.entities

    def locate(self, row: EntitySummary) -> int | None:
        """Return the position of a name."""
        return self.find(row.ids)

    def find(self, ids: Sequence[int]) -> int | None:
        """Return the position of the name with any of these ids."""
        route = self.route
        return locate_entity(
            ids,
            journal=self.journal,
            type=route.type,
            match=route.typed,
            new_since=today().replace(day=1) if route.is_new else None,
            order=route.order,
        )
