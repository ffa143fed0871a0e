"""Which model reads, and what happens while it cannot."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Input, OptionList, Static, Switch
from textual.widgets.option_list import Option

from backend.errors import CharlieError
from backend.services import endpoints, models
from backend.services.models import Fallback, ModelState, ModelSummary
from backend.text import for_terminal_line
from frontend.tui.screens.base import CharlieModal
from frontend.tui.tasks import LatestWriter, run_each, run_latest

_STATES = {
    ModelState.READY: "",
    ModelState.ELSEWHERE: "endpoint",
    ModelState.BEGUN: "partly downloaded",
    ModelState.ABSENT: "to download",
    ModelState.MISSING: "file is gone",
}


@dataclass(frozen=True, slots=True)
class _Choices:
    """What there is to choose from, and what is chosen."""

    known: list[ModelSummary]
    fallback: Fallback
    parallel: int


class ModelsScreen(CharlieModal[None]):
    """The models, the one that reads marked; an endpoint is chosen only after a question."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "close"),
        Binding("tab", "app.focus_next", "next setting"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, ModelSummary] = {}
        self._fallback = LatestWriter(models.set_fallback)
        self._parallel = LatestWriter(models.set_parallel)

    def compose(self) -> ComposeResult:
        """Yield the models over what is true of all of them."""
        with VerticalScroll(classes="sheet", can_focus=False):
            yield Static("Entries are read by", classes="sheet-title")
            yield OptionList(id="models", markup=False, compact=True)
            yield Static("", id="about", classes="quiet", markup=False)
            with Horizontal(classes="setting"):
                yield Switch(id="fallback", disabled=True)
                with Vertical(classes="explained"):
                    yield Static("The built-in model reads meanwhile")
                    yield Static("", id="fallback-state", classes="quiet", markup=False)
            with Horizontal(classes="setting"):
                yield Input(
                    id="parallel", restrict=r"\d{0,2}", compact=True, disabled=True, max_length=2
                )
                with Vertical(classes="explained"):
                    yield Static("Entries at once")
                    yield Static(
                        f"Of an endpoint: 1 to {models.MOST_PARALLEL}.",
                        id="parallel-state",
                        classes="quiet",
                    )
            yield Static("More: charlie model download, charlie model use URL", classes="quiet")

    def on_mount(self) -> None:
        """Look which there are, in a thread."""
        self.query_one("#models").focus()
        run_latest(self, "models", self._ask)

    async def _ask(self) -> None:
        try:
            self._show(await asyncio.to_thread(_read_choices))
        except CharlieError as error:
            self.show_error(error)

    def _show(self, choices: _Choices) -> None:
        listed = self.query_one("#models", OptionList)
        place = listed.highlighted
        self._known = {summary.name: summary for summary in choices.known}
        listed.clear_options()
        listed.add_options(
            Option(_line(summary), id=summary.name) for summary in self._known.values()
        )
        if place is None:
            place = next((n for n, each in enumerate(choices.known) if each.is_chosen), 0)
        listed.highlighted = min(place, len(choices.known) - 1)

        switch = self.query_one("#fallback", Switch)
        with self.prevent(Switch.Changed):
            switch.value = choices.fallback is Fallback.BUILT_IN
        switch.disabled = False
        self.query_one("#fallback-state", Static).update(
            "On: where the chosen model cannot be used; it reads those again later."
            if switch.value
            else "Off: entries wait while the chosen model cannot be used."
        )

        number = self.query_one("#parallel", Input)
        if number.disabled:
            with self.prevent(Input.Changed):
                number.value = str(choices.parallel)
            number.disabled = False

    @on(OptionList.OptionHighlighted, "#models")
    def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        summary = self._known[str(event.option_id)]
        self._describe(summary.description)

    def _describe(self, sentence: str) -> None:
        self.query_one("#about", Static).update(for_terminal_line(sentence))

    @on(OptionList.OptionSelected, "#models")
    def _selected(self, event: OptionList.OptionSelected) -> None:
        summary = self._known[str(event.option_id)]
        if summary.state in {ModelState.ABSENT, ModelState.BEGUN}:
            self._describe(f"It is not there yet: charlie model download {summary.name}")
        elif not summary.is_chosen:
            run_latest(self, "choose", self._propose, summary)

    async def _propose(self, summary: ModelSummary) -> None:
        """Choose a model; of an endpoint say before what leaves the machine, and ask."""
        if summary.state is not ModelState.ELSEWHERE:
            run_each(self.app, "settings", self._choose, summary.name)
            return
        try:
            endpoint = await asyncio.to_thread(endpoints.find_endpoint, summary.name)
        except CharlieError as error:
            self.show_error(error)
            return
        if endpoint is None:
            run_latest(self, "models", self._ask)
            return
        question = f"{for_terminal_line(endpoints.what_leaves(endpoint))} Use it?"
        choose = partial(run_each, self.app, "settings", self._choose, summary.name)
        self.confirm(question, "Use it", "Leave it", choose, cautious=True)

    async def _choose(self, name: str) -> None:
        try:
            summary = await asyncio.to_thread(models.choose_model, name)
        except CharlieError as error:
            self.show_error(error)
        else:
            if not summary.is_chosen:
                self.show_message(
                    "Kept; but CHARLIE_MODEL names another one, which goes before it."
                )
        self._ask_again()

    @on(Switch.Changed, "#fallback")
    def _switched(self, event: Switch.Changed) -> None:
        choice = Fallback.BUILT_IN if event.value else Fallback.WAIT
        # For the app: it is written also if this screen is closed before its turn.
        run_each(self.app, "settings", self._write_fallback, choice)

    async def _write_fallback(self, choice: Fallback) -> None:
        try:
            await self._fallback.put(choice)
        except CharlieError as error:
            self.show_error(error)
        self._ask_again()

    @on(Input.Changed, "#parallel")
    def _counted(self, event: Input.Changed) -> None:
        number = int(event.value or 0)
        is_one = 1 <= number <= models.MOST_PARALLEL
        self.query_one("#parallel-state").set_class(not is_one, "wrong")
        if is_one:
            run_each(self.app, "settings", self._write_parallel, number)

    async def _write_parallel(self, number: int) -> None:
        try:
            await self._parallel.put(number)
        except CharlieError as error:
            self.show_error(error)

    def _ask_again(self) -> None:
        if self.is_attached:
            run_latest(self, "models", self._ask)


def _read_choices() -> _Choices:
    return _Choices(models.list_models(), models.get_fallback(), models.get_parallel())


def _line(summary: ModelSummary) -> Text:
    """Return a model on one line: a mark if it reads, its name, whether it is there."""
    words = f"{'●' if summary.is_chosen else ' '} {summary.name}"
    line = Text(for_terminal_line(words), no_wrap=True, overflow="ellipsis")
    if state := _STATES[summary.state]:
        line.append(f"  {state}", style="dim")
    return line
