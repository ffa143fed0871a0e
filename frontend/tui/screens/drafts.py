"""Drafts that were left behind by a crash or a lost connection, offered back."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from backend import discard_draft
from backend.dates import local_zone
from backend.errors import CharlieError
from backend.records import Draft
from backend.services.draft_sessions import (
    RecoveredDraft,
    SessionLock,
    adopt,
    load_recovered_drafts,
    save_recovered_draft,
)
from backend.text import count_words, for_terminal_line, single_line
from frontend.shared.formatting import (
    NAME_LENGTH,
    counted,
    entry_name,
    recovered_draft_purpose,
    short_moment,
)
from frontend.tui.screens.base import CharlieModal, FieldScreen
from frontend.tui.screens.editor import EditorScreen


async def offer_recovered(
    app: App[None], session_lock: SessionLock, *, message_if_none: bool = False
) -> None:
    """Show what was left behind, if anything was; not while somebody is typing already.

    Args:
        app: the app over whose screens it is shown.
        session_lock: tells which drafts are being written here.
        message_if_none: show it at once, or say that nothing was left behind: it was asked for.

    Raises:
        StorageError: the drafts cannot be read.
    """
    if not message_if_none:
        await _until_nobody_types(app)
    recovered = await asyncio.to_thread(load_recovered_drafts, session_lock)
    if recovered:
        app.push_screen(DraftsScreen(recovered))
    elif message_if_none:
        app.notify("No draft was left behind.", markup=False)


async def _until_nobody_types(app: App[None]) -> None:
    """Wait until letters are keys again: those of a sentence would be answers to this."""
    changed = asyncio.Event()
    app.screen_change_signal.subscribe(app, lambda _: changed.set())
    while isinstance(app.screen, FieldScreen):
        await changed.wait()
        changed.clear()
    app.screen_change_signal.unsubscribe(app)


class DraftsScreen(CharlieModal[None]):
    """Continue, save or discard each of `recovered`; what is left is offered again next time."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "continue", "continue writing"),
        Binding("s", "save", "save as entry"),
        Binding("d", "discard", "discard"),
        Binding("escape,q", "dismiss", "later"),
        Binding("j", "move(1)", "Next", show=False),
        Binding("k", "move(-1)", "Previous", show=False),
    ]

    def __init__(self, recovered: list[RecoveredDraft]) -> None:
        super().__init__()
        self._recovered = {each.draft.key: each for each in recovered}

    def compose(self) -> ComposeResult:
        """Yield the drafts, each in three lines, over the keys."""
        with Vertical(classes="sheet"):
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
            Option(_words(each), id=each.draft.key) for each in self._recovered.values()
        )
        if self._recovered:
            options.highlighted = 0

    def _chosen(self) -> RecoveredDraft | None:
        option = self.query_one(OptionList).highlighted_option
        return self._recovered.get(option.id or "") if option else None

    def _settle(self, key: str) -> None:
        """Take a draft off the list that is dealt with; close behind the last one."""
        self._recovered.pop(key, None)
        if self._recovered:
            self._fill()
        elif self.is_current:
            self.dismiss()

    def on_option_list_option_selected(self) -> None:
        """Enter on a draft."""
        self.action_continue()

    def action_continue(self) -> None:
        """Open the draft in the editor."""
        recovered = self._chosen()
        if recovered is not None:
            self.change(self._continue, recovered.draft)

    async def _continue(self, draft: Draft) -> None:
        try:
            own = await asyncio.to_thread(adopt, draft, self.charlie.session_lock)
        except CharlieError as error:
            self.show_error(error)
            return
        home = self.charlie.home

        def back(uuid: str | None) -> None:
            self._settle(draft.key)
            home.written(uuid)

        self.app.push_screen(EditorScreen.for_draft(own), back)

    def action_save(self) -> None:
        """Save the draft without opening it."""
        recovered = self._chosen()
        if recovered is not None:
            self.change(self._save, recovered)

    async def _save(self, recovered: RecoveredDraft) -> None:
        try:
            entry = await asyncio.to_thread(save_recovered_draft, recovered.draft)
        except CharlieError as error:
            self.show_error(error)
            return
        self.show_message(f"{entry_name(entry)} is saved.")
        self.charlie.home.written(entry.uuid)
        self._settle(recovered.draft.key)

    def action_discard(self) -> None:
        """Throw the draft away, after a question."""
        recovered = self._chosen()
        if recovered is not None:
            words = counted(count_words(recovered.draft.text), "word")
            question = f"Throw this draft of {words} away?"
            discard = partial(self.change, self._discard, recovered.draft.key)
            self.confirm(question, "Discard", "Keep", discard, cautious=True)

    async def _discard(self, key: str) -> None:
        try:
            await asyncio.to_thread(discard_draft, key)
        except CharlieError as error:
            self.show_error(error)
            return
        self._settle(key)

    def action_move(self, rows: int) -> None:
        """Move in the list."""
        options = self.query_one(OptionList)
        if rows > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()


def _words(recovered: RecoveredDraft) -> Text:
    draft = recovered.draft
    when = short_moment(draft.updated_at, local_zone())
    words = counted(count_words(draft.text), "word")
    name = single_line(draft.title or "", NAME_LENGTH) or single_line(draft.text, NAME_LENGTH * 2)
    text = Text(for_terminal_line(name), "bold", end="")
    text.append(f"\n{when} · {words}", "not bold")
    text.append(f"\n{recovered_draft_purpose(recovered)}\n", "not bold")
    return text
