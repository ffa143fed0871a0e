"""A text handed to the user's editor and back; what the editor saved is never thrown away."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from backend.errors import CharlieError, UsageError
from backend.services.edited_files import EditedFile, EditingContext
from backend.text import decode_utf8

# Tried in this order where neither VISUAL nor EDITOR is set.
_FALLBACKS = ("sensible-editor", "nano", "vim", "vi")

_SHELL = "/bin/sh"
_SHELL_SIGNS = "~$=`|&;<>()*?[#"
# The shell's first argument, which is never part of the command's text.
_ITS_FILE = ' "$1"'
# What a shell ends with where the command cannot be run.
_NOT_STARTED = (126, 127)

# An editor that returns within so many seconds and has written nothing was not typed into.
_AT_ONCE = 1.0

# How long a signal may wait until the editor is told of it.
_SIGNAL_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class EditedText:
    """What came back from the editor, and the file it lies in until the caller has saved it."""

    text: str
    path: Path


@contextmanager
def edit_in_editor(text: str, context: EditingContext | None = None) -> Iterator[EditedText]:
    """Open `text` in the user's editor and yield what was saved there.

    The file and whatever the editor put beside it are removed only when the block ends without an
    error: if the editor fails, if what it saved is not text, or if the journal cannot be written,
    the file stays and the error names it; and it is offered as a draft at the next start.

    Args:
        text: what the editor begins with.
        context: what the text becomes if it is saved later; None: a new entry.

    Raises:
        UsageError: there is no editor, or what it saved is not UTF-8.
        CharlieError: the editor failed, returned before anything could be typed, or the block
            raised one; `safe` says where the text is.
    """
    command = _editor_command()
    file = EditedFile(text, context or EditingContext())
    try:
        began = time.monotonic()
        _run_editor(command, file.path)
        if not file.was_touched() and time.monotonic() - began < _AT_ONCE:
            raise _ReturnedAtOnceError(command)
        yield EditedText(_load_text(file.path), file.path)
    except CharlieError as error:
        if not isinstance(error, _ReturnedAtOnceError) and file.path.exists():
            error.safe = f"Your text is kept in {file.path}."
            error.hint = error.hint or f"To save it: charlie add - < {shlex.quote(str(file.path))}"
        raise
    file.remove()


class _ReturnedAtOnceError(CharlieError):
    """The editor left before anybody could have typed: it opens a window and does not wait."""

    def __init__(self, command: list[str]) -> None:
        super().__init__(
            f"The editor “{_shown(command)}” returned at once, and nothing was written.",
            safe="If its window is open: what you save there is kept, and offered as a draft at the"
            " next start.",
            hint="Have it wait, for example: export EDITOR='code --wait' (gvim -f, subl -w)",
        )


def _run_editor(command: list[str], path: Path) -> None:
    """Run the editor until it returns.

    Raises:
        CharlieError: it could not be started, or failed.
    """
    try:
        status = _run([*command, str(path)])
    except OSError as error:
        raise _cannot_start(command, error.strerror or str(error)) from error
    if status in _NOT_STARTED and command[0] == _SHELL:
        raise _cannot_start(command, "there is no such command")
    if status != 0:
        raise CharlieError(
            f"The editor “{_shown(command)}” ended with an error ({status}); nothing was saved.",
        )


def _load_text(path: Path) -> str:
    try:
        return decode_utf8(path.read_bytes())
    except UnicodeDecodeError:
        raise UsageError("The editor saved something that is not valid UTF-8.") from None
    except OSError as error:
        raise CharlieError(f"The edited file is gone: {error.strerror}.") from error


def _cannot_start(command: list[str], reason: str) -> CharlieError:
    return CharlieError(
        f"The editor “{_shown(command)}” could not be started: {reason}.",
        hint="Set EDITOR to the editor you use, for example: export EDITOR=nano",
    )


def _shown(command: list[str]) -> str:
    """Return what the user calls the editor."""
    return command[2].removesuffix(_ITS_FILE) if command[0] == _SHELL else command[0]


def without_final_newline(edited: str, before: str) -> str:
    """`edited` without the line break that most editors end a file with and nobody typed."""
    if edited.endswith("\n") and not before.endswith("\n"):
        return edited[:-1]
    return edited


def _run(command: list[str]) -> int:
    """Run the editor on this terminal and return its exit code.

    Meanwhile ctrl+c is the editor's alone, and what tells Charlie to leave (a lost connection,
    say) tells the editor, which has the text.
    """
    editor: subprocess.Popen[bytes] | None = None
    early: list[int] = []

    def pass_on(number: int, _: object) -> None:
        # ctrl+c reaches the editor by itself: the terminal is its own, too.
        if number == signal.SIGINT:
            return
        if editor is None:
            early.append(number)
        else:
            editor.send_signal(number)

    # Before the editor is there: it may be quicker to its first line than this process to the
    # next of its own.
    before = {
        number: signal.signal(number, pass_on)
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)
    }
    try:
        editor = subprocess.Popen(command)
        for number in early:
            editor.send_signal(number)
        while True:
            # A signal may come to another thread, and is handled only between two waits.
            with suppress(subprocess.TimeoutExpired):
                return editor.wait(_SIGNAL_SECONDS)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if editor is None:
            for number in early:
                signal.raise_signal(number)


def _editor_command() -> list[str]:
    """Return the command of the editor, to which the file's path is added.

    What only a shell understands (`~`, `$HOME`, `FOO=1 command`) is left to one.
    """
    chosen = (os.environ.get("VISUAL") or os.environ.get("EDITOR") or "").strip()
    if chosen:
        if any(sign in chosen for sign in _SHELL_SIGNS):
            return [_SHELL, "-c", f"{chosen}{_ITS_FILE}", "charlie"]
        try:
            words = shlex.split(chosen)
        except ValueError:
            words = []
        if words:
            return words
        raise UsageError(f"EDITOR is “{chosen}”, which is not a command.", hint="Correct it.")
    for name in _FALLBACKS:
        if found := shutil.which(name):
            return [found]
    raise UsageError(
        "No editor was found.",
        hint="Set EDITOR to the editor you use, or give the text: charlie add TEXT",
    )
