"""The field below the reader: what is to be found in the entry, and how often it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message

from frontend.tui.widgets.panes.reader import Reader

if TYPE_CHECKING:
    from textual.widgets import Static

    from frontend.tui.widgets.fields.query_input import QueryInput


class FindBar(Horizontal):
    """Finds in `reader`; hidden until that asks for it.

    Textual's field is made when it is first wanted.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        # Before the field, which has arrows for scrolling too; enter it passes on.
        Binding("down", "next(1)", "next", priority=True, tooltip="Next place found"),
        Binding("up", "next(-1)", "previous", priority=True, tooltip="Previous place found"),
        Binding("shift+enter", "next(-1)", "Previous place found", show=False),
        Binding("tab", "leave", "to the text", tooltip="Keep what was found, and read on"),
        Binding("escape", "close", "end finding", tooltip="Close the field"),
    ]

    def __init__(self, reader: Reader, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.display = False
        self._reader = reader
        self._field: QueryInput | None = None
        self._count: Static | None = None
        reader.finder = self

    @property
    def is_open(self) -> bool:
        """Whether there is something to be found."""
        return self.display

    def open(self) -> None:
        """Show the field; it gets the keys from the very next one on."""
        self.display = True
        if self._field is None:
            self._field = self._make_field()
            self.screen.set_focus(self._field)
        else:
            self.screen.set_focus(self._field)
            self._field.action_select_all()
            self._reader.find(self._field.value, move=False)

    def _make_field(self) -> QueryInput:
        # The first paint has no use for them.
        from textual.widgets import Static  # noqa: PLC0415

        from frontend.tui.widgets.fields.query_input import QueryInput  # noqa: PLC0415

        field = QueryInput(placeholder="Find in this entry", id="find")
        self._count = Static("", id="find-count", markup=False)
        self.mount_all([field, self._count])
        return field

    def on_input_changed(self, message: Message) -> None:
        """Find while typing."""
        message.stop()
        if self._field is not None and self.is_open:
            self._reader.find(self._field.value)

    def on_input_submitted(self, message: Message) -> None:
        """Keep enter in the field."""
        message.stop()
        self.action_next(1)

    def show_count(self, number: int, count: int) -> None:
        """Say which of how many places is looked at."""
        if self._count is None or self._field is None:
            return
        words = f"{number:,} of {count:,}" if count else "not found"
        self._count.update(words if self._field.value.strip() else "")
        self._count.set_class(not count, "-none")

    def action_next(self, step: int) -> None:
        """Show the next place that was found."""
        self._reader.action_find_next(step)

    def action_leave(self) -> None:
        """Give the text the keys."""
        self.screen.set_focus(self._reader)

    def action_close(self) -> None:
        """Close the field; nothing is marked any more."""
        self.close()

    def close(self) -> None:
        """Close the field, and give the keys back to the text if they came here."""
        if self.has_focus_within:
            self.screen.set_focus(self._reader)
        self.display = False
        self._reader.find("")
