"""The settings: every one is saved at once and explained in a line."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static, Switch

from backend.errors import CharlieError
from backend.preferences import DATE_FORMAT, LOCK_AFTER, WEEK_START
from backend.services import config
from backend.services.supervision import scheduling
from backend.text import for_terminal_line
from frontend.shared.date_preferences import date_preferences
from frontend.tui.screens.base import CharlieModal
from frontend.tui.tasks import LatestWriter, run_each, run_latest
from frontend.tui.themes import theme_names
from frontend.tui.widgets.lists.setting_list import SettingList, SettingRow
from frontend.tui.widgets.lists.virtual_list import VirtualList
from frontend.tui.widgets.panes.footer import Footer

#: The row that shows the worker, which is no setting.
WORKER_NOW = "worker_now"

# The settings that are no rows: the switch above the list, and what stands beside the models.
_ELSEWHERE = ("inference", "fallback", "parallel")


class SettingsScreen(CharlieModal[None]):
    """The switch for reading over all that can be set."""

    CSS_PATH = "../styles/settings.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "change(1)", "change", tooltip="The next value"),
        Binding("left,h", "change(-1)", "change back", tooltip="The value before", show=False),
        Binding("enter", "open", "open", tooltip="Choose among more, or start the worker again"),
        Binding("m", "models", "model", tooltip="Choose the model"),
        Binding("down,j", "below", "next", show=False, tooltip="The next setting"),
        Binding("tab", "app.focus_next", "next", show=False, tooltip="The switch, or the others"),
        Binding("escape,q", "dismiss", "close", tooltip="Close"),
    ]

    def __init__(self) -> None:
        super().__init__()
        # What Redis says; None until it has said so.
        self._enabled: bool | None = None
        self._inference = LatestWriter(scheduling.set_inference_enabled)
        self._values: dict[str, str] = {}
        self._writers: dict[str, LatestWriter[str]] = {}
        # Held here and not looked up: what comes from a thread may come after the end.
        self._list = SettingList(id="settings")

    def compose(self) -> ComposeResult:
        """Yield the switch over the list over the keys."""
        with Vertical(classes="sheet"):
            yield Static("Settings", classes="sheet-title")
            with Horizontal(classes="setting"):
                yield Switch(id="inference", disabled=True)
                with Vertical(classes="explained"):
                    yield Static("Read my entries")
                    yield Static("Asking…", id="inference-state", classes="quiet", markup=False)
            yield self._list
            yield Footer()

    def on_mount(self) -> None:
        """Ask Redis for the switch, in a thread."""
        run_latest(self, "inference", self._ask_switch)
        self.charlie.inference_changed.subscribe(self, self._switched_elsewhere)
        self.charlie.status_changed.subscribe(self, lambda _: self._show_values())

    def on_screen_resume(self) -> None:
        """Ask for the values, some of which are chosen on screens of their own."""
        run_latest(self, "values", self._ask_values)

    # The switch

    def _switched_elsewhere(self, _: None) -> None:
        run_latest(self, "inference", self._ask_switch)

    async def _ask_switch(self) -> None:
        try:
            self._show_switch(await asyncio.to_thread(scheduling.get_inference_enabled))
        except CharlieError as error:
            self._explain(error.message)

    def _show_switch(self, enabled: bool) -> None:
        self._enabled = enabled
        switch = self.query_one("#inference", Switch)
        with self.prevent(Switch.Changed):
            switch.value = enabled
        first_time = switch.disabled
        switch.disabled = False
        if first_time:
            switch.focus()
        self._explain(
            "On: new entries are read as they are saved."
            if enabled
            else "Off: entries wait until this is switched on."
        )

    def _explain(self, sentence: str) -> None:
        self.query_one("#inference-state", Static).update(for_terminal_line(sentence))

    def on_click(self, event: events.Click) -> None:
        """Take a click on the words beside the switch for one on the switch."""
        explained = self.query_one(".explained")
        if event.widget is not None and explained in event.widget.ancestors_with_self:
            switch = self.query_one("#inference", Switch)
            if not switch.disabled:
                switch.toggle()

    @on(Switch.Changed, "#inference")
    def _switched(self, event: Switch.Changed) -> None:
        if self._enabled is not None:
            # For the app: it is written also if this screen is closed before its turn.
            run_each(self.app, "settings", self._write_switch, event.value)

    async def _write_switch(self, enabled: bool) -> None:
        try:
            await self._inference.put(enabled)
        except CharlieError as error:
            self.show_error(error)
        if self.is_attached:
            run_latest(self, "inference", self._ask_switch)

    # The list

    async def _ask_values(self) -> None:
        try:
            self._values = await asyncio.to_thread(config.read_settings)
        except CharlieError as error:
            self.show_error(error)
            return
        self._show_values()

    def _show_values(self) -> None:
        if self._values:
            rows = [self._row(name) for name in config.SETTINGS if name not in _ELSEWHERE]
            at = 1 + next(n for n, row in enumerate(rows) if row.name == "model")
            self._list.show([*rows[:at], self._worker_row(), *rows[at:]])

    def _row(self, name: str) -> SettingRow:
        setting = config.SETTINGS[name]
        choices = list(setting.choices.items())
        value = for_terminal_line(self._values[name])
        about = setting.about
        if name == "theme":
            choices = theme_names(self.app)
            value = self.app.theme
        elif name == "journal_folder":
            # A path wants the whole line.
            value, about = "", value
        elif name == "journal":
            value = for_terminal_line(self.charlie.journal_scope.shown or "All journals")
        return SettingRow(
            name,
            setting.title,
            value,
            about,
            choices,
            opens=name in ("model", "journal"),
            is_path=name == "journal_folder",
        )

    def _worker_row(self) -> SettingRow:
        """Return what the worker does."""
        return SettingRow(
            WORKER_NOW,
            "Worker",
            self.charlie.status or "…",
            "Reads entries; enter revives one given up.",
            opens=True,
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys without an effect here are not shown."""
        chosen = self._list.chosen if self._list.has_focus else None
        if action == "change":
            return chosen is not None and bool(chosen.choices)
        if action == "open":
            return chosen is not None and chosen.opens
        if action == "below":
            return not self._list.has_focus
        return True

    @on(VirtualList.Chosen)
    def _moved(self) -> None:
        self.refresh_bindings()

    @on(SettingList.Above)
    def _to_switch(self) -> None:
        self.set_focus(self.query_one("#inference", Switch))

    def action_below(self) -> None:
        """From the switch to the first of the others."""
        # At once: the next key may be typed already.
        self.set_focus(self._list)
        self._list.choose(0)

    @on(VirtualList.Opened)
    def _clicked(self) -> None:
        chosen = self._list.chosen
        if chosen is not None and chosen.choices:
            self.action_change(1)
        else:
            self.action_open()

    def action_change(self, steps: int) -> None:
        """Give the setting another value, at once."""
        row = self._list.chosen
        if row is None or not row.choices:
            return
        value = self._values[row.name] = row.turned(steps)
        self._apply(row.name, value)
        self._show_values()
        # For the app: it is written also if this screen is closed before its turn.
        run_each(self.app, "settings", self._write, row.name, value)

    def _apply(self, name: str, value: str) -> None:
        """Show what the new value changes on the screen."""
        if name == "theme":
            self.app.theme = value
        elif name in (WEEK_START.name, DATE_FORMAT.name):
            date_preferences.week_start = WEEK_START.decode(self._values[WEEK_START.name])
            date_preferences.date_format = DATE_FORMAT.decode(self._values[DATE_FORMAT.name])
            self.charlie.journal_changed.publish(None)
        elif name == LOCK_AFTER.name:
            self.charlie.screen_lock.set_patience(value)

    async def _write(self, name: str, value: str) -> None:
        write = partial(_change, name, list(self.app.available_themes))
        writer = self._writers.setdefault(name, LatestWriter(write))
        try:
            await writer.put(value)
        except CharlieError as error:
            self.show_error(error)

    def action_open(self) -> None:
        """Go to where there is more to choose from; start the worker again."""
        row = self._list.chosen
        if row is None or not row.opens:
            return
        if row.name == "model":
            self.action_models()
        elif row.name == "journal":
            self.charlie.dialogs.journals()
        else:
            run_each(self.app, "settings", self._want_worker)

    async def _want_worker(self) -> None:
        await asyncio.to_thread(scheduling.want_worker)
        self.show_message("A worker that was given up is started again now.")

    def action_models(self) -> None:
        """Show the models."""
        # The models' code takes 0.1 s to import.
        from frontend.tui.screens.dialogs.models import ModelsScreen  # noqa: PLC0415

        self.app.push_screen(ModelsScreen())


def _change(name: str, themes: list[str], value: str) -> None:
    config.change_setting(name, value, themes=themes)
