"""A list whose rows arrive page by page, each as high as the others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message

from backend import one_moment
from backend.errors import CharlieError
from frontend.tui.tasks import Reloading
from frontend.tui.views.list_layout import Pages
from frontend.tui.widgets.lists.fetching_list import FetchingList
from frontend.tui.widgets.lists.virtual_list import UniformList

T = TypeVar("T")

_PLACEHOLDER = "· · ·"


class Source(Protocol[T]):
    """Where rows come from. Every method blocks and may raise `StorageError`."""

    def page(self, offset: int, limit: int) -> tuple[int, Sequence[T]]:
        """How many rows there are, and at most `limit` of them from position `offset` on."""
        ...

    def locate(self, row: T) -> int | None:
        """Return the position where what `row` shows is now; None if it is gone."""
        ...


@dataclass(frozen=True, slots=True)
class _Wanted(Generic[T]):
    """What is to be shown: rows of `source`, from what `begin` returns on if it is given; in the
    place of the present ones if `keeps_place`."""

    source: Source[T]
    begin: Callable[[], int | None] | None = None
    keeps_place: bool = False


@dataclass(frozen=True, slots=True)
class _Snapshot(Generic[T]):
    """A state of the list: how many rows, those that are seen, where the cursor belongs."""

    total: int
    pages: Pages[T]
    anchor: int
    scroll: int


class PagedList(UniformList, FetchingList[T]):
    """Rows of a source, of which only those are read that are seen.

    A subclass says how high a row is (`row_height`, with a blank line at its end if `is_parted`)
    and paints it (`row_segments`).
    """

    class Loaded(Message):
        """The list has read how many rows `source` has, and those that are seen."""

        def __init__(self, rows: PagedList[Any], source: Any, total: int) -> None:
            super().__init__()
            self.rows = rows
            self.source = source
            self.total = total

        @property
        def control(self) -> PagedList[Any]:
            """The list that was read."""
            return self.rows

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._source: Source[T] | None = None
        self._total = 0
        self._wanted: _Wanted[T] | None = None
        self._reloading = Reloading(self, "reload", self._reload)

    def row_segments(self, row: T, line: int, room: int, base: Style) -> list[Segment]:
        """Line `line` of a row, at most `room` cells wide."""
        raise NotImplementedError

    @property
    def row_count(self) -> int:
        """Number of rows."""
        return self._total

    def show(self, source: Source[T], begin: Callable[[], int | None] | None = None) -> None:
        """Show the rows of another source.

        Args:
            source: where they come from.
            begin: called in a thread, the position to begin at; the first one if None.
        """
        self._wanted = _Wanted(source, begin)
        self._reloading(at_once=True)

    def reload(self, source: Source[T]) -> None:
        """Read the rows again, from `source` from now on, keeping the place.

        Where other rows are still to be shown these are, and begin where they were to.
        """
        wanted = self._wanted
        if wanted is not None and not wanted.keeps_place:
            self._wanted = replace(wanted, source=source)
        else:
            self._wanted = _Wanted(source, keeps_place=True)
        self._reloading()

    async def _reload(self) -> None:
        wanted = self._wanted
        if wanted is None:
            return
        source, begin, keeps_place = wanted.source, wanted.begin, wanted.keeps_place
        chosen = self.chosen
        if keeps_place and chosen is not None:
            begin = partial(source.locate, chosen)
        before = self.cursor or 0
        line = before * self.row_height - self.scroll_offset.y if keeps_place else 0
        view = self.scrollable_content_region.height
        height = self.row_height
        try:
            found = await asyncio.to_thread(
                _load_snapshot, source, begin, before if keeps_place else 0, line, view, height
            )
        except CharlieError as error:
            self.post_message(self.Failed(error))
            return
        # What is wanted by now, if anything else is, are these rows again.
        later, self._wanted = self._wanted, None
        if later is not None and later is not wanted:
            self._wanted = _Wanted(later.source, keeps_place=True)
        # Keys pressed while the list was being read move the cursor from its new place.
        moved_on = (self.cursor or 0) - before if keeps_place else 0
        self._source, self._pages, self._total = source, found.pages, found.total
        self.set_lines(self.total_lines())
        if not keeps_place:
            self.cursor = None
        if self._total:
            self.scroll_to(y=found.scroll, animate=False)
            target = max(0, min(found.anchor + moved_on, self._total - 1))
            if target == self.cursor:
                self.post_message(self.Chosen(self, target))
            self.choose(target)
        else:
            self.cursor = None
        self.refresh()
        self.post_message(self.Loaded(self, source, self._total))
        self.want_pages()

    def seen_rows(self) -> tuple[int, int]:
        """Return the positions of the rows that are seen."""
        view = self.scrollable_content_region.height
        return _span(self.scroll_offset.y, view, self.row_height)

    def load_pages(self, size: int, numbers: Sequence[int]) -> list[tuple[int, Sequence[T]]]:
        """Pages of the source that is shown."""
        return _load_pages(self._source, size, numbers) if self._source is not None else []

    def on_resize(self, event: events.Resize) -> None:
        """Show as many rows as the new height allows; keep the cursor in view."""
        self.set_lines(self.total_lines())
        self.want_pages()
        self.call_after_refresh(self.scroll_to_cursor)

    def segments_at(self, position: int, line: int, room: int, base: Style) -> list[Segment]:
        """Return a line of a row, or what stands for a row that has not arrived."""
        row = self._pages.get(position)
        if row is None:
            return [Segment(_PLACEHOLDER if line == 0 else "", base)]
        return self.row_segments(row, line, room, base)


def _span(first_line: int, lines: int, height: int) -> tuple[int, int]:
    return first_line // height, (first_line + max(lines, 1) - 1) // height + 1


def _load_pages(
    source: Source[T], size: int, numbers: Sequence[int]
) -> list[tuple[int, Sequence[T]]]:
    return [(number, source.page(number * size, size)[1]) for number in numbers]


@one_moment()
def _load_snapshot(
    source: Source[T],
    begin: Callable[[], int | None] | None,
    before: int,
    line: int,
    view: int,
    height: int,
) -> _Snapshot[T]:
    """Return the list around the row it is to begin at, or where that is gone around row `before`.

    `line` is how far below the upper edge of `view` lines, 0 while the list is hidden, that row is
    to be.
    """
    located = begin() if begin is not None else None
    pages: Pages[T] = Pages()
    anchor = before if located is None else located
    number = anchor // pages.size
    total, items = source.page(number * pages.size, pages.size)
    anchor = max(0, min(anchor, total - 1))
    if items:
        pages.put(number, items)
    line = max(0, line if not view else min(line, view - height))
    scroll = max(0, min(anchor * height - line, total * height - view))
    for missing, rows in _load_pages(
        source, pages.size, pages.missing(*_span(scroll, view, height))
    ):
        if rows:
            pages.put(missing, rows)
    return _Snapshot(total, pages, anchor, scroll)
