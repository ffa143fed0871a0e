"""What history and trash share: a list of texts, and the chosen one beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.widget import Widget
from textual.widgets import Static

from frontend.tui.screens.base import GATHER_SECONDS, HELD_SECONDS, RouteScreen
from frontend.tui.tasks import Gathering, Pacing, run_latest
from frontend.tui.widgets.fields.find_bar import FindBar
from frontend.tui.widgets.lists.two_line_list import TwoLineList, TwoLines
from frontend.tui.widgets.lists.virtual_list import VirtualList
from frontend.tui.widgets.panes.footer import Footer
from frontend.tui.widgets.panes.header import Header
from frontend.tui.widgets.panes.reader import Reader

RecordT = TypeVar("RecordT")


class ListAndTextScreen(RouteScreen, Generic[RecordT]):
    """A list with the text of the chosen record beside it; in a narrow terminal above it.

    A subclass reads the records (`load`, which ends with `show_records`), shows the chosen one
    (`show_record`), and binds keys to the actions `read` and `list`.

    Args:
        heading: the name of the screen.
        sentence: what stands over the list at first.
        select: the key of the record to be chosen once there are any; "" for the first one.
    """

    CSS_PATH: ClassVar = "../styles/list_and_text.tcss"

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - as Screen declares it

    def __init__(self, heading: str, sentence: str = "", select: str = "") -> None:
        super().__init__()
        # Held here and not looked up: what comes from a thread may come after the end.
        self.header = Header()
        self.sentence = Static(sentence, id="sentence", markup=False)
        self.list = TwoLineList(id="texts")
        self.reader = Reader(id="reader")
        #: The records that are listed, by their keys.
        self.records: dict[str, RecordT] = {}
        #: The key of the record to be chosen when they are shown next; "" for the same as before.
        self.wanted = select
        self._heading = heading
        self._follow = Pacing(self, HELD_SECONDS, self.show_chosen)

    async def load(self) -> None:
        """Read the records, and show them."""
        raise NotImplementedError

    async def show_record(self, record: RecordT) -> None:
        """Show a record's text; cancelled where another one is chosen meanwhile."""
        raise NotImplementedError

    def views(self) -> Iterable[Widget]:
        """Return what is beside the list, of which one is seen."""
        return (self.reader,)

    @property
    def text_view(self) -> Widget:
        """The view beside the list that is seen."""
        return self.reader

    def compose(self) -> ComposeResult:
        """Arrange the list and the text under a sentence."""
        yield self.header
        yield self.sentence
        with Container(id="list-and-text"):
            yield self.list
            yield from self.views()
        yield FindBar(self.reader, id="find-bar")
        yield Footer()

    def on_mount(self) -> None:
        """Paint first, read after."""
        self.header.title = self._heading
        self.list.focus()
        self.show_status_in(self.header)
        self.show_history_in(self.header)
        self.charlie.journal_changed.subscribe(self, Gathering(self, GATHER_SECONDS, self.reload))
        self.reload()

    def reload(self) -> None:
        """Read the records again."""
        run_latest(self, "records", self.load)

    async def load_now(self) -> None:
        """Read them again after a change; what was read before it is out of date."""
        self.workers.cancel_group(self, "records")
        await self.load()

    def show_records(self, records: dict[str, RecordT], rows: Sequence[TwoLines]) -> None:
        """List other records, the wanted one chosen, else the same as before.

        Args:
            records: what is listed, by key.
            rows: a row for each of them, with its key.
        """
        self.records = records
        self.list.show(rows, self.wanted or None)
        self.wanted = ""

    @property
    def chosen(self) -> RecordT | None:
        """The record under the cursor."""
        return self.records.get(self.list.chosen_key or "")

    @on(VirtualList.Chosen)
    def _chosen(self) -> None:
        self._follow()
        self.refresh_bindings()

    def show_chosen(self) -> None:
        """Show the text of the chosen record."""
        chosen = self.chosen
        if chosen is not None:
            run_latest(self, "text", self.show_record, chosen)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether a key has an effect here, and is shown."""
        if action == "read":
            return self.chosen is not None and self.list.has_focus
        if action == "list":
            return not self.list.has_focus
        return True

    @on(VirtualList.Opened)
    def action_read(self) -> None:
        """Give the text the keys."""
        self.text_view.focus()
        self.call_after_refresh(self.refresh_bindings)

    def action_list(self) -> None:
        """Give the list the keys."""
        self.list.focus()
        self.call_after_refresh(self.refresh_bindings)
