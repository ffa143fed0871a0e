"""Work: what Charlie is doing, what waits, what failed, how the reading went."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.timer import Timer

from backend.errors import CharlieError
from backend.services.supervision import queue_view, scheduling
from backend.services.supervision.work_report import WorkReport, load_report
from backend.services.supervision.worker_status import Phase
from frontend.shared.formatting import NAME_LENGTH
from frontend.shared.worker_formatting import (
    Row,
    Style,
    figure_lines,
    log_lines,
    now_lines,
    sections,
)
from frontend.tui.routes import EntryRoute, WorkRoute
from frontend.tui.screens.base import EVERYWHERE, RouteScreen
from frontend.tui.tasks import run_each, run_latest
from frontend.tui.text.wrapping import fit
from frontend.tui.widgets.lists.virtual_list import VirtualList
from frontend.tui.widgets.lists.work_list import WorkList
from frontend.tui.widgets.panes.footer import Footer
from frontend.tui.widgets.panes.header import Header
from frontend.tui.widgets.panes.tabs import Tabs
from frontend.tui.widgets.panes.text_pane import TextPane

# Seconds between the end of one look and the next, while somebody looks.
_INTERVAL = 1.0

_PANES = ("Queue", "Figures", "Log")


class WorkScreen(RouteScreen):
    """Shows a `WorkRoute`: the queue beside figures and log, or one of them in a narrow terminal.

    The stores are asked once a second while the screen is seen, and not at all while it is not.
    """

    CSS_PATH = "../styles/work.tcss"

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 - as Screen declares it

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "read", tooltip="Read the chosen entry"),
        Binding("r", "retry", "retry", tooltip="Try the chosen entry again"),
        Binding("d", "drop", "drop", tooltip="Do not try the chosen entry again"),
        Binding("C", "cancel", "stop", tooltip="Stop reading: set aside what is being read"),
        Binding("tab", "pane(1)", "next pane", tooltip="Next pane: queue, figures, log"),
        Binding("R", "retry_all", "retry all", tooltip="Try all failed entries again"),
        Binding("D", "drop_all", "drop all", tooltip="Try none of the failed entries again"),
        Binding("W", "start_worker", "start", tooltip="Start the worker again"),
        Binding("shift+tab", "pane(-1)", "Previous pane", show=False),
        Binding("1", "show_pane(0)", "Queue", show=False),
        Binding("2", "show_pane(1)", "Figures", show=False),
        Binding("3", "show_pane(2)", "Log", show=False),
        *EVERYWHERE,
    ]

    def __init__(self, route: WorkRoute) -> None:
        super().__init__()
        self._route = route
        # Held here and not looked up: what comes from a thread may come after the end.
        self._header = Header()
        self._now = TextPane(id="now")
        self._tabs = Tabs()
        self._list = WorkList(id="work-list")
        self._figures = TextPane(id="figures")
        self._log = TextPane(follows=True, id="log")
        self._report: WorkReport | None = None
        self._timer: Timer | None = None
        self._is_seen = False

    def compose(self) -> ComposeResult:
        """Yield what happens now, over the panes."""
        yield self._header
        yield self._now
        yield self._tabs
        with Container(id="work-panes"):
            yield self._list
            with Container(id="work-side"):
                yield self._figures
                yield self._log
        yield Footer()

    def on_mount(self) -> None:
        """Nothing is known yet."""
        self._header.title = "Work"
        self.show_status_in(self._header)
        self.show_history_in(self._header)
        self._now.can_focus = False
        self.action_show_pane(self._route.pane)

    def where(self) -> WorkRoute:
        """Return the chosen row, and the pane that has the keys."""
        chosen = self._list.chosen
        return WorkRoute(chosen.key if chosen else "", self._pane)

    # When the stores are asked

    def on_screen_resume(self) -> None:
        """Somebody looks."""
        self._is_seen = True
        self._ask()

    def on_screen_suspend(self) -> None:
        """Nobody looks: nobody is asked."""
        self._is_seen = False
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _ask(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        run_latest(self, "report", self._load_report)

    async def _load_report(self) -> None:
        try:
            report = await asyncio.to_thread(load_report)
        except CharlieError as error:
            self._now.show([(line, Style.BAD) for line in error.lines()[:2]])
        else:
            self._show(report)
        if self._is_seen:
            self._timer = self.set_timer(_INTERVAL, self._ask)

    def _show(self, report: WorkReport) -> None:
        before, self._report = self._report, report
        self._paint_now()
        select = self._route.key if before is None else ""
        self._list.show_sections(sections(report), select or None)
        self._figures.show(figure_lines(report))
        self._log.show(log_lines(report.log))
        if before is None or _possible(before) != _possible(report):
            self.refresh_bindings()

    def _paint_now(self) -> None:
        if self._report is not None:
            width = self.app.size.width - 4
            lines = now_lines(self._report, width)
            self._now.show([(fit(text, width), style) for text, style in lines])

    def on_resize(self) -> None:
        """Describe what happens now as the width allows."""
        self._paint_now()

    # Panes

    @property
    def _pane(self) -> int:
        panes = (self._list, self._figures, self._log)
        return panes.index(self.focused) if self.focused in panes else 0

    def action_show_pane(self, pane: int) -> None:
        """Give a pane the keys, and in a narrow terminal the screen."""
        panes = (self._list, self._figures, self._log)
        for number, name in enumerate(("-queue", "-figures", "-log")):
            self.set_class(number == pane, name)
        panes[pane].focus()
        self._tabs.show(
            [(f"{number + 1} {name}", number == pane) for number, name in enumerate(_PANES)]
        )

    @on(Tabs.Picked)
    def _picked(self, message: Tabs.Picked) -> None:
        self.action_show_pane(message.number)

    def action_pane(self, step: int) -> None:
        """Go to the next pane, or the one before."""
        self.action_show_pane((self._pane + step) % len(_PANES))

    # What the keys do

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys without an effect here are not shown."""
        row = self._list.chosen if self._pane == 0 else None
        has_failed, is_extracting, is_stopped = (False,) * 3
        if self._report is not None:
            has_failed, is_extracting, is_stopped = _possible(self._report)
        match action:
            case "open":
                return row is not None
            case "retry" | "drop":
                return row is not None and row.is_failed
            case "retry_all" | "drop_all":
                return has_failed
            case "cancel":
                return is_extracting
            case "start_worker":
                return is_stopped
        return True

    @on(VirtualList.Chosen)
    def _chosen(self) -> None:
        self.refresh_bindings()

    def on_descendant_focus(self) -> None:
        """Give a pane that was clicked the keys."""
        self.action_show_pane(self._pane)
        self.refresh_bindings()

    @on(VirtualList.Opened)
    def action_open(self) -> None:
        """Read the chosen entry."""
        row = self._list.chosen
        if row is not None:
            self.charlie.navigation.navigate(EntryRoute(row.uuid, name=_named(row)))

    def action_retry(self) -> None:
        """Try the chosen entry again."""
        row = self._list.chosen
        if row is not None:
            self._do(partial(queue_view.retry_failed, row.uuid), f"{_named(row)} is tried again.")

    def action_retry_all(self) -> None:
        """Try all failed entries again."""
        self._do(queue_view.retry_failed, "They are tried again.")

    def action_drop(self) -> None:
        """Give the chosen entry up, after a question."""
        row = self._list.chosen
        if row is not None:
            self._ask_to_drop(
                f"Leave {_named(row)} unread until it is next edited? The entry itself stays.",
                partial(queue_view.drop_failed, row.uuid),
                f"{_named(row)} is not tried again.",
            )

    def action_drop_all(self) -> None:
        """Give all failed entries up, after a question."""
        self._ask_to_drop(
            "Leave all failed entries unread until they are next edited? The entries stay.",
            queue_view.drop_failed,
            "They are not tried again.",
        )

    def action_cancel(self) -> None:
        """Stop what is being read: the chosen entry if it is, else all of it."""
        row = self._list.chosen
        uuid = row.uuid if row is not None and row.is_extracting else None
        self._do(
            partial(queue_view.cancel_extraction, uuid), "Set aside. To read it after all: r on it."
        )

    def action_start_worker(self) -> None:
        """Start a worker that was given up."""
        self._do(scheduling.want_worker, "The worker is started again.")

    def _ask_to_drop(self, question: str, act: Callable[[], object], sentence: str) -> None:
        self.confirm(question, "Leave it unread", "Keep trying", partial(self._do, act, sentence))

    def _do(self, act: Callable[[], object], sentence: str) -> None:
        """Have `act` done in a thread, say so, and look what came of it."""
        run_each(self, "act", self._act, act, sentence)

    async def _act(self, act: Callable[[], object], sentence: str) -> None:
        try:
            await asyncio.to_thread(act)
        except CharlieError as error:
            self.show_error(error)
        else:
            self.show_message(sentence)
        if self._is_seen:
            self._ask()


def _possible(report: WorkReport) -> tuple[bool, bool, bool]:
    """Whether there is something to retry, to stop, to start."""
    status = report.status
    return bool(report.failed), bool(status.entries), status.phase is Phase.STOPPED


def _named(row: Row) -> str:
    return f"“{fit(row.title, NAME_LENGTH)}”"
