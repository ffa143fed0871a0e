"""What Charlie's screens share: telling things, hearing of changes, the worker's state."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar, cast

from textual import events, on
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.messages import Prune
from textual.screen import ModalScreen, Screen
from textual.widget import Widget

from backend.errors import CharlieError
from backend.text import for_terminal
from frontend.tui.routes import EntityRoute, Route
from frontend.tui.tasks import run_each
from frontend.tui.widgets.messages import NameFollowed
from frontend.tui.widgets.panes.header import Header

if TYPE_CHECKING:
    from frontend.tui.charlie import Charlie

ResultT = TypeVar("ResultT")

#: Changes within so many seconds are shown together.
GATHER_SECONDS: Final = 0.5

#: How long keys wait for the content of a place they are meant for, in seconds. Most of it is here
#: in a tenth of that.
PATIENCE: Final = 0.3

#: Keys that follow each other faster are a key that is held: text that rushes by cannot be read,
#: and is 15 kB a key to a terminal that may be far away.
HELD_SECONDS: Final = 0.1


class CharlieScreen(Screen[ResultT]):
    """A screen that fills the terminal; `ResultT` is the type of its result when dismissed."""

    #: Whether letters are text here rather than keys.
    IS_FOR_WRITING: ClassVar[bool] = False

    # Changes whose outcome is not shown yet.
    _changing = 0

    @property
    def charlie(self) -> Charlie:
        """The app, as far as screens know it."""
        return cast("Charlie", self.app)

    @property
    def holds_keys(self) -> bool:
        """Whether what is typed now waits, because it is meant for what is about to be shown."""
        return self._changing > 0

    def change(self, work: Callable[..., Coroutine[Any, Any, None]], *args: Any) -> None:
        """Run `work(*args)`, to whose end what is typed waits: it is meant for what that leaves."""
        self._changing += 1
        run_each(self, "changes", self._change, partial(work, *args))

    async def _change(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        try:
            await work()
        finally:
            self._changing -= 1
            self.charlie.key_buffer.check()

    @on(Prune)
    def _end_work(self) -> None:
        """End this screen's work before its widgets.

        Textual ends it only behind them: what comes from a thread meanwhile would be shown by
        widgets that are no longer on a screen.
        """
        self.workers.cancel_node(self)

    def dismiss(self, result: ResultT | None = None) -> AwaitComplete:
        """Close this screen; nothing happens if it is closed already, or lies under another.

        Textual closes whatever lies on top: a key that is pressed twice would close two screens.
        """
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def show_message(self, sentence: str, seconds: float | None = None) -> None:
        """Show a sentence for a moment, without what a terminal would obey."""
        self.app.notify(for_terminal(sentence), timeout=seconds, markup=False)

    def show_error(self, error: CharlieError) -> None:
        """Show what happened, what is safe and what to do next."""
        self.charlie.show_error(error)

    def confirm(
        self, question: str, yes: str, no: str, act: Callable[[], object], *, cautious: bool = False
    ) -> None:
        """Ask a question, and call `act` if the answer is yes.

        Args:
            question: safe for the terminal.
            yes: the word for doing it.
            no: the word for leaving things as they are.
            act: called after yes.
            cautious: the answer that enter gives is no.
        """
        # It is a screen itself; the first paint can do without it.
        from frontend.tui.screens.dialogs.confirm import ConfirmScreen  # noqa: PLC0415

        def answered(is_yes: bool | None) -> None:
            if is_yes:
                act()

        self.app.push_screen(ConfirmScreen(question, yes, no, cautious=cautious), answered)

    def show_status_in(self, header: Header) -> None:
        """Keep the worker's state, in words, in `header`."""

        def show(words: str) -> None:
            header.status = words

        show(self.charlie.status)
        self.charlie.status_changed.subscribe(self, show)


#: The keys that are the same on every screen on which letters are keys and not text. A screen
#: lists them behind its own, in the order of the line at the bottom.
EVERYWHERE: Final[list[BindingType]] = [
    Binding("escape,left_square_bracket", "app.back", "back", tooltip="Back to where you were"),
    Binding("right_square_bracket", "app.forward", "forward", tooltip="Forward again"),
    Binding("slash", "app.go('search')", "search", tooltip="Search the journal"),
    Binding("x", "app.go('explore')", "names", tooltip="Explore all names"),
    Binding("n", "app.new", "new", tooltip="Write a new entry"),
    Binding(
        "N",
        "app.new_from_template",
        "new from a template",
        show=False,
        tooltip="Write a new entry that begins with a template",
    ),
    Binding("b", "app.journals", "journals", tooltip="Journals: show, create, rename"),
    Binding("t", "app.jump", "to a date", tooltip="Go to a day, a month or a year"),
    Binding("c", "app.go('calendar')", "calendar", tooltip="Calendar: a year of days"),
    Binding("o", "app.go('on-this-day')", "on this day", tooltip="On this day, in earlier years"),
    Binding(
        "S", "app.go('stats')", "statistics", tooltip="Statistics: what the journal amounts to"
    ),
    Binding("w", "app.go('work')", "work", tooltip="Work: what Charlie is doing"),
    Binding("T", "app.go('trash')", "trash", tooltip="Trash: what was deleted"),
    Binding("s", "app.settings", "settings", tooltip="Settings"),
    Binding("question_mark", "app.help", "help", tooltip="Show all keys of this screen"),
    Binding("q", "app.quit", "quit", tooltip="Leave Charlie"),
]


class RouteScreen(CharlieScreen[None]):
    """A screen that shows a place: home, and what may lie over it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("alt+left", "app.back", "back", show=False, tooltip="Back to where you were"),
        Binding("alt+right", "app.forward", "forward", show=False, tooltip="Forward again"),
        Binding(
            "ctrl+z",
            "app.suspend_process",
            "suspend",
            show=False,
            tooltip="Back to the shell; fg brings Charlie back",
        ),
    ]

    def where(self) -> Route:
        """Return the place that is shown, and where in it the user is."""
        raise NotImplementedError

    async def loaded(self) -> None:
        """Wait until what is shown is here, for a screen whose keys mean something only then."""

    @property
    def day_in_view(self) -> date | None:
        """The day of what is chosen; None where that has none."""
        return None

    @on(NameFollowed)
    def _name_followed(self, message: NameFollowed) -> None:
        self.charlie.navigation.navigate(EntityRoute((message.entity_id,), message.name))

    def show_history_in(self, header: Header) -> None:
        """Keep the names of the places behind in `header`."""

        def show(labels: tuple[str, ...]) -> None:
            if self.is_active:
                header.history = labels

        header.history = self.charlie.navigation.labels_behind()
        self.charlie.navigation.changed.subscribe(self, show)


class FieldScreen(CharlieScreen[ResultT]):
    """A screen with a field that takes the keys, also those typed before it was there.

    A user who types "/anna" at once, or over a slow line, means all of it for the search: keys wait
    until `give_keys`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._field: Widget | None = None

    @property
    def holds_keys(self) -> bool:
        """Whether there is no field for the keys yet."""
        return super().holds_keys or self._field is None

    def give_keys(self, field: Widget) -> None:
        """Give `field` the keys from now on, those first that were typed before it was there."""
        self._field = field
        # At once, and not in its turn as `focus` does: the keys that wait follow immediately.
        self.set_focus(field)
        self.charlie.key_buffer.check()

    def accept(self, event: events.Key | events.Paste) -> bool:
        """Give the field a key that nobody on this screen wanted; False if it is none for it."""
        if self._field is None or (isinstance(event, events.Key) and not event.is_printable):
            return False
        again: events.Key | events.Paste
        if isinstance(event, events.Key):
            again = events.Key(event.key, event.character)
        else:
            again = events.Paste(event.text)
        return self._field.post_message(again)

    async def settle(self) -> bool:
        """Save what was written; return False if that cannot be, so that leaving would lose it."""
        return True

    def keep_now(self) -> None:
        """Keep what was written before this process ends, without waiting for anything."""


class CharlieModal(ModalScreen[ResultT], CharlieScreen[ResultT]):
    """A screen that lies over another one."""
