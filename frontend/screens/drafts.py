"""Drafts that were left behind by a crash or a lost connection, offered back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from backend import add_entry, discard_draft, edit_entry, get_entry, request_reading
from backend.dates import local_time, local_zone
from backend.errors import CharlieError, NotFoundError
from backend.records import Draft, Entry
from backend.text import count_words, for_terminal_line, single_line
from frontend.background import run_each
from frontend.drafting import adopt, list_rescued
from frontend.screens.base import CharlieModal
from frontend.screens.confirm import ConfirmScreen
from frontend.screens.editor import EditorScreen
from frontend.wording import NAME_LENGTH, counted, entry_name, short_date

if TYPE_CHECKING:
    from frontend.app import CharlieApp


@dataclass(frozen=True, slots=True)
class Rescued:
    """A draft and the entry it was begun from (None if it has none, or that is gone)."""

    draft: Draft
    entry: Entry | None

    @property
    def has_moved_on(self) -> bool:
        """Whether the entry was saved by somebody else since the draft was begun."""
        return self.entry is not None and self.entry.revision != self.draft.base_revision

    @property
    def about(self) -> str:
        """What the draft belongs to and what saving it will do."""
        if self.draft.entry is None:
            return "A new entry"
        if self.entry is None:
            return "Its entry is gone: it will be saved as a new one"
        if self.has_moved_on:
            return f"{entry_name(self.entry)} was changed since: saved as a new entry, both stay"
        return f"Changes to {entry_name(self.entry)}"


def read_rescued(app: CharlieApp) -> list[Rescued]:
    """The drafts that nobody is typing into, with their entries; blocks.

    Raises:
        StorageError: they cannot be read.
    """
    return [Rescued(draft, _entry_of(draft)) for draft in list_rescued(app.presence)]


async def offer_rescued(app: CharlieApp, *, say_if_none: bool = False) -> None:
    """Show what was left behind, if anything was.

    Raises:
        StorageError: the drafts cannot be read.
    """
    rescued = await asyncio.to_thread(read_rescued, app)
    if rescued:
        app.push_screen(DraftsScreen(rescued))
    elif say_if_none:
        app.notify("No draft was left behind.", markup=False)


class DraftsScreen(CharlieModal[None]):
    """Continue, save or discard each of `rescued`; what is left is offered again next time."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "continue", "continue writing"),
        Binding("s", "save", "save as entry"),
        Binding("d", "discard", "discard"),
        Binding("escape,q", "dismiss", "later"),
        Binding("j", "move(1)", "Next", show=False),
        Binding("k", "move(-1)", "Previous", show=False),
    ]

    def __init__(self, rescued: list[Rescued]) -> None:
        super().__init__()
        self._rescued = {each.draft.key: each for each in rescued}

    def compose(self) -> ComposeResult:
        """The drafts, each in three lines, over the keys."""
        with Vertical(classes="sheet tall"):
            yield Static("You were writing", classes="sheet-title")
            yield Static(
                "This text was not saved when Charlie ended. It is safe here.", classes="quiet"
            )
            yield OptionList(id="drafts", markup=False, compact=True)
            yield Static(
                "enter continue · s save as entry · d discard · esc later", classes="quiet keys"
            )

    def on_mount(self) -> None:
        """Fill the list."""
        self._fill()
        self.query_one(OptionList).focus()

    def _fill(self) -> None:
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(
            Option(_words(each), id=each.draft.key) for each in self._rescued.values()
        )
        if self._rescued:
            options.highlighted = 0

    def _chosen(self) -> Rescued | None:
        option = self.query_one(OptionList).highlighted_option
        return self._rescued.get(option.id or "") if option else None

    def _settle(self, key: str) -> None:
        """A draft is dealt with; close behind the last one."""
        self._rescued.pop(key, None)
        if self._rescued:
            self._fill()
        elif self.is_current:
            self.dismiss()

    def on_option_list_option_selected(self) -> None:
        """Enter on a draft."""
        self.action_continue()

    def action_continue(self) -> None:
        """Open the draft in the editor."""
        rescued = self._chosen()
        if rescued is not None:
            run_each(self, "save", self._continue, rescued.draft)

    async def _continue(self, draft: Draft) -> None:
        try:
            own = await asyncio.to_thread(adopt, draft, self.charlie.presence)
        except CharlieError as error:
            self.tell_error(error)
            return
        home = self.charlie.home

        def back(uuid: str | None) -> None:
            self._settle(draft.key)
            home.written(uuid)

        self.app.push_screen(EditorScreen.for_draft(own), back)

    def action_save(self) -> None:
        """Save the draft without opening it."""
        rescued = self._chosen()
        if rescued is not None:
            run_each(self, "save", self._save, rescued)

    async def _save(self, rescued: Rescued) -> None:
        try:
            entry = await asyncio.to_thread(store_rescued, rescued)
        except CharlieError as error:
            self.tell_error(error)
            return
        self.tell(f"{entry_name(entry)} is saved.")
        self.charlie.home.written(entry.uuid)
        self._settle(rescued.draft.key)
        await asyncio.to_thread(request_reading, entry.uuid, entry.journal)

    def action_discard(self) -> None:
        """Throw the draft away, after a question."""
        rescued = self._chosen()
        if rescued is None:
            return

        def answered(yes: bool | None) -> None:
            if yes:
                run_each(self, "save", self._discard, rescued.draft.key)

        words = counted(count_words(rescued.draft.text), "word")
        self.app.push_screen(
            ConfirmScreen(f"Throw this draft of {words} away?", "Discard", "Keep", cautious=True),
            answered,
        )

    async def _discard(self, key: str) -> None:
        try:
            await asyncio.to_thread(discard_draft, key)
        except CharlieError as error:
            self.tell_error(error)
            return
        self._settle(key)

    def action_move(self, rows: int) -> None:
        """Move in the list."""
        options = self.query_one(OptionList)
        if rows > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()


def _entry_of(draft: Draft) -> Entry | None:
    if draft.entry is None:
        return None
    try:
        return get_entry(draft.entry)
    except NotFoundError:
        return None


def store_rescued(rescued: Rescued) -> Entry:
    """Save a draft, over nothing that was saved since it was begun; blocks.

    Raises:
        CharlieError: it could not be saved; the draft is still there.
    """
    draft = rescued.draft
    if rescued.entry is None or rescued.has_moved_on:
        return add_entry(
            draft.text,
            journal=draft.journal,
            title=draft.title or "",
            created_at=draft.created_at,
            draft=draft.key,
        )
    return edit_entry(
        rescued.entry.uuid,
        draft.text,
        title=draft.title,
        created_at=draft.created_at,
        base_revision=draft.base_revision,
        draft=draft.key,
    )


def _words(rescued: Rescued) -> Text:
    draft = rescued.draft
    when = local_time(draft.updated_at, local_zone())
    words = counted(count_words(draft.text), "word")
    name = single_line(draft.title or "", NAME_LENGTH) or single_line(draft.text, NAME_LENGTH * 2)
    text = Text(for_terminal_line(name), "bold", end="")
    text.append(f"\n{short_date(when.date())}, {when:%H:%M} · {words}", "not bold")
    text.append(f"\n{rescued.about}\n", "not bold")
    return text
