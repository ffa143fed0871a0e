"""A list whose rows arrive page by page, as they come into view."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Generic, TypeVar

from textual.message import Message

from backend.errors import CharlieError
from frontend.tui.tasks import run_each
from frontend.tui.views.list_layout import Pages
from frontend.tui.widgets.lists.virtual_list import VirtualList

T = TypeVar("T")


class FetchingList(VirtualList, Generic[T]):
    """Holds the pages that are seen. A subclass says which rows those are (`seen_rows`), and
    reads pages (`load_pages`)."""

    class Failed(Message):
        """The rows could not be read."""

        def __init__(self, error: CharlieError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._pages: Pages[T] = Pages()
        self._is_fetching = False
        # For all that is being read, what was changed meanwhile.
        self._noted: list[list[Callable[[T], T]]] = []

    @property
    def chosen(self) -> T | None:
        """The row under the cursor; None if there is none or it has not arrived."""
        return None if self.cursor is None else self._pages.get(self.cursor)

    def seen_rows(self) -> tuple[int, int]:
        """Return the position of the first row that is seen, and that behind the last one."""
        raise NotImplementedError

    def load_pages(self, size: int, numbers: Sequence[int]) -> list[tuple[int, Sequence[T]]]:
        """Those pages of `size` rows, each with its number; called in a thread.

        Raises:
            StorageError: they cannot be read.
        """
        raise NotImplementedError

    def replace_rows(self, change: Callable[[T], T]) -> list[int]:
        """Exchange every row for what `change` makes of it, those on their way here too.

        Returns the positions of those that are here and have become another object.
        """
        for changes in self._noted:
            changes.append(change)
        return self._pages.replace(change)

    @contextmanager
    def noting_changes(self) -> Iterator[list[Callable[[T], T]]]:
        """Collect the changes made while rows are read, which these may not show yet."""
        changes: list[Callable[[T], T]] = []
        self._noted.append(changes)
        try:
            yield changes
        finally:
            self._noted = [each for each in self._noted if each is not changes]

    def want_pages(self) -> None:
        """Fetch what is seen and not here yet."""
        if not self._is_fetching and self.row_count:
            self._is_fetching = True
            run_each(self, "pages", self._fetch_pages)

    async def _fetch_pages(self) -> None:
        """Fetch what is seen until all of it is here; where the list is scrolled to meanwhile
        decides what comes next."""
        try:
            while True:
                pages = self._pages
                first, last = self.seen_rows()
                numbers = pages.missing(first, min(last, self.row_count))
                if not numbers:
                    return
                with self.noting_changes() as changes:
                    arrived = await asyncio.to_thread(self.load_pages, pages.size, numbers)
                if pages is self._pages:
                    for number, items in arrived:
                        pages.put(number, items)
                    for change in changes:
                        pages.replace(change)
                    self.refresh()
                    if self.cursor is not None and self.cursor // pages.size in numbers:
                        self.post_message(self.Chosen(self, self.cursor))
        except CharlieError as error:
            self.post_message(self.Failed(error))
        finally:
            self._is_fetching = False

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Fetch what came into view."""
        super().watch_scroll_y(old_value, new_value)
        self.want_pages()
