"""The terminal app."""

from __future__ import annotations

import asyncio
import gc
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.worker import WorkerFailed

from backend.errors import CharlieError
from backend.preferences import THEME, Preferences
from backend.services.draft_sessions import SessionLock
from frontend.shared.date_preferences import date_preferences
from frontend.shared.theme_names import DEFAULT_THEME
from frontend.tui.app.changes import Changes
from frontend.tui.app.dialogs import Dialogs
from frontend.tui.app.driver import TerminalDriver
from frontend.tui.app.journal_switch import JournalSwitch
from frontend.tui.app.key_buffer import KeyBuffer, KeyDone
from frontend.tui.app.leaving import Leaving
from frontend.tui.app.navigation import Navigation
from frontend.tui.app.screen_lock import ScreenLock
from frontend.tui.app.startup import Start
from frontend.tui.app.toasts import Toasts
from frontend.tui.journal_scope import JournalScope
from frontend.tui.screens.home import HomeScreen
from frontend.tui.tasks import run_each, run_latest
from frontend.tui.themes import THEMES, fitting_theme, own_variables

if TYPE_CHECKING:
    from frontend.tui.app.worker_link import EventReceived


class CharlieApp(App[None]):
    """The journal on the terminal.

    It owns the parts, and gives them what Textual gives an app. Screens know it as a `Charlie`.

    Args:
        start_worker: whether the worker that extracts entities is started; switched off
            altogether by `CHARLIE_WORKER=off` as well.

    Attributes:
        session_lock: tells other Charlies which drafts are being written here.
        journal_scope: which journal is shown, and which one new entries go into.
        error: why the app could not start, or None; the caller tells the user.
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
        self.toasts = Toasts(self)
        self.show_error = show_error = self.toasts.show_error
        self.changes = Changes(
            self, on_notification=self.toasts.show_notification, on_rename=self._check_journal
        )
        self.journal_changed = self.changes.journal
        self.entry_extracted = self.changes.entry_extracted
        self.inference_changed = self.changes.inference
        self.status_changed = self.changes.status_changed
        self.session_lock = SessionLock()
        self.journal_scope = JournalScope()
        self.start = Start(self._apply, self._fail)
        self.key_buffer = KeyBuffer(
            self, super().on_event, is_awaited=self._is_awaited, is_open=lambda: self.is_open
        )
        self.navigation = Navigation(self, self.key_buffer.check)
        self.screen_lock = ScreenLock(self, self.navigation.turn)
        self.leaving = Leaving(self, lambda: self.screen_lock.is_closed)
        self.dialogs = Dialogs(
            self, self.navigation, self.session_lock, self.journal_scope, show_error
        )
        self.journal_switch = JournalSwitch(
            self, self.navigation, self.journal_scope, self.journal_changed, show_error
        )
        self._start_worker = start_worker
        # Textual looks the actions that keys are bound to up here.
        self.action_new = self.dialogs.write
        self.action_new_from_template = self.dialogs.write_from_template
        self.action_journals = self.dialogs.journals
        self.action_jump = self.dialogs.go_to_date
        self.action_settings = self.dialogs.settings
        self.action_help = self.dialogs.help
        self.action_palette = self.dialogs.palette
        self.action_drafts = partial(self.dialogs.drafts, message_if_none=True)
        self.action_lock = self.screen_lock.close
        self.action_go = self.navigation.go
        self.action_forward = self.navigation.forward
        self.error: CharlieError | None = None
        self.defect: BaseException | None = None

    @property
    def home(self) -> HomeScreen:
        """The screen below all others."""
        return self.navigation.home

    @property
    def status(self) -> str:
        """The worker's state in words."""
        return self.changes.status

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
        await self.start.try_soon()

    def _fail(self, error: CharlieError) -> None:
        self.error = error
        self.exit()

    def _apply(self, preferences: Preferences) -> None:
        date_preferences.apply(preferences)
        self.journal_scope.apply(preferences)
        self.screen_lock.apply(preferences)
        theme = fitting_theme(self, preferences[THEME])
        if theme != self.theme:
            self.theme = theme

    async def on_mount(self) -> None:
        """Begin what may come after the first paint."""
        if not self.is_headless:
            self.leaving.listen()
        # The shell has written where the screen was.
        self.app_resume_signal.subscribe(self, lambda _: self.refresh(layout=True))
        if self.start.is_over:
            await self.screen_lock.begin()
            self.call_after_refresh(self._begin)
        elif self.error is None:
            run_each(self, "default", self._open_late)

    async def _open_late(self) -> None:
        self.changes.publish_status(self.start.words)
        if not await self.start.wait():
            return
        self.changes.publish_status("")
        if self.screen_lock.has_passphrase:
            # What was typed meanwhile is none.
            self.key_buffer.clear()
        await self.screen_lock.begin()
        self.home.show_journal(self.journal_scope.shown)
        self._begin()
        self.key_buffer.check()

    def _begin(self) -> None:
        # What is there by now stays; looking at it again and again would cost key presses.
        gc.freeze()
        gc.enable()
        self.screen_lock.watch()
        self.dialogs.drafts()
        run_each(self, "default", self.changes.start, start_worker=self._start_worker)

    async def on_unmount(self) -> None:
        """End the parts; the terminal is the user's again by now."""
        await self.changes.stop()
        await asyncio.to_thread(self.session_lock.release)

    def on_event_received(self, message: EventReceived) -> None:
        """Publish what happened in the journal or to the worker."""
        self.changes.on_event(message)

    def _check_journal(self) -> None:
        run_latest(self, "journal scope", self.journal_switch.check)

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

    async def on_event(self, event: events.Event) -> None:
        """Give what is typed to the key buffer."""
        self.screen_lock.notice(event)
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self.key_buffer.handle(event)
        else:
            await super().on_event(event)

    async def on_key_done(self, message: KeyDone) -> None:
        """Carry on with the keys that wait for the one that had its effect."""
        await self.key_buffer.returned(message.mark)

    def _is_awaited(self) -> bool:
        """Return whether another screen is about to be shown that keys are meant for."""
        lock = self.screen_lock
        if lock.is_closed:
            return False
        return lock.is_closing or not self.is_open or self.navigation.is_navigating

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
        self.key_buffer.offer(event)

    def on_paste(self, event: events.Paste) -> None:
        """Give pasted text that nobody wanted to the field of the screen."""
        self.key_buffer.offer(event)

    async def action_back(self) -> None:
        """Go back to where one came from."""
        self.navigation.back()

    def action_help_quit(self) -> None:
        """Say how to leave: ctrl+c, which copies here, is what many try first."""
        self.notify("ctrl+q leaves Charlie, and saves what you are writing.", markup=False)

    async def action_quit(self) -> None:
        """Leave; text that is being written is saved first."""
        self.leaving.ask()

    def on_terminal_gone(self) -> None:
        """Leave as after the signal that should have told of it."""
        self.leaving.terminal_gone()

    @property
    def _background_screens(self) -> list[Screen[Any]]:
        """The screens that show through the one on top.

        Textual counts the screen below in any case, and paints the whole one on top again whenever
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
