"""The list of entries: newest first, under the headings of their days."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip

from backend import (
    find_journal,
    get_preference,
    list_days,
    list_entries,
    locate_entry,
    one_moment,
)
from backend.dates import today
from backend.errors import CharlieError, NotFoundError
from backend.preferences import SHOWN_JOURNAL
from backend.records import DayCount, EntrySummary
from backend.text import for_terminal_line
from frontend.shared.date_preferences import date_preferences
from frontend.shared.formatting import clock, day_heading, long_month, own_title, week_heading
from frontend.tui.tasks import Reloading
from frontend.tui.text.wrapping import fit, wrap
from frontend.tui.views.list_layout import BreakLine, EntryLine, HeadingLine, Pages, Rows
from frontend.tui.widgets.lists.fetching_list import FetchingList

# Where the screen is at least this high, a blank line parts the entries.
ROOMY_HEIGHT = 34

_PENDING = "○"
_PLACEHOLDER = "· · ·"


@dataclass(frozen=True, slots=True)
class JournalSource:
    """All entries of one journal, or of all journals. Every method blocks.

    Raises:
        StorageError: the journal cannot be read.
    """

    journal: str | None = None

    def days(self) -> list[DayCount]:
        """How many entries each day holds, newest first."""
        return list_days(self.journal)

    def page(self, offset: int, limit: int) -> list[EntrySummary]:
        """At most `limit` entries from position `offset` on."""
        return list_entries(journal=self.journal, limit=limit, offset=offset)

    def locate(self, uuid: str) -> int:
        """Return the position of an entry; `NotFoundError` if it is not among them."""
        return locate_entry(uuid, self.journal)

    def present(self) -> JournalSource:
        """Return the journal by its present name; all of them if it is gone."""
        if self.journal is None or find_journal(self.journal):
            return self
        # The process that renamed it has put the new name there.
        chosen = get_preference(SHOWN_JOURNAL)
        return JournalSource(None if chosen is None else find_journal(chosen))

    def wider(self) -> JournalSource | None:
        """All journals."""
        return None if self.journal is None else JournalSource()


@dataclass(frozen=True, slots=True)
class _Place:
    """What the list showed when a reload began: the entry that is to stay where it is.

    `position` and `uuid` name it (uuid None if it had not arrived), `day` is its day (None where
    there is none), `screen_line` is how far below the upper edge it stood, `view` the number of
    lines seen, 0 while the list is hidden.
    """

    position: int
    uuid: str | None
    day: date | None
    screen_line: int
    view: int


@dataclass(frozen=True, slots=True)
class _Selection:
    """The entry that is to be chosen; if `may_widen`, among those of all journals if need be."""

    uuid: str
    may_widen: bool = True


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """A state of the list, with the pages it needs to be painted; `anchor` is where the entry
    of its `_Place` is now."""

    source: JournalSource
    rows: Rows
    pages: Pages[EntrySummary]
    anchor: int
    scroll: int


class EntryList(FetchingList[EntrySummary]):
    """Entries of a source; 100,000 of them cost what ten do.

    Args:
        source: where the entries come from.
        id: id of the widget.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "list--month",
        "list--week",
        "list--heading",
        "list--title",
        "list--text",
        "list--preview",
        "list--unread",
    }

    class Loaded(Message):
        """The list has read how many entries there are."""

        def __init__(self, count: int) -> None:
            super().__init__()
            self.count = count

    def __init__(self, source: JournalSource, *, id: str | None = None) -> None:
        super().__init__(id=id)
        # Where the entries that are shown come from, and those that are to be shown next.
        self._source = self._wanted = source
        # The entry that is to be chosen, until it is; whether keys wait for the next state.
        self._selection: _Selection | None = None
        self._is_awaited = False
        self._reloading = Reloading(self, "reload", self._reload)
        self._rows = Rows([])
        self._today = date.min
        self.is_loaded = False

    @property
    def source(self) -> JournalSource:
        """Where the entries that are shown come from."""
        return self._source

    @property
    def next_source(self) -> JournalSource:
        """Where the entries come from that are to be shown next."""
        return self._wanted

    @property
    def selection(self) -> str | None:
        """The entry that is to be chosen and is not yet; None if there is none."""
        return None if self._selection is None else self._selection.uuid

    @property
    def is_settled(self) -> bool:
        """Whether the chosen entry is the one that was asked for, not one from before."""
        is_waited_for = self._selection is not None or self._is_awaited
        return not (is_waited_for and self._reloading.is_running)

    @property
    def row_count(self) -> int:
        """Number of entries."""
        return len(self._rows)

    def total_lines(self) -> int:
        """Return the number of lines of all days."""
        return self._rows.height

    def row_region(self, position: int) -> tuple[int, int]:
        """Lines of an entry, along with its day's heading if it stands right under that."""
        top = self._rows.top_with_heading(position)
        return top, self._rows.top(position) + self._rows.entry_height - top

    def row_at(self, line: int) -> int | None:
        """Return the position of the entry at `line`."""
        found = self._rows.at(line)
        return found.position if isinstance(found, EntryLine) else None

    def reload(self, *, select: str | None = None, is_awaited: bool = False) -> None:
        """Read the list again, keeping its place; then put the cursor on entry `select`.

        An entry that this journal does not hold is shown among those of all journals. It stays
        wanted, whatever has the list read again meanwhile, until it has been shown, another one
        is wanted, or the cursor is moved.

        Args:
            select: uuid of the entry; None for the one that is chosen or wanted already.
            is_awaited: the list is not settled before it has been read again.
        """
        if select is not None:
            self._selection = _Selection(select)
        self._is_awaited = self._is_awaited or is_awaited
        # What is being read is from before.
        self._reloading(at_once=select is not None or is_awaited)

    def select(self, uuid: str) -> None:
        """Put the cursor on an entry, as `reload` does if it is not there already."""
        chosen = self.chosen
        if chosen is not None and chosen.uuid == uuid:
            self._selection = None
        else:
            self.reload(select=uuid)

    def show(self, source: JournalSource) -> None:
        """Show other entries; the chosen one stays chosen if it is among them, else its day."""
        self._wanted = source
        if self._selection is not None:
            # A user who asks for a journal means that one, not the one of the entry before.
            self._selection = replace(self._selection, may_widen=False)
        self._reloading(at_once=True)

    def choose(self, position: int | None, *, scroll: bool = True) -> None:
        """Put the cursor on a row, and no longer on the entry that was wanted."""
        self._selection = None
        super().choose(position, scroll=scroll)

    def nearest_day(self, first: date, last: date) -> date | None:
        """Return the earliest day from `first` to `last` with an entry, else the nearest one.

        None if there are no entries.
        """
        return self._rows.nearest_day(first, last)

    def go_to_day(self, day: date) -> None:
        """Choose the newest entry of `day`, or before it, below its heading."""
        if self.row_count:
            self.choose(self._rows.first_of_day(day), scroll=False)
            self.scroll_to(y=self.row_region(self.cursor or 0)[0], animate=False)

    def mark_extracted(self, uuid: str) -> None:
        """Show an entry as extracted, without asking the database."""
        changed = self.replace_rows(
            lambda entry: replace(entry, is_extracted=True) if entry.uuid == uuid else entry
        )
        # Looking at all lines for what has changed takes 12 ms, several times a second.
        for position in changed:
            self.refresh_rows(position, position)

    async def _reload(self) -> None:
        place, source, selection = self._place(), self._wanted, self._selection
        try:
            with self.noting_changes() as changes:
                snapshot = await asyncio.to_thread(
                    self._load_snapshot, source, place, selection, self._entry_height()
                )
        except CharlieError as error:
            self._is_awaited = False
            self.post_message(self.Failed(error))
            return
        anchor = self._anchor_in(snapshot, place)
        if anchor is None or self._selection != selection:
            # The cursor was moved to what this does not show.
            self._reloading()
            return
        self._today = today()
        self._selection = None
        self._is_awaited = False
        self._source = self._wanted = snapshot.source
        self._rows, self._pages = snapshot.rows, snapshot.pages
        for change in changes:
            self._pages.replace(change)
        self.is_loaded = True
        self.set_lines(self.total_lines())
        if not self.row_count:
            self.cursor = None
        else:
            target = max(0, min(anchor, self.row_count - 1))
            self.scroll_to(y=snapshot.scroll, animate=False)
            if target == self.cursor:
                self.post_message(self.Chosen(self, target))
            self.choose(target)
        self.refresh()
        self.post_message(self.Loaded(self.row_count))
        self.want_pages()
        if self._rows.entry_height != self._entry_height():
            self._reloading()

    def _anchor_in(self, snapshot: _Snapshot, place: _Place) -> int | None:
        """Where the cursor belongs in `snapshot`, which was taken when it was at `place`.

        None if it was moved meanwhile to an entry that is not among those of the snapshot.
        """
        if self.cursor is None or self.cursor == place.position:
            return snapshot.anchor
        chosen = self.chosen
        if chosen is None:
            # It has not arrived. Its place follows from how far it was moved.
            return snapshot.anchor + self.cursor - place.position
        uuid = chosen.uuid
        return snapshot.pages.find(lambda entry: entry.uuid == uuid)

    def _place(self) -> _Place:
        view = self.scrollable_content_region.height
        if self.cursor is None:
            return _Place(0, None, None, view, view)
        summary = self._pages.get(self.cursor)
        line = self._rows.top(self.cursor) - self.scroll_offset.y
        uuid = summary.uuid if summary else None
        return _Place(self.cursor, uuid, self._rows.day(self.cursor), line, view)

    @one_moment()
    def _load_snapshot(
        self, source: JournalSource, place: _Place, selection: _Selection | None, entry_height: int
    ) -> _Snapshot:
        select = None if selection is None else selection.uuid
        days = source.days()
        if not days:
            source = source.present()
            days = source.days()
        may_widen = selection is not None and selection.may_widen
        if select is not None and may_widen and (wider := _wider(source, select)) is not None:
            source = wider
            days = source.days()
        rows = Rows(days, entry_height=entry_height, week_start=date_preferences.first_weekday)
        pages: Pages[EntrySummary] = Pages()
        anchor = max(0, min(place.position, len(rows) - 1))
        for uuid in (select, place.uuid):
            if uuid is not None:
                try:
                    anchor = source.locate(uuid)
                    break
                except NotFoundError:
                    continue
        else:
            if source != self._source and place.day is not None and len(rows):
                anchor = rows.first_of_day(place.day)
        if not len(rows):
            return _Snapshot(source, rows, pages, 0, 0)
        anchor = min(anchor, len(rows) - 1)
        line = max(0, place.screen_line)
        if place.view:
            line = min(line, max(0, place.view - entry_height))
        scroll = max(0, min(rows.top(anchor) - line, rows.height - place.view))
        missing = pages.missing(*rows.span(scroll, max(1, place.view)))
        for number, items in _load_pages(source, pages.size, missing):
            pages.put(number, items)
        return _Snapshot(source, rows, pages, anchor, scroll)

    def seen_rows(self) -> tuple[int, int]:
        """Return the positions of the entries that are seen."""
        return self._rows.span(self.scroll_offset.y, self.scrollable_content_region.height)

    def load_pages(
        self, size: int, numbers: Sequence[int]
    ) -> list[tuple[int, Sequence[EntrySummary]]]:
        """Pages of the entries that are shown."""
        return _load_pages(self._source, size, numbers)

    def on_resize(self, event: events.Resize) -> None:
        """Show as many entries as the new height allows, and as much space between them."""
        if self.is_loaded and self._rows.entry_height != self._entry_height():
            self.reload()
        else:
            self.want_pages()
            if event.size.height < self._rows.height:
                self.call_after_refresh(self.scroll_to_cursor)

    def _entry_height(self) -> int:
        return 3 if self.app.size.height >= ROOMY_HEIGHT else 2

    def paint_line(self, line: int, width: int, base: Style) -> Strip:
        """Return a heading's or an entry's line."""
        found = self._rows.at(line)
        if isinstance(found, BreakLine):
            return self._break_strip(found, width, base)
        if isinstance(found, HeadingLine):
            if found.line != self._rows.heading_height - 1:
                return Strip.blank(width, base)
            style = base + self.part_style("list--heading")
            text = fit(day_heading(found.day, self._today, width - 3), width - 3)
            return self.strip([Segment(f"  {text}", style)], width)
        if isinstance(found, EntryLine):
            return self._entry_strip(found, width, base)
        return Strip.blank(width, base)

    def _break_strip(self, found: BreakLine, width: int, base: Style) -> Strip:
        """Return the month and the week that begin here, as much of them as there is room for."""
        week = week_heading(found.week, self._today) if found.week else ""
        segments = [Segment("  ", base)]
        if found.month:
            style = base + self.part_style("list--month")
            segments.append(Segment(long_month(found.day), style))
            week = f" · {week}" if week else ""
        else:
            week = week[:1].upper() + week[1:]
        segments.append(Segment(week, base + self.part_style("list--week")))
        if sum(cell_len(segment.text) for segment in segments) > width - 1:
            del segments[2:]
        return self.strip(segments, width, base)

    def _entry_strip(self, found: EntryLine, width: int, base: Style) -> Strip:
        segments = [Segment("  ", base)]
        if found.line < 2:
            base, bar = self.row_style(found.position, base)
            segments = [bar]
        room = max(1, width - 3)
        entry = self._pages.get(found.position)
        if entry is None:
            text = _PLACEHOLDER if found.line == 0 else ""
            segments.append(Segment(text, base + self.part_style("list--preview")))
        elif found.line == 0:
            name = "list--title" if own_title(entry) else "list--text"
            segments.append(Segment(_first_line(entry, room), base + self.part_style(name)))
        elif found.line == 1:
            quiet = base + self.part_style("list--preview")
            mark = "  " if entry.is_extracted else f" {_PENDING} "
            segments.append(Segment(clock(entry), quiet))
            segments.append(Segment(mark, base + self.part_style("list--unread")))
            rest = _second_line(entry, room)
            segments.append(Segment(fit(rest, room - len("00:00") - len(mark)), quiet))
        return self.strip(segments, width, base)


@one_moment()
def _load_pages(
    source: JournalSource, size: int, numbers: Sequence[int]
) -> list[tuple[int, Sequence[EntrySummary]]]:
    """Those pages of `source`."""
    return [(number, source.page(number * size, size)) for number in numbers]


def _wider(source: JournalSource, uuid: str) -> JournalSource | None:
    """Return the wider source if an entry is only there."""
    wider = source.wider()
    if wider is None:
        return None
    try:
        source.locate(uuid)
    except NotFoundError:
        return wider if _holds(wider, uuid) else None
    return None


def _holds(source: JournalSource, uuid: str) -> bool:
    try:
        source.locate(uuid)
    except NotFoundError:
        return False
    return True


def _first_line(entry: EntrySummary, width: int) -> str:
    title = own_title(entry)
    if title:
        return fit(for_terminal_line(title), width)
    preview = for_terminal_line(entry.preview)
    layout = wrap(preview, width, stop=width)
    return preview[layout.starts[0] : layout.ends[0]]


def _second_line(entry: EntrySummary, width: int) -> str:
    preview = for_terminal_line(entry.preview)
    if own_title(entry):
        return preview
    layout = wrap(preview, width, stop=width)
    return preview[layout.ends[0] :].lstrip()
