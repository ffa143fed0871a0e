"""Shows sentences for a moment: what went wrong, and what happened to the worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import App

from backend.errors import CharlieError
from backend.text import for_terminal_line

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel

    from frontend.tui.app.notifications import Notification

#: Errors stay longer than other news: three sentences want to be read. In seconds.
ERROR_SECONDS = 20.0


class Toasts:
    """Shows sentences on `app`, without what a terminal would obey."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app

    def show_error(self, error: CharlieError) -> None:
        """Show what happened, what is safe and what to do next."""
        self._show(*error.lines(), severity="error")

    def show_notification(self, notification: Notification) -> None:
        """Show what happened to the worker."""
        self._show(notification.title, *notification.lines, severity=notification.severity)

    def _show(self, title: str, *lines: str, severity: SeverityLevel) -> None:
        """Show sentences under the first of them; what calls for a decision stays longer."""
        title = for_terminal_line(title)
        text = "\n".join(for_terminal_line(line) for line in lines)
        self._app.notify(
            text or title,
            title=title if text else "",
            severity=severity,
            timeout=None if severity == "information" else ERROR_SECONDS,
            markup=False,
        )
