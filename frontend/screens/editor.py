"""The editor: one entry being written, and a draft of it that is never older than two seconds."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from typing import ClassVar, Self

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.timer import Timer
from textual.widgets import Static

from backend import add_entry, edit_entry, get_entry, request_reading
from backend.errors import CharlieError, NotFoundError
from backend.records import DEFAULT_JOURNAL, Draft, Entry, EntrySummary
from backend.text import count_words, for_terminal_line, has_content
from frontend.background import run_each, run_latest
from frontend.drafting import DraftKeeper, Presence
from frontend.screens.base import FieldScreen
from frontend.screens.confirm import ConfirmScreen
from frontend.widgets.key_line import KeyLine
from frontend.widgets.masthead import Masthead
from frontend.widgets.writing_area import WritingArea
from frontend.wording import counted, entry_name, long_date, today
from frontend.writing import WritingState

#: Seconds from the first change that is not kept to the moment it is written as a draft.
DRAFT_SECONDS = 1.0

_CONFLICT_SECONDS = 12.0


class EditorScreen(FieldScreen[str | None]):
    """Dismissed with the uuid of the entry that was saved, or None.

    Args:
        keeper: keeps the draft, and knows what is being edited.
        text: what to begin with; None to read the entry first.
        place: what is being done, for the line at the top.
        about: of which entry.
        is_draft: the text is a draft's: nothing of it is saved yet.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "save", priority=True, tooltip="Save and keep writing"),
        Binding(
            "escape",
            "leave",
            "save and return",
            priority=True,
            tooltip="Save and return",
        ),
        Binding("f1", "app.help", "keys", tooltip="Show all keys of this screen"),
    ]

    def __init__(
        self,
        keeper: DraftKeeper,
        text: str | None,
        *,
        place: str,
        about: str,
        is_draft: bool = False,
    ) -> None:
        super().__init__()
        # Held here and not looked up: what comes from a thread may come after the end.
        self._masthead = Masthead()
        self._problem = Static(id="problem", markup=False)
        self._page: WritingArea | None = None
        self._keeper = keeper
        self._text = text
        self._place = place
        self._about = about
        self._state = WritingState(is_entry=keeper.entry is not None and not is_draft)
        self._is_draft = is_draft
        self._draft_timer: Timer | None = None
        # One save at a time: the second one has to know what the first one made.
        self._saving = asyncio.Lock()
        self._has_saved = False
        self._opened = asyncio.Event()

    @classmethod
    def for_new_entry(cls, presence: Presence, journal: str) -> Self:
        """An empty page of `journal`."""
        keeper = DraftKeeper(presence.new_key(), journal=journal)
        where = f" · {for_terminal_line(journal)}" if journal != DEFAULT_JOURNAL else ""
        return cls(keeper, "", place="New entry", about=long_date(today()) + where)

    @classmethod
    def for_entry(cls, presence: Presence, entry: EntrySummary) -> Self:
        """An entry as it is saved; it is read when the screen is already there."""
        keeper = DraftKeeper(presence.new_key(), journal=entry.journal, entry=entry.uuid)
        return cls(keeper, None, place="Editing", about=entry_name(entry))

    @classmethod
    def for_draft(cls, draft: Draft) -> Self:
        """A draft that was left behind; it goes on under its own key."""
        keeper = DraftKeeper(
            draft.key,
            journal=draft.journal,
            entry=draft.entry,
            base_revision=draft.base_revision,
        )
        return cls(keeper, draft.text, place="Rescued draft", about="", is_draft=True)

    def compose(self) -> ComposeResult:
        """A page, with as little around it as can be."""
        yield self._masthead
        yield Container(id="desk")
        yield self._problem
        yield KeyLine()

    def on_mount(self) -> None:
        """Lay the page out, or fetch it."""
        self._show_state()
        run_each(self, "open", self._open)

    async def _open(self) -> None:
        if self._text is None:
            entry = self._keeper.entry or ""
            try:
                self._text = await asyncio.to_thread(self._fetch, entry)
            except CharlieError as error:
                self.tell_error(error)
                self.dismiss(None)
                return
        area = WritingArea(self._text)
        if self._is_draft:
            area.edits = 1
            self._state.changed(1)
            self._state.was_kept(1)
        self._page = area
        await self.query_one("#desk").mount(area)
        area.move_cursor(area.document.end)
        self._show_state()
        self.take_keys(area)
        self._opened.set()

    def _fetch(self, uuid: str) -> str:
        entry = get_entry(uuid)
        self._keeper.base_revision = entry.revision
        return entry.text

    @property
    def _area(self) -> WritingArea:
        if self._page is None:
            raise RuntimeError("the page is not open yet")
        return self._page

    @on(WritingArea.Changed)
    def _changed(self) -> None:
        self._state.changed(self._area.edits)
        self._show_state()
        if self._draft_timer is None:
            self._draft_timer = self.set_timer(DRAFT_SECONDS, self._keep_soon)

    def _show_state(self) -> None:
        self._masthead.place = self._place
        self._masthead.about = self._about
        self._masthead.status = self._state.words()
        lines = [for_terminal_line(line) for line in self._state.problems()]
        self._problem.update("\n".join(lines))
        self._problem.display = bool(lines)

    # The draft

    def _keep_soon(self) -> None:
        self._draft_timer = None
        if not self._state.is_safe():
            run_each(self, "draft", self._keep)

    async def _keep(self) -> None:
        serial, field = self._state.changes, self._area.text
        try:
            await asyncio.to_thread(self._keep_text, field, serial)
        except CharlieError as error:
            self._state.draft_problem = error
            # The disk may have room again soon.
            self._draft_timer = self._draft_timer or self.set_timer(DRAFT_SECONDS, self._keep_soon)
        else:
            self._state.was_kept(serial)
        self._show_state()

    def _keep_text(self, field: str, serial: int) -> None:
        self._keeper.write(self._area.stored_text(field), serial)

    def keep_now(self) -> None:
        """Write the draft before this process ends; blocks, and gives up silently."""
        if self._page is not None:
            self._state.changed(self._area.edits)
            if not self._state.is_safe():
                with contextlib.suppress(CharlieError):
                    self._keep_text(self._area.text, self._state.changes)

    # Saving

    async def _all_typed(self) -> None:
        """Wait until the page is there and holds every key that was typed before this."""
        await self._opened.wait()
        await self.keys_taken(self._area)
        self._state.changed(self._area.edits)

    async def _save(self) -> bool:
        async with self._saving:
            serial, field = self._state.changes, self._area.text
            try:
                entry = await asyncio.to_thread(self._store, field, serial)
            except CharlieError as error:
                self._state.save_problem = error
                self._show_state()
                if not self._state.is_safe():
                    await self._keep()
                return False
            self._state.was_saved(serial)
            self._has_saved = True
            self._place, self._about = "Editing", entry_name(entry)
            self._show_state()
            if entry.conflict:
                self.tell(
                    "The entry had changed since you opened it. Both texts are kept: yours is"
                    " shown, the other one is its earlier revision.",
                    _CONFLICT_SECONDS,
                )
            reading = partial(request_reading, entry.uuid, entry.journal)
            self.app.run_worker(reading, thread=True, group="requests")
            return True

    def _store(self, field: str, serial: int) -> Entry:
        """Save in one transaction with the end of the draft; in a thread."""
        text = self._area.stored_text(field)
        keeper = self._keeper
        with keeper.writing_stopped():
            entry = None
            if keeper.entry is not None:
                # An entry that was deleted meanwhile is written again as a new one.
                with contextlib.suppress(NotFoundError):
                    entry = edit_entry(
                        keeper.entry, text, base_revision=keeper.base_revision, draft=keeper.key
                    )
            if entry is None:
                entry = add_entry(text, journal=keeper.journal, draft=keeper.key)
            keeper.settle(entry.uuid, entry.revision, serial)
        return entry

    def action_save(self) -> None:
        """Save and stay."""
        run_each(self, "save", self._save_and_tell)

    async def _save_and_tell(self) -> None:
        await self._all_typed()
        if self._state.is_saved() and not self._state.is_entry:
            self.tell("There is nothing to save yet.")
        elif await self._save():
            words = counted(count_words(self._area.text), "word")
            self.tell(f"Saved, {words}.", 2.0)

    def action_leave(self) -> None:
        """Save and return to where one came from."""
        run_latest(self, "leave", self._leave)

    async def _leave(self) -> None:
        had_problem = self._state.save_problem is not None
        if await self.settle():
            self.dismiss(self._keeper.entry if self._has_saved else None)
        elif had_problem:
            self._ask_to_leave()

    async def settle(self) -> bool:
        """See to it that the text is saved or was never there; False if neither can be."""
        await self._all_typed()
        if self._state.is_saved():
            return True
        is_new = self._keeper.entry is None
        if is_new and not has_content(self._area.text):
            with contextlib.suppress(CharlieError):
                await asyncio.to_thread(self._keeper.discard, self._state.changes)
            return True
        return await self._save()

    def _ask_to_leave(self) -> None:
        kept = self._state.is_safe()
        question = (
            "This cannot be saved now. Leave it? The draft is kept and offered the next time"
            " Charlie starts."
            if kept
            else "This cannot be saved, not even as a draft. Leave it and lose what you wrote?"
        )

        def answered(yes: bool | None) -> None:
            if yes:
                self.dismiss(self._keeper.entry if self._has_saved else None)

        self.app.push_screen(
            ConfirmScreen(question, "Leave", "Keep writing", cautious=True), answered
        )
