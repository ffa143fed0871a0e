"""The history of an entry: every text it ever had, what changed, and the way back to any."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Static

from backend import get_entry, list_revisions, request_reading, restore_revision
from backend.dates import local_zone
from backend.errors import CharlieError
from backend.records import Revision
from backend.text import count_words, single_line, without_marks
from frontend.shared.diffing import DiffLine, abridge, compare_revisions, count_changes
from frontend.shared.formatting import counted, short_moment
from frontend.tui.routes import HistoryPlace
from frontend.tui.screens.base import EVERYWHERE, GATHER_SECONDS, HELD_SECONDS, PlaceScreen
from frontend.tui.tasks import Gathering, Pacing, run_latest
from frontend.tui.text.entry_view import Reading, prepare
from frontend.tui.widgets.fields.find_bar import FindBar
from frontend.tui.widgets.lists.item_list import VirtualList
from frontend.tui.widgets.lists.two_line_list import TwoLineList, TwoLines
from frontend.tui.widgets.panes.diff_view import DiffView
from frontend.tui.widgets.panes.footer import KeyLine
from frontend.tui.widgets.panes.header import Masthead
from frontend.tui.widgets.panes.reader import Reader

# The longest preview that a record has.
_PREVIEW_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from one revision to another, in lines and in words."""

    lines: list[DiffLine]
    words: str


class HistoryScreen(PlaceScreen):
    """Shows a `HistoryPlace`."""

    CSS_PATH = "../styles/history.tcss"

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - as Screen declares it

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,l,right", "read", "read", tooltip="To what is shown of the chosen text"),
        Binding("h,left", "list", "list", tooltip="To the list of texts"),
        Binding("m", "mark", "compare from", tooltip="Compare the others with this text, or not"),
        Binding("v", "whole", "whole text", tooltip="The whole text, or only what changed"),
        Binding("r", "restore", "restore", tooltip="Make this the newest text; none is lost"),
        *EVERYWHERE,
    ]

    def __init__(self, place: HistoryPlace) -> None:
        super().__init__()
        # Held here and not looked up: what comes from a thread may come after the end.
        self.masthead = Masthead()
        self._says = Static("", id="history-says", markup=False)
        self._list = TwoLineList(id="revisions")
        self._diff = DiffView(id="diff")
        self._reader = Reader(id="reader")
        self._place = place
        self._follow = Pacing(self, HELD_SECONDS, self._show_chosen)
        self._revisions: dict[str, Revision] = {}
        # The key of the text that others are compared with; None for the one before each.
        self._base = str(place.base) if place.base else None
        self._wanted: str | None = str(place.revision) if place.revision else None

    def compose(self) -> ComposeResult:
        """The texts beside what changed in the chosen one."""
        yield self.masthead
        yield self._says
        with Container(id="history-panes"):
            yield self._list
            yield self._diff
            yield self._reader
        yield FindBar(self._reader, id="find-bar")
        yield KeyLine()

    def on_mount(self) -> None:
        """Paint first, read after."""
        self.masthead.place = "History"
        self.set_class(self._place.is_whole, "-whole")
        self._list.focus()
        self.show_status_in(self.masthead)
        self.show_trail_in(self.masthead)
        self.charlie.journal_changed.subscribe(self, Gathering(self, GATHER_SECONDS, self._reload))
        self._reload()

    def where(self) -> HistoryPlace:
        """The chosen text, and the one it is compared with."""
        chosen = self._list.chosen
        return replace(
            self._place,
            revision=int(chosen) if chosen else self._place.revision,
            base=int(self._base) if self._base else 0,
            is_whole=self.has_class("-whole"),
        )

    def _reload(self) -> None:
        run_latest(self, "revisions", self._load)

    async def _load(self) -> None:
        try:
            revisions = await asyncio.to_thread(list_revisions, self._place.uuid)
            rows = await asyncio.to_thread(_rows, revisions, self._base)
        except CharlieError as error:
            self._diff.show((), error.message)
            self.tell_error(error)
            return
        self._revisions = {str(revision.revision): revision for revision in revisions}
        if self._base not in self._revisions:
            self._base = None
        self._list.show(rows, self._wanted)
        self._wanted = None
        self.masthead.about = counted(len(revisions), "text")
        self.refresh_bindings()

    @on(VirtualList.Chosen, "#revisions")
    def _chosen(self) -> None:
        self._follow()
        self.refresh_bindings()

    def _show_chosen(self) -> None:
        chosen = self._list.chosen
        if chosen is not None:
            run_latest(self, "text", self._show, self._revisions[chosen])

    @on(VirtualList.Opened, "#revisions")
    def _opened(self) -> None:
        self.action_read()

    async def _show(self, revision: Revision) -> None:
        """Show a text; one that is overtaken by the next choice is cancelled before this."""
        if self.has_class("-whole"):
            try:
                reading = await asyncio.to_thread(_read, revision)
            except CharlieError as error:
                self._reader.say(error.message)
                return
            self._reader.show(reading)
            self._says.update(f"Text {revision.revision} of {len(self._revisions)}")
            return
        base = self._revisions.get(self._base or str(revision.revision - 1))
        old, new = base, revision
        if old is not None and old.revision > new.revision:
            old, new = new, old
        comparison = await asyncio.to_thread(_compare, old, new)
        self._says.update(comparison.words)
        self._diff.show(comparison.lines, "Nothing was changed.")

    # What the keys do

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys without an effect here are not shown."""
        chosen = self._revisions.get(self._list.chosen or "")
        if action == "read":
            return chosen is not None and self._list.has_focus
        if action == "list":
            return not self._list.has_focus
        if action == "restore":
            return chosen is not None and not chosen.is_current
        return True

    def action_read(self) -> None:
        """Give what is shown of the text the keys."""
        (self._reader if self.has_class("-whole") else self._diff).focus()
        self.call_after_refresh(self.refresh_bindings)

    def action_list(self) -> None:
        """Give the list the keys."""
        self._list.focus()
        self.call_after_refresh(self.refresh_bindings)

    def action_mark(self) -> None:
        """Compare the other texts with the chosen one, or again each with the one before it."""
        chosen = self._list.chosen
        self._base = None if chosen == self._base else chosen
        self._reload()

    def action_whole(self) -> None:
        """Show the whole text, or what changed in it."""
        had_focus = not self._list.has_focus
        self.toggle_class("-whole")
        if had_focus:
            self.action_read()
        self._show_chosen()

    def action_restore(self) -> None:
        """Make the chosen text the newest one."""
        chosen = self._revisions.get(self._list.chosen or "")
        if chosen is not None:
            self.change(self._restore, chosen.revision)

    async def _restore(self, number: int) -> None:
        try:
            entry = await asyncio.to_thread(restore_revision, self._place.uuid, number)
        except CharlieError as error:
            self.tell_error(error)
            return
        self.tell(f"Text {number} is the entry's text again, as number {entry.revision}.")
        self.charlie.home.written(entry.uuid)
        # For the app, and beside this: keys do not wait for it.
        reading = partial(request_reading, entry.uuid, entry.journal)
        self.app.run_worker(reading, thread=True, group="requests")
        self._wanted = str(entry.revision)
        self.workers.cancel_group(self, "revisions")
        await self._load()


def _rows(revisions: Sequence[Revision], base: str | None) -> list[TwoLines]:
    """A row a text, with how many words it has and how many more or less than before."""
    counts = [count_words(revision.text) for revision in revisions]
    rows = []
    for place, revision in enumerate(revisions):
        key = str(revision.revision)
        about = counted(counts[place], "word")
        if place + 1 < len(revisions):
            more = counts[place] - counts[place + 1]
            about += f" · {abs(more):,} {'more' if more > 0 else 'less'}" if more else ""
        marks = ["from here"] if key == base else []
        marks += ["now"] if revision.is_current else []
        when = short_moment(revision.saved_at, local_zone())
        rows.append(TwoLines(key, f"{key}  {when}", about, " · ".join(marks)))
    return rows


def _compare(old: Revision | None, new: Revision) -> Comparison:
    if old is not None and old.revision == new.revision:
        return Comparison([], f"Others are compared with text {new.revision}")
    lines = compare_revisions(old, new)
    removed, added = count_changes(lines)
    words = f"{counted(removed, 'word')} removed, {added:,} added"
    start = f"Text {old.revision} to {new.revision}" if old else "The first text"
    has_changed = removed or added or any(line.changed for line in lines)
    return Comparison(abridge(lines) if has_changed else [], f"{start}: {words}")


def _read(revision: Revision) -> Reading:
    """An earlier text, as its entry would be shown with it; blocks."""
    text = revision.text
    entry = replace(
        get_entry(revision.entry),
        title=revision.title,
        text=text,
        preview=without_marks(single_line(text, _PREVIEW_LENGTH), is_joined=True),
        word_count=count_words(text),
        mentions=(),
        entities=(),
    )
    return prepare(entry)
