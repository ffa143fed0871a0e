"""Text on its way into the journal from the command line; what cannot become an entry is kept."""

from __future__ import annotations

import os
import select
import shlex
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from backend.errors import CharlieError, UsageError
from backend.locations import rescue_dir
from backend.text import decode_typed
from frontend.cli.output import print_line

# Bytes that are read at once at most; a terminal gives a line at a time.
_BLOCK = 1 << 16


def join_arguments(words: Sequence[str]) -> str:
    """Return the text given as arguments, joined by spaces.

    Raises:
        UsageError: the terminal handed over bytes that are not UTF-8; they are kept in a file.
    """
    text = " ".join(words)
    # Python hides undecodable argument bytes in lone surrogates; fsencode brings them back.
    return decode_or_rescue(os.fsencode(text), "The text")


def read_standard_input() -> str:
    """Everything on stdin, as text; on a terminal it is said how to end.

    Raises:
        UsageError: it is not text; the bytes are kept in a file that the message names.
        InputStoppedError: ctrl+c was pressed; what was typed until then is kept likewise.
    """
    data = _typed() if sys.stdin.isatty() else sys.stdin.buffer.read()
    return decode_or_rescue(data, "The input")


def _typed() -> bytes:
    """Return what is typed on the terminal until ctrl+d.

    Raises:
        InputStoppedError: ctrl+c was pressed.
    """
    file = sys.stdin.fileno()
    data = bytearray()
    try:
        print_line("Write; ctrl+d on a line of its own saves it.", error=True)
        while block := os.read(file, _BLOCK):
            data += block
    except KeyboardInterrupt:
        # A line that was ended, but not read yet.
        while select.select([file], [], [], 0)[0] and (block := os.read(file, _BLOCK)):
            data += block
        if not data.strip():
            raise
        raise InputStoppedError(rescue(bytes(data))) from None
    return bytes(data)


class InputStoppedError(CharlieError):
    """The user stopped typing into a command with ctrl+c."""

    exit_code = 130

    def __init__(self, kept: Path) -> None:
        super().__init__(
            "Stopped; no entry was saved.",
            safe=f"What you had typed is kept in {kept}.",
            hint=f"To save it: charlie add - < {shlex.quote(str(kept))}",
        )


def decode_or_rescue(data: bytes, what: str) -> str:
    """Decode `data`, or keep it in a file and raise `UsageError` naming that file."""
    try:
        return decode_typed(data)
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{what} is not valid UTF-8 (byte {error.start + 1}).",
            safe=f"No entry was saved; what you gave is kept in {rescue(data)}.",
            hint="Convert it and try again, for example: "
            "iconv -f LATIN1 -t UTF-8 FILE | charlie add -",
        ) from None


def rescue(data: bytes) -> Path:
    """Keep `data` in a file of this user alone and return its path.

    The journal's folder is tried first; where it cannot be written, the system's temporary one.
    """
    # 7 ms to import, for what cannot be saved alone.
    import tempfile

    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    try:
        folder: Path | None = rescue_dir()
    except CharlieError:
        folder = None
    for place in (folder, Path(tempfile.gettempdir())):
        if place is None:
            continue
        try:
            descriptor, name = tempfile.mkstemp(".txt", f"charlie-{stamp}-", place)
        except OSError:
            continue
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            # A part of it would be taken for all of it.
            Path(name).unlink(missing_ok=True)
            continue
        return Path(name)
    raise CharlieError(
        "No folder could be written, neither the journal's nor the temporary one.",
        safe="The text is still where it came from: your shell's history, file or pipe.",
        hint="Free some disk space and run the command again.",
    )
