"""The terminal app."""

from __future__ import annotations

import asyncio
import gc
import importlib
import signal
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import events
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.signal import Signal
from textual.worker import WorkerFailed

from backend.errors import CharlieError
from backend.preferences import THEME, Preferences
from backend.text import for_terminal_line
from frontend.shared.date_preferences import habits
from frontend.tui.app.dialogs import OpeningApp
from frontend.tui.app.driver import EscapedKey, TerminalDriver
from frontend.tui.app.journal_switch import Librarian
from frontend.tui.app.screen_lock import Guard
from frontend.tui.app.startup import Start
from frontend.tui.screens.base import CharlieScreen, FieldScreen, KeysTaken
from frontend.tui.screens.home import HomeScreen
from frontend.tui.tasks import run_each, run_latest
from frontend.tui.themes import DEFAULT_THEME, SIXTEEN_COLORS_THEME, THEMES, own_variables

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel

    from frontend.tui.app.notifications import News
    from frontend.tui.app.worker_link import Heard, WorkLink

#: Errors stay longer than other news: three sentences want to be read. In seconds.
ERROR_SECONDS = 20.0


class CharlieApp(OpeningApp):
    """The journal.

    Args:
        start_worker: whether the worker that reads entries is started; switched off altogether
            by `CHARLIE_WORKER=off` as well.

    A view subscribes to the signals that concern it, and refreshes only itself.

    Attributes:
        journal_changed: entries were saved, deleted or restored, here or elsewhere.
        entry_read: the entry of this uuid was read: its names are stored.
        inference_changed: the switch for reading was turned, here or elsewhere.
        status_changed: the worker's state in words, which is also in `status`.
        librarian: changes which journal is shown.
        start: opens the journal.
        guard: covers the screen.
        error: why the app could not start, or None; whoever ran it tells the user.
        defect: the unexpected exception that ended the app, or None.
    """

    TITLE = "Charlie"
    NOTIFICATION_TIMEOUT = 3.0
    CSS_PATH = "../styles/charlie.tcss"
    ESCAPE_TO_MINIMIZE = False
    # Charlie has its own; Textual's ends the app when enter is pressed twice.
    ENABLE_COMMAND_PALETTE = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "quit", priority=True, show=False, tooltip="Leave Charlie"),
        Binding("ctrl+p", "palette", "commands", priority=True, show=False, tooltip="Commands"),
        Binding(
            "ctrl+l", "lock", "lock", priority=True, show=False, tooltip="Lock: cover the screen"
        ),
        Binding("f1", "help", "help", show=False, tooltip="Show all keys of this screen"),
    ]

    def __init__(self, *, start_worker: bool = True) -> None:
        super().__init__(driver_class=TerminalDriver)
        for theme in THEMES:
            self.register_theme(theme)
        # Past the watcher, which would parse all styles once more before the first paint.
        self.set_reactive(CharlieApp.theme, DEFAULT_THEME)
        self.stylesheet.set_variables(self.get_css_variables())
        self.journal_changed: Signal[None] = Signal(self, "journal-changed")
        self.entry_read: Signal[str] = Signal(self, "entry-read")
        self.inference_changed: Signal[None] = Signal(self, "inference-changed")
        self.status_changed: Signal[str] = Signal(self, "status-changed")
        self.start = Start()
        self.guard = Guard(self, self.turn)
        self.librarian = Librarian(self)
        # The words of what was chosen from the palette, the latest last.
        self._recent: list[str] = []
        self.status = ""
        self._start_worker = start_worker
        self._work: WorkLink | None = None
        self.error: CharlieError | None = None
        self.defect: BaseException | None = None

    def get_default_screen(self) -> HomeScreen:
        """Home."""
        return HomeScreen()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The hues of the types, for themes that are not Charlie's."""
        return own_variables(self.current_theme)

    async def on_load(self) -> None:
        """Look whether there is a journal to open, and how to show it, before any painting."""
        try:
            preferences = await self.start.try_soon()
        except CharlieError as error:
            self.error = error
            self.exit()
            return
        if preferences is None:
            # Keys that are typed until it is open are meant for what it shows then.
            self.is_walking = True
        else:
            self._take(preferences)

    def _take(self, preferences: Preferences) -> None:
        habits.take(preferences)
        self.shelf.take(preferences)
        self.guard.take(preferences)
        theme = preferences[THEME]
        chosen = theme if theme in self.available_themes else DEFAULT_THEME
        if self._fitting(chosen) != self.theme:
            self.theme = self._fitting(chosen)

    async def on_mount(self) -> None:
        """Begin what may come after the first paint."""
        if not self.is_headless:
            loop = asyncio.get_running_loop()
            for number in (signal.SIGHUP, signal.SIGTERM):
                loop.add_signal_handler(number, self._leave_at_once, number)
        self.app_resume_signal.subscribe(self, self._paint_again)
        if self.start.is_over:
            await self.guard.begin()
            self.call_after_refresh(self._begin)
        elif self.error is None:
            run_each(self, "default", self._open_late)

    def _paint_again(self, _: object) -> None:
        """The shell has written where the screen was."""
        self.refresh(layout=True)

    async def _open_late(self) -> None:
        self._heard_status(self.start.words)
        try:
            preferences = await self.start.wait()
        except CharlieError as error:
            self.error = error
            self.exit()
            return
        self._heard_status("")
        self._take(preferences)
        await self.guard.begin()
        if self.guard.is_closed:
            # They are no passphrase.
            self.held.clear()
        self.home.show_journal(self.shelf.shown)
        self._begin()
        await self.replay()

    def _begin(self) -> None:
        # What is there by now stays; looking at it again and again would cost key presses.
        gc.freeze()
        gc.enable()
        self.guard.watch()
        run_each(self, "default", self._offer_drafts)
        run_each(self, "default", self._begin_work)

    async def _begin_work(self) -> None:
        work = await asyncio.to_thread(importlib.import_module, "frontend.tui.app.worker_link")
        link: WorkLink = work.WorkLink(
            self,
            start_worker=self._start_worker,
            on_words=self._heard_status,
            on_news=self._tell_news,
        )
        self._work = link
        await link.start()
        # So does what was imported for it.
        gc.freeze()

    async def on_unmount(self) -> None:
        """The terminal is the user's again by now."""
        if self._work is not None:
            await self._work.stop()
        await asyncio.to_thread(self.session_lock.release)

    async def _offer_drafts(self, *, say_if_none: bool = False) -> None:
        # Imported in a thread: it brings the editor along, which the first paint can do without.
        drafts = await asyncio.to_thread(importlib.import_module, "frontend.tui.screens.drafts")
        try:
            await asyncio.to_thread(self.session_lock.acquire)
            await drafts.offer_recovered(self, say_if_none=say_if_none)
        except CharlieError as error:
            self.tell_error(error)

    def tell_error(self, error: CharlieError) -> None:
        """Show what happened, what is safe and what to do next."""
        self._tell(*error.lines(), severity="error")

    def on_heard(self, message: Heard) -> None:
        """Something happened in the journal or to the worker: tell whom it concerns."""
        event = message.event
        if self._work is not None:
            self._work.heard(event)
        if event.name == "entities.ready" and event.entry is not None:
            self.entry_read.publish(event.entry)
        elif event.name in ("entry.saved", "entry.deleted", "wake", "redis.back"):
            self.journal_changed.publish(None)
            if event.name == "wake":
                run_latest(self, "shelf", self.librarian.check)
        elif event.name == "inference.changed":
            self.inference_changed.publish(None)

    def _heard_status(self, words: str) -> None:
        self.status = words
        self.status_changed.publish(words)

    def _tell_news(self, news: News) -> None:
        """Show what happened to the worker."""
        self._tell(news.title, *news.lines, severity=news.severity)

    def _tell(self, title: str, *lines: str, severity: SeverityLevel) -> None:
        """Show sentences under the first of them; what calls for a decision stays longer."""
        title = for_terminal_line(title)
        text = "\n".join(for_terminal_line(line) for line in lines)
        self.notify(
            text or title,
            title=title if text else "",
            severity=severity,
            timeout=None if severity == "information" else ERROR_SECONDS,
            markup=False,
        )

    # Themes

    def _fitting(self, theme: str) -> str:
        """`theme`, or in a terminal of 16 colours the one that is made for it."""
        few = self.console.color_system == "standard"
        return SIXTEEN_COLORS_THEME if few and theme == DEFAULT_THEME else theme

    # The cover

    def action_lock(self) -> None:
        """Cover the screen."""
        self.guard.close()

    def push_screen(self, *args: Any, **kwargs: Any) -> Any:
        """Show a screen over this one; while the screen is covered it waits until it is not."""
        if self.guard.is_closed:
            self.guard.hold(partial(self.push_screen, *args, **kwargs))
            return AwaitComplete()
        return super().push_screen(*args, **kwargs)

    def notify(self, *args: Any, **kwargs: Any) -> None:
        """Show a sentence for a moment; also not before the cover is off."""
        if self.guard.is_closed:
            self.guard.hold(partial(self.notify, *args, **kwargs))
        else:
            super().notify(*args, **kwargs)

    async def on_event(self, event: events.Event) -> None:
        """Notice that somebody is there; tell a key behind an escape from one with alt."""
        self.guard.notice(event)
        if not isinstance(event, EscapedKey):
            await super().on_event(event)
        elif not cast("CharlieScreen[Any]", self.screen).IS_FOR_WRITING:
            # Nothing here is bound to a letter with alt. Whoever writes means one, and goes on.
            await super().on_event(events.Key("escape", "\x1b"))
            key = events.Key(event.key, event.character)
            if self.is_walking:
                # A field is left at once, and would take the key with it.
                self.held.append(key)
            else:
                await super().on_event(key)

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys without an effect are not shown."""
        if self.guard.is_closed or not self.start.is_over:
            return action == "quit"
        if action == "back":
            return bool(self.trail.behind)
        if action == "forward":
            return bool(self.trail.ahead)
        if action == "go":
            return not self.is_at(str(parameters[0]))
        return True

    async def on_key(self, event: events.Key) -> None:
        """A key that nobody wanted may have been typed ahead of the screen it is for."""
        screen = self.screen
        active = screen.active_bindings.get(event.key)
        if not self.start.is_over and active is not None and active.binding.action == "app.quit":
            return
        if self.holds_keys and not self.guard.is_closed:
            self.held.append(events.Key(event.key, event.character))
            self.let_keys_go()
        elif not isinstance(screen, FieldScreen):
            return
        elif active is not None and active.binding.priority:
            await self.run_action(active.binding.action, active.node)
        elif not screen.type_ahead(event):
            return
        event.prevent_default()
        event.stop()

    def on_keys_taken(self, message: KeysTaken) -> None:
        """Every key before this one has been carried out."""
        message.arrived.set()

    def on_paste(self, event: events.Paste) -> None:
        """So may what is pasted."""
        screen = self.screen
        if self.holds_keys and not self.guard.is_closed:
            self.held.append(events.Paste(event.text))
            self.let_keys_go()
        elif not (isinstance(screen, FieldScreen) and screen.type_ahead(event)):
            return
        event.prevent_default()
        event.stop()

    def action_drafts(self) -> None:
        """Show the drafts that were left behind."""
        run_each(self, "default", self._offer_drafts, say_if_none=True)

    async def action_quit(self) -> None:
        """Leave; text that is being written is saved first."""
        # Beside the app's own handlers: an editor waits for keys that they have yet to handle.
        run_latest(self, "quit", self._quit)

    async def _quit(self) -> None:
        if self.guard.is_closed:
            # Whoever leaves need not be who wrote: nothing is saved in their name.
            self._keep_drafts()
            self.exit()
            return
        for screen in self._fields():
            if not await screen.settle():
                return
        self.exit()

    def action_palette(self) -> None:
        """Show where one can go from the screen that is open, and what can be done there."""
        # The first paint can do without it.
        from frontend.tui.app.palette_commands import open_palette  # noqa: PLC0415

        open_palette(self, self._recent)

    # The ways out that nobody asked for

    def _fields(self) -> list[FieldScreen[Any]]:
        return [screen for screen in self.screen_stack if isinstance(screen, FieldScreen)]

    def on_terminal_gone(self) -> None:
        """As after the signal that should have told of it."""
        self._leave_at_once(signal.SIGHUP)

    def _leave_at_once(self, number: int) -> None:
        """The terminal is gone or the system is going down: keep the text, then leave."""
        self._keep_drafts()
        self.exit(return_code=128 + number)

    def _keep_drafts(self) -> None:
        for screen in self._fields():
            screen.keep_now()

    @property
    def _background_screens(self) -> list[Screen[Any]]:
        """What shows through the screen on top.

        Textual counts the screen below in any case, and paints the whole one on top anew whenever
        something changes there: 5 kB for every entry that is read.
        """
        return [] if self.screen.styles.background.a == 1 else super()._background_screens

    def _handle_exception(self, error: Exception) -> None:
        """Any defect: keep the text, leave the terminal as it was, say nothing here.

        Textual would print a traceback with the values of all variables, the journal's text
        among them.
        """
        if self.defect is None:
            self.defect = error.error if isinstance(error, WorkerFailed) else error
            self._keep_drafts()
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        self._close_messages_no_wait()


def run() -> int:
    """Open the journal on this terminal; the exit code.

    Raises:
        CharlieError: the journal could not be opened.
        Exception: the defect that ended the app.
    """
    app = CharlieApp()
    app.run()
    if app.error is not None:
        raise app.error
    if app.defect is not None:
        raise app.defect
    return app.return_code or 0
