"""The settings: every one is saved at once and explained in a line."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, OptionList, Static, Switch
from textual.widgets.option_list import Option

from backend import set_preference
from backend.errors import CharlieError
from backend.services.scheduling import get_inference_enabled, set_inference_enabled
from backend.text import for_terminal_line, single_line
from frontend.background import LatestWriter, run_each, run_latest
from frontend.screens.base import CharlieModal
from frontend.themes import theme_names


class SettingsScreen(CharlieModal[None]):
    """One switch for reading, the model that reads, and the colours."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "close"),
        Binding("tab", "app.focus_next", "next setting"),
        Binding("m", "models", "choose the model"),
    ]

    def __init__(self) -> None:
        super().__init__()
        # What Redis says; None until it has said so.
        self._enabled: bool | None = None
        self._inference = LatestWriter(set_inference_enabled)
        self._theme: LatestWriter[str] = LatestWriter(partial(set_preference, "theme"))

    def compose(self) -> ComposeResult:
        """The switch and the model over the list of themes."""
        with Vertical(classes="sheet"):
            yield Static("Settings", classes="sheet-title")
            with Horizontal(classes="setting"):
                yield Switch(id="inference", disabled=True)
                with Vertical(classes="explained"):
                    yield Static("Read my entries")
                    yield Static("Asking…", id="inference-state", classes="quiet", markup=False)
            yield Button("Model…", id="model", compact=True)
            yield Static("Colours", classes="setting-name")
            yield OptionList(
                *(Option(words, id=name) for name, words in theme_names(self.app)),
                id="theme",
                markup=False,
                compact=True,
            )

    def on_mount(self) -> None:
        """Ask Redis for the switch, in a thread."""
        themes = self.query_one("#theme", OptionList)
        themes.highlighted = themes.get_option_index(self.app.theme)
        run_latest(self, "inference", self._ask)
        self.charlie.inference_changed.subscribe(self, self._changed)

    def on_screen_resume(self) -> None:
        """Ask for the model, which may have been chosen on the screen that was left."""
        run_latest(self, "model", self._ask_model)

    async def _ask_model(self) -> None:
        try:
            name = await asyncio.to_thread(_chosen_model)
        except CharlieError as error:
            self.tell_error(error)
            return
        self.query_one("#model", Button).label = Content(f"Model: {single_line(name, 40)}")

    @on(Button.Pressed, "#model")
    def action_models(self) -> None:
        """Show the models."""
        # The models' code takes 0.1 s to import.
        from frontend.screens.models import ModelsScreen  # noqa: PLC0415

        self.app.push_screen(ModelsScreen())

    def _changed(self, _: None) -> None:
        run_latest(self, "inference", self._ask)

    async def _ask(self) -> None:
        try:
            self._show(await asyncio.to_thread(get_inference_enabled))
        except CharlieError as error:
            self._explain(error.message)

    def _show(self, enabled: bool) -> None:
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
        self.query_one("#inference-state", Static).update(sentence)

    @on(Switch.Changed, "#inference")
    def _switched(self, event: Switch.Changed) -> None:
        if self._enabled is not None:
            # For the app: it is written also if this screen is closed before its turn.
            run_each(self.app, "settings", self._write, event.value)

    async def _write(self, enabled: bool) -> None:
        try:
            await self._inference.put(enabled)
        except CharlieError as error:
            self.tell_error(error)
        if self.is_attached:
            run_latest(self, "inference", self._ask)

    @on(OptionList.OptionHighlighted, "#theme")
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """A theme is tried on by moving to it, and kept."""
        name = event.option_id
        if name is not None and name != self.app.theme:
            self.app.theme = name
            run_each(self.app, "settings", self._keep_theme, name)

    async def _keep_theme(self, name: str) -> None:
        try:
            await self._theme.put(name)
        except CharlieError as error:
            self.tell_error(error)


def _chosen_model() -> str:
    # The models' code takes 0.1 s to import.
    from backend.services.models import chosen_model  # noqa: PLC0415

    return for_terminal_line(chosen_model())
