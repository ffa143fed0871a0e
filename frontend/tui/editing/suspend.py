"""Hands the terminal to the user's own editor for a while."""

from __future__ import annotations

from contextlib import ExitStack

from textual.app import App, SuspendNotSupported

from backend.errors import CharlieError, UsageError
from backend.text import has_content
from frontend.shared.external_editor import edit_in_editor, without_final_newline


def edit_elsewhere(app: App[object], text: str, stack: ExitStack) -> str:
    """Wait until the user's editor is done with `text`, and return what it saved.

    Nothing else happens meanwhile: whatever painted would paint into the editor. What it saved
    lies in a file until `stack` is closed, and for good if that happens by a `CharlieError`.

    Raises:
        CharlieError: the editor failed or gave nothing back; `safe` names the file.
    """
    problem: CharlieError | None = None
    edited = text
    try:
        with app.suspend():
            # Textual takes the terminal back only if nothing is raised in here.
            try:
                edited = stack.enter_context(edit_in_editor(text)).text
            except CharlieError as error:
                problem = error
    except SuspendNotSupported:
        raise UsageError("This terminal cannot be handed to another program.") from None
    if problem is not None:
        raise problem
    edited = without_final_newline(edited, text)
    if has_content(text) and not has_content(edited):
        raise UsageError("The text came back empty; the one on the screen stays as it is.")
    return edited
