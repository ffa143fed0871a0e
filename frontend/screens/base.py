"""What Charlie's screens share: telling things, hearing of changes, the worker's state."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from textual.screen import ModalScreen, Screen

from backend.errors import CharlieError
from frontend.widgets.masthead import Masthead

if TYPE_CHECKING:
    from frontend.app import CharlieApp

ResultT = TypeVar("ResultT")


class CharlieScreen(Screen[ResultT]):
    """A screen that fills the terminal; `ResultT` is what it leaves behind when dismissed."""

    @property
    def charlie(self) -> CharlieApp:
        """The app, as what it is."""
        return cast("CharlieApp", self.app)

    def tell(self, sentence: str, seconds: float | None = None) -> None:
        """Show a sentence, safe for the terminal, for a moment."""
        self.app.notify(sentence, timeout=seconds, markup=False)

    def tell_error(self, error: CharlieError) -> None:
        """Show what happened, what is safe and what to do next."""
        self.charlie.tell_error(error)

    def show_status_in(self, masthead: Masthead) -> None:
        """Keep the worker's state, in words, in `masthead`."""

        def show(words: str) -> None:
            masthead.status = words

        show(self.charlie.status)
        self.charlie.status_changed.subscribe(self, show)


class CharlieModal(ModalScreen[ResultT], CharlieScreen[ResultT]):
    """A screen that lies over another one."""
