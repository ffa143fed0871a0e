"""The terminal app."""

from __future__ import annotations

import asyncio
import gc
import importlib
import signal
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.signal import Signal
from textual.worker import WorkerFailed

from backend.errors import CharlieError
from backend.services.draft_sessions import Presence
from backend.text import for_terminal_line
from frontend.shared.date_preferences import habits
from frontend.shared.theme_names import DEFAULT_THEME, SIXTEEN_COLORS_THEME
from frontend.tui.app.dialogs import Dialogs
from frontend.tui.app.driver import TerminalDriver
from frontend.tui.app.journal_switch import JournalSwitch
from frontend.tui.app.key_buffer import KeyBuffer, KeyDone
from frontend.tui.app.leaving import Leaving
from frontend.tui.app.navigation import Navigation
from frontend.tui.app.screen_lock import ScreenLock
from frontend.tui.app.startup import Start
from frontend.tui.journal_scope import Shelf
from frontend.tui.screens.base import CharlieScreen, FieldScreen
from frontend.tui.screens.home import HomeScreen
from frontend.tui.tasks import run_each, run_latest
from frontend.tui.themes import THEMES, own_variables

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel

    from frontend.tui.app.notifications import News
    from frontend.tui.app.worker_link import Heard, WorkLink
    from frontend.tui.charlie import Charlie

#: Errors stay longer than other news: three sentences want to be read. In seconds.
ERROR_SECONDS = 20.0


class CharlieApp(App[None]):
    """The journal on the terminal.

    It owns the parts, gives them the events that Textual gives an app, and starts and ends them.
    Screens know it as a `frontend.tui.charlie.Charlie`.

    Args:
        start_worker: whether the worker that extracts entities is started; switched off
            altogether by `CHARLIE_WORKER=off` as well.

    Attributes:
        journal_changed: published when entries were saved, deleted or restored, here or elsewhere.
        entry_read: published with the uuid of an entry whose names were stored.
        inference_changed: published when the switch for extraction was turned, here or elsewhere.
        status_changed: published with the worker's state in words, which is also in `status`.
        presence: tells other Charlies which drafts are being written here.
        shelf: which journal is shown, and which one new entries go into.
        start: opens the journal.
        navigation: goes from place to place.
        screen_lock: covers the screen.
        key_buffer: carries out keys one after the other.
        journal_switch: changes which journal is shown.
        dialogs: opens what lies over a place.
        leaving: ends the app.
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
        self.presence = Presence()
        self.shelf = Shelf()
        self.start = Start()
        self.key_buffer = KeyBuffer(
            self, super().on_event, is_awaited=self._is_awaited, passes=self._passes
        )
        self.navigation = Navigation(self, self.key_buffer.check)
        self.screen_lock = ScreenLock(self, self.navigation.turn)
        self.leaving = Leaving(self, lambda: self.screen_lock.is_closed)
        self.dialogs = Dialogs(self, self.navigation, self.presence, self.shelf, self.tell_error)
        self.journal_switch = JournalSwitch(
            self, self.navigation, self.shelf, self.journal_changed, self.tell_error
        )
        self.status = ""
        self._start_worker = start_worker
        self._work: WorkLink | None = None
        self.error: CharlieError | None = None
        self.defect: BaseException | None = None

    @property
    def home(self) -> HomeScreen:
        """The screen below all others."""
        return self.navigation.home

    @property
    def is_open(self) -> bool:
        """Whether the journal is open; a migration may take seconds at the start."""
        return self.start.is_over

    def get_default_screen(self) -> HomeScreen:
        """Return home."""
        return HomeScreen()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return the hues of the types, for themes that are not Charlie's."""
        return own_variables(self.current_theme)

    async def on_load(self) -> None:
        """Look whether there is a journal to open, and how to show it, before any painting."""
        try:
            preferences = await self.start.try_soon()
        except CharlieError as error:
            self.error = error
            self.exit()
            return
        if preferences is not None:
            self._apply(preferences)

    def _apply(self, preferences: Mapping[str, Any]) -> None:
        habits.take(preferences)
        self.shelf.take(preferences)
        self.screen_lock.take(preferences)
        theme = preferences.get("theme")
        chosen = theme if theme in self.available_themes else DEFAULT_THEME
        if self._fitting(chosen) != self.theme:
            self.theme = self._fitting(chosen)

    async def on_mount(self) -> None:
        """Begin what may come after the first paint."""
        if not self.is_headless:
            loop = asyncio.get_running_loop()
            for number in (signal.SIGHUP, signal.SIGTERM):
                loop.add_signal_handler(number, self.leaving.at_once, number)
        self.app_resume_signal.subscribe(self, self._paint_again)
        if self.start.is_over:
            await self.screen_lock.begin()
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
        self._apply(preferences)
        if self.screen_lock.has_passphrase:
            # What was typed meanwhile is none.
            self.key_buffer.clear()
        await self.screen_lock.begin()
        self.home.show_journal(self.shelf.shown)
        self._begin()
        self.key_buffer.check()

    def _begin(self) -> None:
        # What is there by now stays; looking at it again and again would cost key presses.
        gc.freeze()
        gc.enable()
        self.screen_lock.watch()
        self.dialogs.drafts()
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
        """End the parts; the terminal is the user's again by now."""
        if self._work is not None:
            await self._work.stop()
        await asyncio.to_thread(self.presence.leave)

    def tell_error(self, error: CharlieError) -> None:
        """Show what happened, what is safe and what to do next."""
        self._tell(*error.lines(), severity="error")

    def on_heard(self, message: Heard) -> None:
        """Publish what happened in the journal or to the worker."""
        event = message.event
        if self._work is not None:
            self._work.heard(event)
        if event.name == "entities.ready" and event.entry is not None:
            self.entry_read.publish(event.entry)
        elif event.name in ("entry.saved", "entry.deleted", "wake", "redis.back"):
            self.journal_changed.publish(None)
            if event.name == "wake":
                run_latest(self, "shelf", self.journal_switch.check)
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

    # Screens

    def push_screen(self, *args: Any, **kwargs: Any) -> Any:
        """Show a screen over this one; while the screen is covered it waits until it is not."""
        if self.screen_lock.is_closed:
            self.screen_lock.hold(partial(self.push_screen, *args, **kwargs))
            return AwaitComplete()
        return super().push_screen(*args, **kwargs)

    def switch_screen(self, screen: Any) -> AwaitComplete:
        """Show a screen in the place of this one."""
        gone = self.screen
        switched = super().switch_screen(screen)
        self.key_buffer.screen_gone(gone)
        return switched

    def pop_screen(self) -> AwaitComplete:
        """Show the screen below this one."""
        gone = self.screen
        popped = super().pop_screen()
        self.key_buffer.screen_gone(gone)
        return popped

    def notify(self, *args: Any, **kwargs: Any) -> None:
        """Show a sentence for a moment, while the screen is covered not before it is not."""
        if self.screen_lock.is_closed:
            self.screen_lock.hold(partial(self.notify, *args, **kwargs))
        else:
            super().notify(*args, **kwargs)

    # Keys

    async def on_event(self, event: events.Event) -> None:
        """Give what is typed to the key buffer."""
        self.screen_lock.notice(event)
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self.key_buffer.take(event)
        else:
            await super().on_event(event)

    async def on_key_done(self, message: KeyDone) -> None:
        """Carry on with the keys that wait for the one that had its effect."""
        await self.key_buffer.returned(message.mark)

    def _is_awaited(self) -> bool:
        """Return whether something is about to be shown that keys are meant for."""
        lock = self.screen_lock
        if not lock.is_closed and (
            lock.is_closing or not self.is_open or self.navigation.is_walking
        ):
            return True
        screen = self.screen
        return isinstance(screen, CharlieScreen) and screen.holds_keys

    def _passes(self, key: events.Key) -> bool:
        """Return whether `key` leaves Charlie, for which nothing needs to be shown."""
        active = self.screen.active_bindings.get(key.key)
        return (
            active is not None
            and active.binding.action in ("quit", "app.quit")
            and (active.binding.priority or not self.is_open)
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable keys without an effect here; they are not shown."""
        if self.screen_lock.is_closed or not self.is_open:
            return action == "quit"
        if action == "back":
            return bool(self.navigation.behind)
        if action == "forward":
            return bool(self.navigation.ahead)
        if action == "go":
            return not self.navigation.is_at(str(parameters[0]))
        return True

    def on_key(self, event: events.Key) -> None:
        """Give a key that nobody wanted to the field of the screen."""
        self._offer(event)

    def on_paste(self, event: events.Paste) -> None:
        """Give pasted text that nobody wanted to the field of the screen."""
        self._offer(event)

    def _offer(self, event: events.Key | events.Paste) -> None:
        screen = self.screen
        if isinstance(screen, FieldScreen) and screen.accept(event):
            event.prevent_default()
            event.stop()

    # What keys are bound to

    def action_go(self, door: str) -> None:
        """Go on to a place of that name."""
        self.navigation.go(door)

    async def action_back(self) -> None:
        """Go back to where one came from."""
        self.navigation.back()

    def action_forward(self) -> None:
        """Go forward again."""
        self.navigation.forward()

    def action_new(self) -> None:
        """Write a new entry."""
        self.dialogs.write()

    def action_new_from_template(self) -> None:
        """Write a new entry that begins with a template."""
        self.dialogs.write_from_template()

    def action_journals(self) -> None:
        """Show the journals."""
        self.dialogs.journals()

    def action_jump(self) -> None:
        """Ask for a day, and go to it in the list."""
        self.dialogs.go_to_date()

    def action_settings(self) -> None:
        """Show the settings."""
        self.dialogs.settings()

    def action_help(self) -> None:
        """Show all keys of the screen that is open."""
        self.dialogs.help()

    def action_palette(self) -> None:
        """Show where one can go, and what can be done."""
        self.dialogs.palette()

    def action_drafts(self) -> None:
        """Show the drafts that were left behind."""
        self.dialogs.drafts(say_if_none=True)

    def action_lock(self) -> None:
        """Cover the screen."""
        self.screen_lock.close()

    async def action_quit(self) -> None:
        """Leave; text that is being written is saved first."""
        self.leaving.ask()

    def on_terminal_gone(self) -> None:
        """Leave as after the signal that should have told of it."""
        self.leaving.at_once(signal.SIGHUP)

    # What Textual asks

    @property
    def _background_screens(self) -> list[Screen[Any]]:
        """The screens that show through the one on top.

        Textual counts the screen below in any case, and paints the whole one on top anew whenever
        something changes there: 5 kB for every entry that is read.
        """
        return [] if self.screen.styles.background.a == 1 else super()._background_screens

    def _handle_exception(self, error: Exception) -> None:
        """Keep the text and leave the terminal as it was after a defect, saying nothing here.

        Textual would print a traceback with the values of all variables, the journal's text
        among them.
        """
        if self.defect is None:
            self.defect = error.error if isinstance(error, WorkerFailed) else error
            self.leaving.keep_drafts()
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        self._close_messages_no_wait()


if TYPE_CHECKING:

    def _as_screens_see_it(app: CharlieApp) -> Charlie:
        return app


def run() -> int:
    """Open the journal on this terminal, and return the exit code.

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
