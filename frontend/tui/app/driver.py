"""Textual's driver, hardened against invalid input and a terminal that vanishes."""

from __future__ import annotations

import codecs
import contextlib
import os
import sys
import termios
from collections.abc import Callable, Iterable
from functools import partial
from typing import IO, Any, cast

from textual import events
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers import linux_driver
from textual.message import Message

from backend.text import is_typed_text
from frontend.tui.text.pasting import PasteGuard

# What begins a sequence behind an escape: CSI, SS3, and what a terminal answers with.
_SEQUENCES = "[OP]_^X\\"


class TerminalGone(Message):
    """Posted to the app when nobody will ever type again: the terminal was closed."""


class _GoneError(Exception):
    """The terminal reported the end of its input."""


class _Decoder:
    """Decodes any bytes that the terminal sends, and passes pasted text through a guard.

    They are in the encoding of the locale that the user gave the terminal.
    """

    def __init__(self) -> None:
        self._bytes = codecs.getincrementaldecoder(sys.getfilesystemencoding())(errors="replace")
        self._guard = PasteGuard()

    def decode(self, data: bytes, final: bool = False) -> str:
        """Return the next piece of input.

        Raises:
            _GoneError: there is none, though the terminal announced some. It will do so again
                and again, and Textual would never stop asking.
        """
        if not data and not final:
            raise _GoneError
        return self._guard.filter(self._bytes.decode(data, final))


def _is_text(key: events.Key) -> bool:
    """Return whether a key types a character."""
    return key.character is not None and len(key.character) == 1 and is_typed_text(key.character)


# Textual takes what `str.isprintable` says no to for no text, and drops it.
events.Key.is_printable = property(_is_text)  # type: ignore[assignment]


class EscapedKey(events.Key):
    """A key that came right behind an escape.

    Either both were pressed, fast or over a slow line, or the key was with alt: a terminal that
    speaks the old way sends the same for it.
    """


class _Parser(XTermParser):
    """Parses a key behind an escape at once; Textual's parser waits for up to 32 more."""

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        """Return the keys that a sequence stands for; none if it may go on."""
        known = list(super()._sequence_to_key_events(sequence, alt))
        if not known and len(sequence) == 2:
            character = sequence[1]
            if is_typed_text(character) and character not in _SEQUENCES:
                key = next(iter(super()._sequence_to_key_events(character)), None)
                if key is not None:
                    return [EscapedKey(key.key, character)]
        return known


linux_driver.XTermParser = _Parser  # type: ignore[attr-defined]


# Textual's driver decodes strictly and has no setting for it: one byte that is not UTF-8, typed
# on a terminal that is set to something else, would end its input thread and the app with it.
linux_driver.getincrementaldecoder = lambda _: _Decoder  # type: ignore[assignment,attr-defined]


class _Forgiving:
    """A file that ignores writes that fail.

    Textual's writing thread ends at the first write that fails, and whatever is written after
    that waits for it without end: a lost ssh connection would leave a process behind.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, text: str) -> None:
        """Write, if there is still somebody to read it."""
        self._try(partial(self._file.write, text))

    def flush(self) -> None:
        """Flush, if there is still somebody to read it."""
        self._try(self._file.flush)

    def fileno(self) -> int:
        """Return the file's descriptor."""
        return self._file.fileno()

    def _try(self, write: Callable[[], object]) -> None:
        try:
            write()
        except OSError:
            return


class TerminalDriver(linux_driver.LinuxDriver):
    """Textual's driver for Linux and macOS, which outlives a terminal that vanishes."""

    def __init__(self, app: App[Any], **settings: Any) -> None:
        super().__init__(app, **settings)
        self._file = cast("Any", _Forgiving(cast("IO[str]", self._file)))

    def _get_terminal_size(self) -> tuple[int, int]:
        """Return columns and rows, whatever COLUMNS and LINES say: they follow no resize."""
        with contextlib.suppress(OSError):
            columns, rows = os.get_terminal_size(self.fileno)
            # A serial line does not know its size.
            if columns and rows:
                return columns, rows
        return super()._get_terminal_size()

    def _sigcont_application(self, *_: object) -> None:
        """Resume after a stop, but not on a terminal that is gone, which is signalled alike."""
        if self._is_there():
            super()._sigcont_application()

    def _is_there(self) -> bool:
        try:
            termios.tcgetattr(self.fileno)
        except termios.error:
            return False
        return True

    def run_input_thread(self) -> None:
        """Read keys until the end, and tell the app what ended it early."""
        try:
            super().run_input_thread()
        except (_GoneError, OSError):
            # The signal that tells of it may be ignored, or come too early.
            self._app.post_message(TerminalGone())
        except Exception as error:  # noqa: BLE001 - the thread's last line
            self._app.call_later(self._app._handle_exception, error)
