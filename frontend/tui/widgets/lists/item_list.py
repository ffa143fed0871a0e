"""A list of items that are held in memory, one row an item."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Generic, TypeVar

from rich.segment import Segment
from rich.style import Style

from frontend.tui.widgets.lists.virtual_list import UniformList, VirtualList

ItemT = TypeVar("ItemT")


class ItemList(UniformList, Generic[ItemT]):
    """Shows items, and keeps the cursor on the chosen one when others come.

    A subclass says how high a row is (`row_height`, `is_parted`), what its lines show
    (`row_segments`), and by which key an item is known again (`key_of`).
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._items: list[ItemT] = []

    def row_segments(self, row: ItemT, line: int, room: int, base: Style) -> list[Segment]:
        """Return line `line` of an item, at most `room` cells wide."""
        raise NotImplementedError

    def key_of(self, row: ItemT) -> Hashable | None:
        """Return what tells an item from the others; None where only its position does."""
        return None

    def position_of(self, key: Hashable) -> int | None:
        """Return the position of the first item with that key, None if there is none."""
        keys = (self.key_of(item) for item in self._items)
        return next((position for position, each in enumerate(keys) if each == key), None)

    def is_another_choice(self, before: ItemT | None, now: ItemT | None) -> bool:
        """Return whether `Chosen` is posted when `now` is shown in the place of `before`.

        It is by default, even for the same item: what is shown of it may have changed.
        """
        return True

    @property
    def items(self) -> Sequence[ItemT]:
        """The items, in the order of the list."""
        return self._items

    @property
    def row_count(self) -> int:
        """Number of items."""
        return len(self._items)

    @property
    def chosen(self) -> ItemT | None:
        """The item under the cursor, None if there is none."""
        return self._items[self.cursor] if self.cursor is not None else None

    def show(self, items: Sequence[ItemT], select: Hashable | None = None) -> None:
        """Show other items, and keep the place.

        Args:
            items: what is shown from now on.
            select: the key of the item to be chosen. Without it, or where no item has it, the
                cursor stays on the item that is chosen; where that is gone, at its position.
        """
        chosen = self.chosen
        kept = None if chosen is None else self.key_of(chosen)
        self._replace(items, [select, kept], self.cursor or 0)

    def show_from_start(self, items: Sequence[ItemT], select: Hashable | None = None) -> None:
        """Show other items from the first one on.

        Args:
            items: what is shown from now on.
            select: the key of the item to be chosen. Without it, or where no item has it, the
                first one is.
        """
        self._replace(items, [select], None)

    def _replace(
        self, items: Sequence[ItemT], keys: Sequence[Hashable | None], position: int | None
    ) -> None:
        """Choose the first of `keys` that is there, else `position`, else the beginning."""
        before = self.chosen
        region = None if self.cursor is None else self.row_region(self.cursor)
        self._items = list(items)
        self.lay_out()
        found = (self.position_of(key) for key in keys if key is not None)
        position = next((each for each in found if each is not None), position)
        if position is None:
            self.scroll_to(y=0, animate=False)
        cursor = max(0, min(position or 0, self.row_count - 1)) if self.row_count else None
        # Past the watcher, which would look for the row that was chosen among the new ones.
        self.set_reactive(VirtualList.cursor, cursor)
        # A row that has not moved stays where the list has been scrolled to.
        if cursor is not None and self.row_region(cursor) != region:
            self.scroll_to_cursor()
        if self.is_another_choice(before, self.chosen):
            self.post_message(self.Chosen(self, cursor))
        self.refresh()

    def lay_out(self) -> None:
        """Work out how many lines the items take."""
        self.set_lines(self.total_lines())

    def segments_at(self, position: int, line: int, room: int, base: Style) -> list[Segment]:
        """Return line `line` of the item at `position`."""
        return self.row_segments(self._items[position], line, room, base)
