"""A real terminal for a real Charlie: a pseudo-terminal, read through pyte."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import pyte

CHARLIE = Path(sys.executable).with_name("charlie")

#: Seconds until a test gives up waiting for what should be there at once.
PATIENCE = 300

# What a terminal obeys and text must never bring about: OSC, DCS, APC, PM, SOS and their C1
# forms. Textual itself uses CSI alone.
_COMMANDS = ("\x1b]", "\x1bP", "\x1b_", "\x1b^", "\x1bX", "\x9d", "\x90", "\x9b")


class Terminal:
    """A terminal of `columns` by `rows` in which `arguments` run.

    Attributes:
        raw: every byte the program wrote.
    """

    def __init__(
        self,
        *arguments: str | Path,
        columns: int = 80,
        rows: int = 24,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.raw = b""
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        variables = {
            **{key: v for key, v in os.environ.items() if not key.startswith("TEXTUAL_")},
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            **(environment or {}),
        }
        self.pid, self._file = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.execvpe(arguments[0], list(map(str, arguments)), variables)
        self.status: int | None = None

    @property
    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def commands(self) -> list[str]:
        """Commands to the terminal that only text could have brought about."""
        # Textual itself sets the shape of the mouse pointer.
        written = self.raw.decode("utf-8", "replace").replace("\x1b]22;", "")
        return [command for command in _COMMANDS if command in written]

    def send(self, keys: str | bytes) -> None:
        """Type."""
        os.write(self._file, keys.encode() if isinstance(keys, str) else keys)

    def until(self, condition: Callable[[], object]) -> None:
        """Read what is written until `condition` holds."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline or not self._read(0.05):
                if condition():
                    return
                raise AssertionError(f"waited in vain; the screen shows\n{self.text}")

    def sees(self, *words: str) -> None:
        """Wait until all of `words` are on the screen."""
        self.until(lambda: all(word in self.text for word in words))

    def resize(self, columns: int, rows: int) -> None:
        """Another size; the program is told."""
        self.screen.resize(rows, columns)
        fcntl.ioctl(self._file, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the program."""
        os.kill(self.pid, number)

    def hang_up(self) -> None:
        """The connection is lost."""
        os.close(self._file)
        self._file = -1

    def wait(self) -> int:
        """The program's exit code (negative: the signal that ended it), once it has ended."""
        deadline = time.monotonic() + PATIENCE
        while self.status is None:
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                self.status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > deadline:
                raise AssertionError(f"it does not end; the screen shows\n{self.text}")
            elif not self._read(0.02):
                time.sleep(0.02)
        while self._read(0):
            pass
        return self.status

    def close(self) -> None:
        """End what still runs, so that it can end what it started."""
        if self.status is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)
            self.wait()
        if self._file >= 0:
            os.close(self._file)

    def _read(self, seconds: float) -> bool:
        """Read once; False where nobody writes any more (or, for 0 seconds, just now)."""
        if self._file < 0:
            return False
        ready, _, _ = select.select([self._file], [], [], seconds)
        if not ready:
            return seconds > 0
        try:
            data = os.read(self._file, 65536)
        except OSError:
            return False
        self.raw += data
        self._stream.feed(data)
        return bool(data)


@contextmanager
def terminal(
    *arguments: str | Path,
    columns: int = 80,
    rows: int = 24,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Terminal]:
    """Charlie (or another program) in a terminal, ended at the end."""
    opened = Terminal(
        *(arguments or (CHARLIE,)), columns=columns, rows=rows, environment=environment
    )
    try:
        yield opened
    finally:
        opened.close()
