"""The journals: which one is shown, and which one an entry is moved to."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from backend import (
    count_journals,
    create_journal,
    delete_journal,
    rename_journal,
)
from backend.errors import CharlieError
from backend.records import EntrySummary, JournalCount
from backend.text import for_terminal_line
from frontend.shared.formatting import counted, entry_name
from frontend.tui.screens.base import CharlieModal
from frontend.tui.screens.dialogs.name_prompt import NameScreen
from frontend.tui.tasks import run_each, run_latest
from frontend.tui.widgets.lists.choice_list import Choice, ChoiceList
from frontend.tui.widgets.lists.virtual_list import VirtualList
from frontend.tui.widgets.panes.footer import Footer


class JournalsScreen(CharlieModal[None]):
    """Choosing one shows it, or moves an entry into it.

    Args:
        entry: the entry that is to be moved; None to show a journal.
    """

    CSS_PATH = "../../styles/journals.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,l,right", "choose", "choose", tooltip="Show the journal, or move into it"),
        Binding("n", "create", "new", tooltip="Make a new journal"),
        Binding("r", "rename", "rename", tooltip="Rename the journal; everything stays in it"),
        Binding("d", "delete", "delete", tooltip="Delete the journal, if nothing is in it"),
        Binding("escape,q,h,left", "dismiss", "close", tooltip="Close"),
    ]

    def __init__(self, entry: EntrySummary | None = None) -> None:
        super().__init__()
        self._entry = entry
        # None stands for all of them.
        self._journals: list[JournalCount | None] = []
        # The name of the one on which the cursor is to stand next; None for where it is.
        self._wanted: str | None = None
        # Held here and not looked up: what comes from a thread may come after the end.
        self._list = ChoiceList(id="journals")
        self._says = Static("There is no other journal yet.", classes="quiet", markup=False)
        self._says.display = False

    def compose(self) -> ComposeResult:
        """Yield the title over the list over the keys."""
        title = "Journals" if self._entry is None else f"Move {entry_name(self._entry)} to"
        with Vertical(classes="sheet"):
            yield Static(title, classes="sheet-title", markup=False)
            yield self._list
            yield self._says
            yield Footer()

    def on_mount(self) -> None:
        """Count, in a thread."""
        self._list.focus()
        self._wanted = self.charlie.journal_scope.shown
        self._reload()
        self.charlie.journal_changed.subscribe(self, lambda _: self._reload())

    def _reload(self) -> None:
        run_latest(self, "journals", self._ask)

    async def _ask(self) -> None:
        """Show the journals, with the cursor on the wanted one, or where it was."""
        try:
            found = await asyncio.to_thread(count_journals)
        except CharlieError as error:
            self.show_error(error)
            return
        if self._entry is None:
            self._journals = [None, *found]
        else:
            self._journals = [each for each in found if each.name != self._entry.journal]
        self._list.show([self._words(each, found) for each in self._journals], self._wanted)
        self._wanted = None
        self._list.styles.height = max(1, len(self._journals))
        self._list.display = bool(self._journals)
        self._says.display = not self._journals
        self.refresh_bindings()

    def _words(self, journal: JournalCount | None, found: list[JournalCount]) -> Choice:
        """Return a journal on a line: a mark if it is shown, its name, its number of entries."""
        if journal is None:
            name, count, in_trash = "All journals", sum(each.count for each in found), 0
        else:
            name, count, in_trash = journal.name, journal.count, journal.in_trash
        is_shown = self._entry is None and self.charlie.journal_scope.shown == (
            journal and journal.name
        )
        words = f"{'●' if is_shown else ' '} {for_terminal_line(name)}"
        hint = counted(count, "entry", "entries") if count else "empty"
        hint += f", {in_trash:,} in the trash" if in_trash else ""
        return Choice(words, hint, journal.name if journal else "")

    @property
    def _chosen(self) -> JournalCount | None:
        place = self._list.cursor
        return self._journals[place] if place is not None and self._journals else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys without an effect here are not shown."""
        if action in ("rename", "delete"):
            return self._entry is None and self._chosen is not None
        if action == "choose":
            return bool(self._journals)
        return True

    @on(VirtualList.Chosen)
    def _moved(self) -> None:
        self.refresh_bindings()

    @on(VirtualList.Opened)
    def action_choose(self) -> None:
        """Show the journal, or move the entry into it."""
        chosen = self._chosen
        if self._entry is None:
            self.charlie.journal_switch.show(chosen.name if chosen else None)
        elif chosen is not None:
            # For the app: it is done also if this screen is closed before its turn.
            run_each(self.app, "move", self.charlie.journal_switch.move, self._entry, chosen.name)
        self.dismiss(None)

    def action_create(self) -> None:
        """Make a new journal."""
        self.change(self._create)

    async def _create(self) -> None:
        name = await self.app.push_screen_wait(NameScreen("New journal", create_journal))
        if name is not None:
            await self._show_changed(name)

    def action_rename(self) -> None:
        """Give the journal another name."""
        chosen = self._chosen
        if chosen is not None:
            self.change(self._rename, chosen.name)

    async def _rename(self, old: str) -> None:
        name = for_terminal_line(old)
        asking = NameScreen(f"Rename “{name}”", partial(rename_journal, old), name=name)
        new = await self.app.push_screen_wait(asking)
        if new is not None:
            journal_scope = self.charlie.journal_scope
            if journal_scope.written == old:
                journal_scope.written = new
            if journal_scope.shown == old:
                journal_scope.shown = new
                self.charlie.home.show_journal(new)
            await self._show_changed(new)

    async def _show_changed(self, wanted: str | None) -> None:
        """Show what there is now, the cursor on `wanted`, or for None where it is."""
        self._wanted = wanted
        self.charlie.journal_changed.publish(None)
        # What is being read is from before.
        self.workers.cancel_group(self, "journals")
        await self._ask()

    def action_delete(self) -> None:
        """Delete the journal; one that holds anything stays."""
        chosen = self._chosen
        if chosen is not None:
            self.change(self._delete, chosen.name)

    async def _delete(self, name: str) -> None:
        try:
            await asyncio.to_thread(delete_journal, name)
        except CharlieError as error:
            self.show_error(error)
            return
        self.show_message(f"The empty journal “{name}” is deleted.")
        if self.charlie.journal_scope.shown == name:
            self.charlie.home.show_journal(None)
        await self._show_changed(None)
