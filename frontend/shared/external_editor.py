"""A text handed to the user's editor and back; what the editor saved is never thrown away."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from backend.errors import CharlieError, StorageError, UsageError
from backend.locations import rescue_dir
from backend.text import decode_utf8

# Tried in this order where neither VISUAL nor EDITOR is set.
_FALLBACKS = ("sensible-editor", "nano", "vim", "vi")

# How long a signal may wait until the editor is told of it.
_SIGNAL_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class EditedText:
    """What came back from the editor, and the file it lies in until the caller has saved it."""

    text: str
    path: Path


@contextmanager
def edit_in_editor(text: str) -> Iterator[EditedText]:
    """Open `text` in the user's editor and yield what was saved there.

    The file is removed only when the block ends without an error: if the editor fails, if what
    it saved is not text, or if the journal cannot be written, the file stays and the error
    names it.

    Raises:
        UsageError: there is no editor, or what it saved is not UTF-8.
        CharlieError: the editor failed, or the block raised one; `safe` names the file.
    """
    command = _editor_command()
    path = _new_file(text)
    try:
        try:
            status = _run([*command, str(path)])
        except OSError as error:
            raise CharlieError(
                f"The editor “{command[0]}” could not be started: {error.strerror}.",
                hint="Set EDITOR to the editor you use, for example: export EDITOR=nano",
            ) from error
        if status != 0:
            raise CharlieError(
                f"The editor “{command[0]}” ended with an error ({status}); nothing was saved.",
            )
        try:
            edited = decode_utf8(path.read_bytes())
        except UnicodeDecodeError:
            raise UsageError("The editor saved something that is not valid UTF-8.") from None
        except OSError as error:
            raise CharlieError(f"The edited file is gone: {error.strerror}.") from error
        yield EditedText(edited, path)
    except CharlieError as error:
        if path.exists():
            error.safe = f"Your text is kept in {path}."
            error.hint = error.hint or f"To save it: charlie add - < {shlex.quote(str(path))}"
        raise
    path.unlink(missing_ok=True)


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
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if chosen:
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


def _new_file(text: str) -> Path:
    # A folder of this user alone: the temporary one of the system is everybody's.
    try:
        descriptor, name = tempfile.mkstemp(".md", "entry-", rescue_dir())
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode())
    except OSError as error:
        raise StorageError(
            f"The text could not be handed to the editor: {error.strerror}.",
            safe="The entry in the journal is unchanged.",
            hint="Free some disk space and try again.",
        ) from error
    return Path(name)
