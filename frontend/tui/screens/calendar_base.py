"""What the screens by the calendar share: their lines at top and bottom, and hearing of changes."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widget import Widget

from frontend.shared.formatting import in_journal
from frontend.tui.screens.base import GATHER_SECONDS, RouteScreen
from frontend.tui.tasks import Gathering
from frontend.tui.widgets.panes.footer import Footer
from frontend.tui.widgets.panes.header import Header


class CalendarBaseScreen(RouteScreen):
    """A screen with one view between the two lines.

    Args:
        name: what the screen is called.
        view: what has the keys.
    """

    CSS_PATH = "../styles/calendar.tcss"

    def __init__(self, name: str, view: Widget) -> None:
        super().__init__()
        # Held here and not looked up: what comes from a thread may come after the end.
        self.header = Header()
        self._title = name
        self._view = view
        #: To be called when something has changed: it is read again in a moment.
        self.changed = Gathering(self, GATHER_SECONDS, self.reload)

    def compose(self) -> ComposeResult:
        """Yield the view between the line at the top and the line at the bottom."""
        yield self.header
        yield self._view
        yield Footer()

    def on_mount(self) -> None:
        """Paint first, read after."""
        self.header.title = in_journal(self._title, self.journal)
        self._view.focus()
        self.show_status_in(self.header)
        self.show_history_in(self.header)
        self.charlie.journal_changed.subscribe(self, self.changed)
        self.reload()

    @property
    def journal(self) -> str | None:
        """The journal that is shown, None for all."""
        return self.charlie.journal_scope.shown

    def reload(self) -> None:
        """Read again what is shown, and keep one's place in it."""
        raise NotImplementedError
