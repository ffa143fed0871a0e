"""The history of an entry: every text it ever had, what changed, and the way back to any."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from backend import get_entry, list_revisions, restore_revision
from backend.dates import local_zone
from backend.errors import CharlieError
from backend.records import Revision
from backend.text import count_words, single_line, without_marks
from frontend.shared.diffing import DiffLine, abridge, compare_revisions, count_changes
from frontend.shared.formatting import counted, short_moment
from frontend.tui.routes import HistoryRoute
from frontend.tui.screens.base import EVERYWHERE
from frontend.tui.screens.list_and_text import ListAndTextScreen
from frontend.tui.text.entry_view import EntryView, prepare
from frontend.tui.widgets.lists.two_line_list import TwoLines
from frontend.tui.widgets.panes.diff_view import DiffView

# The longest preview that a record has.
_PREVIEW_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from one revision to another, in lines and in words."""

    lines: list[DiffLine]
    words: str


class HistoryScreen(ListAndTextScreen[Revision]):
    """Shows a `HistoryRoute`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,l,right", "read", "read", tooltip="To what is shown of the chosen text"),
        Binding("h,left", "list", "list", tooltip="To the list of texts"),
        Binding("m", "mark", "compare from", tooltip="Compare the others with this text, or not"),
        Binding("v", "whole", "whole text", tooltip="The whole text, or only what changed"),
        Binding("r", "restore", "restore", tooltip="Make this the newest text; none is lost"),
        *EVERYWHERE,
    ]

    def __init__(self, route: HistoryRoute) -> None:
        super().__init__("History", select=str(route.revision) if route.revision else "")
        self._diff = DiffView(id="diff")
        self._route = route
        # The key of the text that others are compared with; None for the one before each.
        self._base = str(route.base) if route.base else None

    def views(self) -> Iterable[Widget]:
        """Return what changed, and the whole text."""
        return self._diff, self.reader

    @property
    def text_view(self) -> Widget:
        """What changed, or the whole text."""
        return self.reader if self.has_class("-whole") else self._diff

    def on_mount(self) -> None:
        """Begin with the whole text, or what changed in it, as it was."""
        self.set_class(self._route.is_whole, "-whole")

    def where(self) -> HistoryRoute:
        """Return the chosen text, and the one it is compared with."""
        chosen = self.list.chosen_key
        return replace(
            self._route,
            revision=int(chosen) if chosen else self._route.revision,
            base=int(self._base) if self._base else 0,
            is_whole=self.has_class("-whole"),
        )

    async def load(self) -> None:
        """Read all texts of the entry, and show them."""
        try:
            revisions = await asyncio.to_thread(list_revisions, self._route.uuid)
            rows = await asyncio.to_thread(_rows, revisions, self._base)
        except CharlieError as error:
            self._diff.show((), error.message)
            self.show_error(error)
            return
        records = {str(revision.revision): revision for revision in revisions}
        if self._base not in records:
            self._base = None
        self.show_records(records, rows)
        self.header.about = counted(len(revisions), "text")
        self.refresh_bindings()

    async def show_record(self, record: Revision) -> None:
        """Show a text, or what changed in it."""
        if self.has_class("-whole"):
            try:
                entry_view = await asyncio.to_thread(_load, record)
            except CharlieError as error:
                self.reader.show_sentence(error.message)
                return
            self.reader.show(entry_view)
            self.sentence.update(f"Text {record.revision} of {len(self.records)}")
            return
        base = self.records.get(self._base or str(record.revision - 1))
        old, new = base, record
        if old is not None and old.revision > new.revision:
            old, new = new, old
        comparison = await asyncio.to_thread(_compare, old, new)
        self.sentence.update(comparison.words)
        self._diff.show(comparison.lines, "Nothing was changed.")

    # What the keys do

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether a key has an effect here, and is shown."""
        if action == "restore":
            return self.chosen is not None and not self.chosen.is_current
        return super().check_action(action, parameters)

    def action_mark(self) -> None:
        """Compare the other texts with the chosen one, or again each with the one before it."""
        chosen = self.list.chosen_key
        self._base = None if chosen == self._base else chosen
        self.reload()

    def action_whole(self) -> None:
        """Show the whole text, or what changed in it."""
        had_focus = not self.list.has_focus
        self.toggle_class("-whole")
        if had_focus:
            self.action_read()
        self.show_chosen()

    def action_restore(self) -> None:
        """Make the chosen text the newest one."""
        chosen = self.chosen
        if chosen is not None:
            self.change(self._restore, chosen.revision)

    async def _restore(self, number: int) -> None:
        try:
            entry = await asyncio.to_thread(restore_revision, self._route.uuid, number)
        except CharlieError as error:
            self.show_error(error)
            return
        self.show_message(f"Text {number} is the entry's text again, as number {entry.revision}.")
        self.charlie.home.written(entry.uuid)
        self.wanted = str(entry.revision)
        await self.load_now()


def _rows(revisions: Sequence[Revision], base: str | None) -> list[TwoLines]:
    """Return a row a text, with how many words it has and how many more or less than before."""
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


def _load(revision: Revision) -> EntryView:
    """Return an earlier text, as its entry would be shown with it; blocks."""
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
