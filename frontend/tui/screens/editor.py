"""The editor: one entry being written, and a draft of it that is never older than two seconds."""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from typing import ClassVar, Self

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Input, Static

from backend.dates import local_date, now, today
from backend.errors import CharlieError, StorageError, UsageError
from backend.records import DEFAULT_JOURNAL, Draft, Entry, EntrySummary
from backend.services.draft_sessions import Page, SessionLock
from backend.text import for_terminal_line
from frontend.shared.formatting import counted, entry_name, long_date
from frontend.shared.prompts import todays_prompt
from frontend.tui.editing.editor_session import EditorSession
from frontend.tui.editing.suspend import edit_elsewhere
from frontend.tui.screens.autosave import AutosaveScreen
from frontend.tui.tasks import run_each, run_latest
from frontend.tui.text.completing import Completing
from frontend.tui.widgets.fields.heading_line import HeadingLine
from frontend.tui.widgets.fields.writing_area import WritingArea
from frontend.tui.widgets.lists.completion_list import CompletionList
from frontend.tui.widgets.panes.footer import Footer
from frontend.tui.widgets.panes.header import Header


class EditorScreen(AutosaveScreen):
    """Dismissed with the uuid of the entry that was saved, or None.

    Args:
        editor_session: what is being written.
        title: what is being done, for the line at the top.
        about: of which entry.
        beginning: what stands on the page of a new entry already.
    """

    CSS_PATH = "../styles/editor.tcss"
    IS_FOR_WRITING = True
    # The page takes the keys when it is there; until then they are held for it.
    AUTO_FOCUS = ""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "save", priority=True, tooltip="Save and keep writing"),
        Binding(
            "escape",
            "leave",
            "save and return",
            priority=True,
            tooltip="Save and return",
        ),
        Binding("enter,down", "text", "text", priority=True, tooltip="Go on with the text"),
        Binding("ctrl+t", "title", "title", priority=True, tooltip="Give it a title"),
        Binding("ctrl+g", "date", "date", priority=True, tooltip="Say when it was"),
        Binding(
            "ctrl+e",
            "hand_over",
            "editor",
            priority=True,
            tooltip="Go on in your own editor ($EDITOR)",
        ),
        Binding(
            "ctrl+o,f11",
            "bare",
            "page alone",
            priority=True,
            tooltip="Nothing but the page, and back",
        ),
        Binding("ctrl+n", "template", "template", priority=True, tooltip="Begin with a template"),
        Binding("f1", "app.help", "keys", tooltip="Show all keys of this screen"),
    ]

    def __init__(
        self, editor_session: EditorSession, *, title: str, about: str, beginning: str = ""
    ) -> None:
        super().__init__(editor_session)
        # Held here and not looked up: what comes from a thread may come after the end.
        self._header = Header()
        self._heading = HeadingLine(id="heading")
        self._problem = Static(id="problem", markup=False)
        self._completing = Completing()
        self._completions = CompletionList(self._completing, id="completions")
        self._page: WritingArea | None = None
        self._title = title
        self._about = about
        self._beginning = beginning
        self._was_blank = False

    @classmethod
    def for_new_entry(cls, lock: SessionLock, journal: str, *, beginning: str = "") -> Self:
        """Return an empty page of `journal`, or one that begins with a template."""
        editor_session = EditorSession.of_new_entry(lock, journal)
        return cls(editor_session, title="New entry", about="", beginning=beginning)

    @classmethod
    def for_entry(cls, lock: SessionLock, entry: EntrySummary) -> Self:
        """Return an entry as it is saved; it is read when the screen is already there."""
        editor_session = EditorSession.of_entry(lock, entry)
        return cls(editor_session, title="Editing", about=entry_name(entry))

    @classmethod
    def for_draft(cls, draft: Draft) -> Self:
        """Return a draft that was left behind."""
        return cls(EditorSession.of_draft(draft), title="Recovered draft", about="")

    def compose(self) -> ComposeResult:
        """Yield a page, with as little around it as can be."""
        yield self._header
        yield Container(self._heading, id="desk")
        yield self._problem
        yield Footer()
        yield self._completions

    def on_mount(self) -> None:
        """Lay the page out, or fetch it."""
        self.show_state("")
        run_each(self, "open", self._open)

    async def _open(self) -> None:
        editor_session = self.editor_session
        try:
            page, prompt = await asyncio.to_thread(self._fetch)
        except CharlieError as error:
            self.show_error(error)
            self.dismiss(None)
            return
        area = WritingArea(page.text, prompt=prompt, completing=self._completing)
        self._heading.show(editor_session.title, editor_session.created_at, editor_session.zone)
        if editor_session.draft is not None:
            self._heading.put(page.title, page.created_at)
            area.edits = 1
            self.state.changed(1)
            age = max(0.0, (now() - editor_session.draft.updated_at).total_seconds())
            self.state.was_kept(1, time.monotonic() - age)
        self._page = area
        await self.query_one("#desk").mount(area)
        area.move_cursor(area.document.end)
        self.refresh_state()
        self.opened.set()
        self.give_keys(area)
        self._look_whether_blank()

    def _fetch(self) -> tuple[Page, str]:
        page = self.editor_session.open()
        if not self.editor_session.is_new or self.editor_session.draft is not None:
            return page, ""
        return Page(self._beginning), todays_prompt()

    @property
    def _area(self) -> WritingArea:
        if self._page is None:
            raise RuntimeError("the page is not open yet")
        return self._page

    # What is on the page

    def count_edits(self) -> int:
        """Return the number of changes of the text and of what stands over it."""
        return self._area.edits + self._heading.edits

    def count_words(self) -> int:
        """Words of the text."""
        return self._area.word_count

    def snapshot(self) -> partial[Page]:
        """Return the page; a date that is not understood cannot be saved."""
        page = self.snapshot_for_draft()
        if self._heading.problem is not None:
            wrong = self._heading.problem
            raise UsageError(wrong.message, hint=f"ctrl+g goes to the date. {wrong.hint}")
        return page

    def snapshot_for_draft(self) -> partial[Page]:
        """Return the page without a date that is not understood."""
        heading = self._heading
        return partial(_page, self._area, self._area.text, heading.title, heading.created_at)

    def was_saved(self, entry: Entry) -> None:
        """Name the entry, and show what it has now."""
        self._title, self._about = "Editing", entry_name(entry)
        if self.state.changes == self.count_edits():
            self._heading.show(
                self.editor_session.title, self.editor_session.created_at, self.editor_session.zone
            )

    @on(WritingArea.Changed)
    def _text_changed(self) -> None:
        self.edited()
        self._completions.look_up(self._area, self.editor_session.writer.journal)
        self._look_whether_blank()

    @on(HeadingLine.Changed)
    def _heading_changed(self) -> None:
        if self.opened.is_set():
            self.edited()

    def show_state(self, words: str) -> None:
        """Show the state at the top on the right, what is wrong over the keys."""
        self._header.title = self._title
        self._header.about = self._about or self._day()
        count = counted(self._page.word_count, "word") if self._page is not None else ""
        self._header.status = " · ".join(filter(None, (count, words)))
        lines = [for_terminal_line(line) for line in self.state.problems()]
        self._problem.update("\n".join(lines))
        self._problem.display = bool(lines)

    def _day(self) -> str:
        moment = self._heading.created_at
        day = today() if moment is None else local_date(moment, self.editor_session.zone)
        journal = self.editor_session.writer.journal
        where = f" · {for_terminal_line(journal)}" if journal != DEFAULT_JOURNAL else ""
        return long_date(day) + where

    def on_resize(self) -> None:
        """Keep what is offered at its word."""
        if self._page is not None and self._completions.display:
            self.call_after_refresh(self._completions.follow, self._page)

    @on(WritingArea.SelectionChanged)
    def _cursor_moved(self) -> None:
        if self._completions.display:
            self._completions.follow(self._area)

    @on(CompletionList.Clicked)
    def _completion_clicked(self, event: CompletionList.Clicked) -> None:
        self._completing.chosen = event.place
        self._area.accept_completion()

    # What the keys do

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether the action has an effect: a template has one on a blank page alone."""
        if action == "text":
            return self.focused in self._heading.fields
        return self._was_blank if action == "template" else True

    def _look_whether_blank(self) -> None:
        is_blank = self.editor_session.is_new and not self._area.word_count
        if is_blank != self._was_blank:
            self._was_blank = is_blank
            self.refresh_bindings()

    def action_leave(self) -> None:
        """Close what is offered, else save and return."""
        if self._completing.is_open:
            self._completing.refuse()
            self._completions.follow(self._area)
        else:
            super().action_leave()

    def action_title(self) -> None:
        """To the title."""
        self._go_to(self._heading.fields[0])

    def action_date(self) -> None:
        """To the date."""
        self._go_to(self._heading.fields[1])

    def _go_to(self, field: Input) -> None:
        self.set_class(False, "-bare")
        self.set_focus(field)

    def action_text(self) -> None:
        """Back to the text."""
        self.set_focus(self._page)

    def action_bare(self) -> None:
        """Nothing but the page, or all of it again."""
        if self._page is not None:
            self.set_focus(self._page)
            self.toggle_class("-bare")

    def action_template(self) -> None:
        """Choose a template for the blank page."""
        # The first key can do without it.
        from frontend.tui.screens.dialogs.templates import TemplatesScreen  # noqa: PLC0415

        def chosen(beginning: str | None) -> None:
            if beginning is not None:
                self._area.set_whole_text(beginning)

        self.app.push_screen(TemplatesScreen(), chosen)

    def action_hand_over(self) -> None:
        """Let the user's own editor have the text for a while."""
        run_latest(self, "hand over", self._hand_over)

    async def _hand_over(self) -> None:
        await self.all_typed()
        if not self.state.is_safe():
            await self.keep()
        area = self._area
        try:
            with ExitStack() as stack:
                text = area.stored_text(area.text)
                area.set_whole_text(edit_elsewhere(self.app, text, stack))
                self.state.changed(self.count_edits())
                # At once: what was said last is true of the text before.
                self.refresh_state()
                # The file goes only when what is in it is safe elsewhere.
                if not self.state.is_safe():
                    await self.keep()
                if self.state.draft_problem is not None:
                    raise StorageError(
                        "What you wrote in your editor is on the screen, but not kept as a draft."
                    )
        except CharlieError as error:
            self.show_error(error)


def _page(
    area: WritingArea, field_text: str, title: str | None, created_at: datetime | None
) -> Page:
    return Page(area.stored_text(field_text), title, created_at)
