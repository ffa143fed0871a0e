"""Runs the app on this terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frontend.tui.app.app import CharlieApp

if TYPE_CHECKING:
    from frontend.tui.charlie import Charlie

    def _as_screens_see_it(app: CharlieApp) -> Charlie:
        """Have the types checked that screens rely on."""
        return app


def run() -> int:
    """Open the journal on this terminal, and return the exit code.

    Raises:
        CharlieError: the journal could not be opened.
        Exception: the defect that ended the app.
    """
    app = CharlieApp()
    app.run()
    if app.error is not None:
        raise app.error
    if app.defect is not None:
        raise app.defect
    return app.return_code or 0
