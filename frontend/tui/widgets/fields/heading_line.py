"""The line over the text of an entry: its title and its date."""

from __future__ import annotations

from datetime import datetime

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from backend.dates import is_repeated, local_time, now
from backend.errors import UsageError
from backend.text import for_terminal_line
from frontend.shared.date_preferences import date_preferences
from frontend.shared.formatting import long_date, short_moment
from frontend.tui.widgets.fields.query_input import QueryInput


class HeadingLine(Vertical):
    """Two fields that keep quiet until somebody goes there.

    The date shows what was understood while it is typed. Both are what the entry has until they
    are changed.

    Attributes:
        problem: what is wrong with the date, or None.
    """

    class Changed(Message):
        """Title or date are others than before."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        # Held here and not looked up: they are asked for after the end, too.
        self._title = QueryInput(placeholder="Title", id="title")
        self._date = QueryInput(placeholder="now", id="date")
        self._meaning = Static(id="meaning", markup=False)
        self._zone = "UTC"
        # The title that the entry has, as it is shown.
        self._own_title = ""
        # The date that was read last, and what it means.
        self._read = ""
        self._moment: datetime | None = None
        self.problem: UsageError | None = None
        self._edits = 0
        self._seen = ("", "")

    def compose(self) -> ComposeResult:
        """Yield the fields side by side, over what the date was understood as."""
        with Horizontal(id="fields"):
            yield self._title
            yield self._date
        yield self._meaning

    def on_mount(self) -> None:
        """Nothing to explain yet."""
        self._meaning.display = False

    def show(self, title: str, created_at: datetime | None, zone: str) -> None:
        """Show what the entry has.

        Args:
            title: its own title.
            created_at: the instant it is about; None if that is whenever it is saved.
            zone: IANA zone that its clock shows.
        """
        self._zone = zone
        self._own_title = for_terminal_line(title)
        self._title.value = self._own_title
        self._date.placeholder = "now" if created_at is None else short_moment(created_at, zone)
        self._date.value = ""
        self._settle(None)

    def put(self, title: str | None, created_at: datetime | None) -> None:
        """Put in what was changed in a draft."""
        if title is not None:
            self._title.value = for_terminal_line(title)
        if created_at is not None:
            self._date.value = short_moment(created_at, self._zone)
        self._settle(created_at)

    def _settle(self, moment: datetime | None) -> None:
        """Take what the fields say now for unchanged, and for `moment` to the last digit."""
        self._seen = (self._title.value, self._date.value)
        self._read, self._moment, self.problem = self._date.value, moment, None

    @property
    def edits(self) -> int:
        """The number of changes made so far."""
        seen = (self._title.value, self._date.value)
        if seen != self._seen:
            self._seen = seen
            self._edits += 1
            self._understand()
        return self._edits

    @property
    def title(self) -> str | None:
        """The title if it was changed, else None."""
        return None if self._title.value == self._own_title else self._title.value

    @property
    def created_at(self) -> datetime | None:
        """The instant that was given, None if none was or it was not understood."""
        return self._moment

    @property
    def fields(self) -> tuple[Input, Input]:
        """The fields of title and date."""
        return self._title, self._date

    def _understand(self) -> None:
        """Read the date, if it is another than the one that was read last."""
        if self._date.value == self._read:
            return
        self._read, self._moment, self.problem = self._date.value, None, None
        if self._read.strip():
            try:
                self._moment = date_preferences.parse_moment(self._read, self._zone)
            except UsageError as error:
                self.problem = error

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed())
        self._explain()

    def _explain(self) -> None:
        """Say what the date was understood as, or how to write it."""
        self._understand()
        words = ""
        if self._date.value.strip():
            if self.problem is not None:
                words = f"{self.problem.message} {self.problem.hint or ''}"
            elif self._date.has_focus and self._moment is not None:
                words = _long(self._moment, self._zone)
        elif self._date.has_focus:
            words = "yesterday 21:30 · last friday · 3 days ago · 12 may 2024 9pm"
        self._meaning.update(for_terminal_line(words))
        self._meaning.set_class(self.problem is not None, "-problem")
        self._meaning.display = bool(words)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Explain the date where it is written."""
        self._explain()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """And nowhere else, unless it is wrong."""
        self._explain()


def _long(instant: datetime, zone: str) -> str:
    local = local_time(instant, zone)
    words = f"{long_date(local.date())}, {local:%H:%M}"
    if is_repeated(instant, zone):
        offset = f"{local:%z}"
        words += f", {'the second' if local.fold else 'the first'} of two ({offset})"
    if abs(now() - instant).total_seconds() < 1:
        words += " (now)"
    return words
