"""What Charlie's screens share: telling things, hearing of changes, the worker's state."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar, cast

from textual import events, on
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.messages import Prune
from textual.screen import ModalScreen, Screen
from textual.widget import Widget

from backend.errors import CharlieError
from backend.text import for_terminal
from frontend.tui.routes import EntityPlace, Place
from frontend.tui.tasks import run_each
from frontend.tui.widgets.messages import NameFollowed
from frontend.tui.widgets.panes.header import Masthead

if TYPE_CHECKING:
    from frontend.tui.app.app import CharlieApp

ResultT = TypeVar("ResultT")

#: Changes within so many seconds are shown together.
GATHER_SECONDS: Final = 0.5

#: Keys that follow each other faster are a key that is held: text that rushes by cannot be read,
#: and is 15 kB a key to a terminal that may be far away.
HELD_SECONDS: Final = 0.1


class CharlieScreen(Screen[ResultT]):
    """A screen that fills the terminal; `ResultT` is what it leaves behind when dismissed."""

    #: Whether letters are text here rather than keys.
    IS_FOR_WRITING: ClassVar[bool] = False
    #: Whether a single key closes this, so that the next one may be typed already.
    IS_ANSWERED: ClassVar[bool] = False

    # Changes whose outcome is not shown yet.
    _changing = 0

    @property
    def charlie(self) -> CharlieApp:
        """The app, as what it is."""
        return cast("CharlieApp", self.app)

    def _forward_event(self, event: events.Event) -> None:
        """Take a key for a question to the app without delay.

        On its way through widgets it would be lost if the key before it closes them.
        """
        if self.IS_ANSWERED and isinstance(event, events.Key) and not event.is_forwarded:
            event._set_forwarded()
            self.app.post_message(event)
        else:
            super()._forward_event(event)

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
            self.charlie.let_keys_go()

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

    def tell(self, sentence: str, seconds: float | None = None) -> None:
        """Show a sentence for a moment, without what a terminal would obey."""
        self.app.notify(for_terminal(sentence), timeout=seconds, markup=False)

    def tell_error(self, error: CharlieError) -> None:
        """Show what happened, what is safe and what to do next."""
        self.charlie.tell_error(error)

    def confirm(
        self, question: str, yes: str, no: str, act: Callable[[], object], *, cautious: bool = False
    ) -> None:
        """Do `act` if the user says so.

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

    def show_status_in(self, masthead: Masthead) -> None:
        """Keep the worker's state, in words, in `masthead`."""

        def show(words: str) -> None:
            masthead.status = words

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


class PlaceScreen(CharlieScreen[None]):
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

    def where(self) -> Place:
        """The place that is shown, and how far one is in it."""
        raise NotImplementedError

    async def loaded(self) -> None:
        """Wait until what is shown is here, for a screen whose keys mean something only then."""

    @property
    def day_in_view(self) -> date | None:
        """The day of what is chosen; None where that has none."""
        return None

    @on(NameFollowed)
    def _name_followed(self, message: NameFollowed) -> None:
        self.charlie.visit(EntityPlace((message.entity_id,), message.name))

    def show_trail_in(self, masthead: Masthead) -> None:
        """Keep how one came here in `masthead`."""

        def show(stops: tuple[str, ...]) -> None:
            if self.is_active:
                masthead.trail = stops

        masthead.trail = self.charlie.trail_behind()
        self.charlie.trail_changed.subscribe(self, show)


class KeysTaken(Message):
    """Posted to a field, it comes to the app behind every key that was typed before it."""

    def __init__(self, arrived: asyncio.Event) -> None:
        super().__init__()
        self.arrived = arrived


class FieldScreen(CharlieScreen[ResultT]):
    """A screen with a field that takes the keys, also those typed before it was there.

    Whoever types "/anna" at once, or over a slow line, means all of it for the search: a key
    that finds no field yet is held until `take_keys`.
    """

    #: Keys besides the printable ones that are held for the field.
    HELD = frozenset({"enter", "backspace"})
    #: Whether what is typed once it is being shown waits for its field.
    IS_AWAITED: ClassVar[bool] = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._held: list[tuple[Widget | None, events.Key | events.Paste]] = []
        # The field that keys are for before there is any, None for the one that takes them.
        self.aim: Widget | None = None
        self._field: Widget | None = None
        self._has_field = asyncio.Event()
        self._acting = asyncio.Lock()

    def on_unmount(self) -> None:
        """No field is to be expected of it any more."""
        self.charlie.gate.give_up(self)

    def _forward_event(self, event: events.Event) -> None:
        """Take a key that finds no field at once: by its turn here the field may be another."""
        if (
            isinstance(event, events.Key | events.Paste)
            and self.focused is None
            and self.type_ahead(event)
        ):
            return
        super()._forward_event(event)

    def type_ahead(self, event: events.Key | events.Paste) -> bool:
        """Hold a key that reached no field, or pass it on; False if it is none for the field."""
        again: events.Key | events.Paste
        if isinstance(event, events.Key):
            # A field that is there eats printable keys itself; its others come by on their way
            # to its bindings.
            is_held = self._field is None and event.key in self.HELD
            if not (event.is_printable or is_held):
                return False
            again = events.Key(event.key, event.character)
        else:
            again = events.Paste(event.text)
        if self._field is None:
            self._held.append((self.aim, again))
        else:
            self._field.post_message(again)
        return True

    def take_keys(self, field: Widget) -> None:
        """From now on `field` gets the keys, those first that were typed before it was there."""
        # For the app: the keys are let go again whatever becomes of this screen.
        run_each(self.app, "keys", self.hand_keys, field)

    async def hand_keys(self, field: Widget) -> None:
        """`take_keys`, and wait for it."""
        await self.charlie.gate.hand_over(self, field)

    def receive_keys(self, field: Widget, earlier: Sequence[events.Key | events.Paste]) -> None:
        """Give `field` the `earlier` keys and those that were held here.

        What was held for another field goes there, and so do the next keys if it came last.
        """
        if not field.is_attached:
            return
        # At once, and not in its turn as `focus` does: a key may lead to another field meanwhile.
        self.set_focus(self.aim or field)
        self._field = field
        for event in earlier:
            field.post_message(event)
        for aim, event in self._held:
            (aim or field).post_message(event)
        self._held.clear()
        self._has_field.set()

    def after_keys(self, field: Widget, act: Callable[[], object]) -> None:
        """Do `act` when `field` has got every key that was typed so far; one after the other."""
        run_each(self, "acts", self._act, field, act)

    async def _act(self, field: Widget, act: Callable[[], object]) -> None:
        async with self._acting:
            await self.keys_taken(field)
            act()

    async def settle(self) -> bool:
        """Make it safe to leave: save what was written. False if that cannot be."""
        return True

    def keep_now(self) -> None:
        """Keep what was written before this process ends, without waiting for anything."""

    async def keys_taken(self, field: Widget) -> None:
        """Wait until every key that was typed so far has had its effect on `field`.

        A screen's keys (save, leave) are carried out as they come; those of a field go through
        its queue and then, for what is bound to an action, through those of all its parents.
        """
        await self._has_field.wait()
        arrived = asyncio.Event()
        field.post_message(KeysTaken(arrived))
        await arrived.wait()


class CharlieModal(ModalScreen[ResultT], CharlieScreen[ResultT]):
    """A screen that lies over another one."""
