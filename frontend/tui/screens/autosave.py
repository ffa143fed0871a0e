"""A screen whose text is kept as a draft while it is written, and saved."""

from __future__ import annotations

import asyncio
import contextlib
import time
from functools import partial

from textual.timer import Timer

from backend.errors import CharlieError
from backend.records import Entry
from backend.services.draft_sessions import Page
from backend.text import has_content
from frontend.shared.formatting import counted
from frontend.tui.editing.editor_session import EditorSession
from frontend.tui.editing.save_state import WritingState
from frontend.tui.screens.base import FieldScreen
from frontend.tui.tasks import run_each

#: Seconds from the first change that is not kept to the moment it is written as a draft.
DRAFT_SECONDS = 1.0

_NOTICE_SECONDS = 12.0


class AutosaveScreen(FieldScreen[str | None]):
    """Dismissed with the uuid of the entry that was saved, or None.

    What is derived from it says what is on the page, and shows the state.

    Args:
        editor_session: what is being written.
    """

    def __init__(self, editor_session: EditorSession) -> None:
        super().__init__()
        self.editor_session = editor_session
        self.state = WritingState(
            is_entry=not editor_session.is_new and editor_session.draft is None
        )
        self.opened = asyncio.Event()
        self._draft_timer: Timer | None = None
        self._words_timer: Timer | None = None
        # One save at a time: the second one has to know what the first one made.
        self._saving = asyncio.Lock()
        self._has_saved = False

    # What is on the page

    def count_edits(self) -> int:
        """Return the number of changes made to the page so far."""
        raise NotImplementedError

    def count_words(self) -> int:
        """Return the number of words on the page."""
        raise NotImplementedError

    def snapshot(self) -> partial[Page]:
        """Return what makes the page as it stands now, to be called in a thread: it takes time.

        Raises:
            CharlieError: it cannot be saved as it stands (the call, and what it makes).
        """
        raise NotImplementedError

    def snapshot_for_draft(self) -> partial[Page]:
        """Return what makes the page without what cannot be saved, to be called in a thread."""
        raise NotImplementedError

    def show_state(self, words: str) -> None:
        """Show the state of the page in words, and its problems."""
        raise NotImplementedError

    def was_saved(self, entry: Entry) -> None:
        """Show that the page is that of `entry` now."""
        raise NotImplementedError

    # The state

    def edited(self) -> None:
        """Note a change, and keep it as a draft soon."""
        self.state.changed(self.count_edits())
        self.refresh_state()
        if self._draft_timer is None:
            self._draft_timer = self.set_timer(DRAFT_SECONDS, self._keep_soon)

    def refresh_state(self) -> None:
        """Show the state, and again when it will say something else."""
        now = time.monotonic()
        self.show_state(self.state.words(now))
        if self._words_timer is not None:
            self._words_timer.stop()
        wait = self.state.next_words(now)
        self._words_timer = None if wait is None else self.set_timer(wait, self.refresh_state)

    # The draft

    def _keep_soon(self) -> None:
        self._draft_timer = None
        if not self.state.is_safe():
            run_each(self, "draft", self.keep)

    async def keep(self) -> None:
        """Write the draft."""
        serial, page = self.state.changes, self.snapshot_for_draft()
        try:
            await asyncio.to_thread(lambda: self.editor_session.keep(page(), serial))
        except CharlieError as error:
            self.state.draft_problem = error
            # The disk may have room again soon.
            self._draft_timer = self._draft_timer or self.set_timer(DRAFT_SECONDS, self._keep_soon)
        else:
            self.state.was_kept(serial, time.monotonic())
        self.refresh_state()

    def keep_now(self) -> None:
        """Write the draft before this process ends; blocks, and gives up silently."""
        if self.opened.is_set():
            self.state.changed(self.count_edits())
            if not self.state.is_safe():
                with contextlib.suppress(CharlieError):
                    self.editor_session.keep(self.snapshot_for_draft()(), self.state.changes)

    # Saving

    async def all_typed(self) -> None:
        """Wait until the page is there and holds every key that was typed before this."""
        await self.opened.wait()
        await self.charlie.key_buffer.all_taken()
        self.state.changed(self.count_edits())

    async def save(self) -> bool:
        """Save the page; False if that cannot be."""
        async with self._saving:
            serial = self.state.changes
            try:
                page = self.snapshot()
                saved = await asyncio.to_thread(lambda: self.editor_session.store(page(), serial))
            except CharlieError as error:
                self.state.save_problem = error
                self.refresh_state()
                if not self.state.is_safe():
                    await self.keep()
                return False
            self.state.was_saved(serial)
            self._has_saved = True
            self.was_saved(saved.entry)
            self.refresh_state()
            if saved.notice:
                self.show_message(saved.notice, _NOTICE_SECONDS)
            return True

    def action_save(self) -> None:
        """Save and stay."""
        run_each(self, "save", self._save_and_show)

    async def _save_and_show(self) -> None:
        await self.all_typed()
        if self.state.is_saved() and not self.state.is_entry:
            self.show_message("There is nothing to save yet.")
        elif await self.save():
            self.show_message(f"Saved, {counted(self.count_words(), 'word')}.", 2.0)

    def action_leave(self) -> None:
        """Save and return to where one came from."""
        self.change(self._leave)

    async def _leave(self) -> None:
        had_problem = self.state.save_problem is not None
        if await self.settle():
            self._return()
        elif had_problem:
            self._ask_to_leave()

    def _return(self) -> None:
        self.dismiss(self.editor_session.writer.entry if self._has_saved else None)

    async def settle(self) -> bool:
        """Save the text unless there is none; return False if that cannot be."""
        await self.all_typed()
        if self.state.is_saved():
            return True
        if self.editor_session.is_new and await asyncio.to_thread(self._is_empty):
            with contextlib.suppress(CharlieError):
                await asyncio.to_thread(self.editor_session.discard, self.state.changes)
            return True
        return await self.save()

    def _is_empty(self) -> bool:
        page = self.snapshot_for_draft()()
        return not has_content(page.text) and not has_content(page.title or "")

    def _ask_to_leave(self) -> None:
        kept = self.state.is_safe()
        question = (
            "This cannot be saved now. Leave it? The draft is kept and offered the next time"
            " Charlie starts."
            if kept
            else "This cannot be saved, not even as a draft. Leave it and lose what you wrote?"
        )
        self.confirm(question, "Leave", "Keep writing", self._return, cautious=True)
