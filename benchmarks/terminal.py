"""A program in a pseudo-terminal, watched byte by byte.

A frame counts as painted when the bytes that complete it have arrived; what they do to the
screen is worked out afterwards by a terminal emulator, so that emulating costs no time measured.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

import pyte

# A painted screen that has been quiet for so many seconds is taken as finished.
QUIET_S = 0.15


class Terminal:
    """Runs `command` in a pseudo-terminal of `columns` × `rows`."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 120,
        rows: int = 40,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.bytes_received = 0
        self.started_at = time.perf_counter()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            # COLORTERM, as most terminals set it: true colour is the costliest way to paint.
            os.environ.update({"TERM": "xterm-256color", "COLORTERM": "truecolor"})
            os.environ.update(environment or {})
            os.execvp(command[0], list(command))
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def read(self, timeout_s: float) -> float | None:
        """Take in what arrives next; the instant of its arrival, or None after `timeout_s`."""
        ready, _, _ = select.select([self._fd], [], [], timeout_s)
        if not ready:
            return None
        try:
            data = os.read(self._fd, 1 << 20)
        except OSError:
            return None
        arrived = time.perf_counter()
        self.bytes_received += len(data)
        self._stream.feed(data)
        return arrived

    def wait_for(self, predicate: Callable[[Terminal], bool], timeout_s: float = 30) -> float:
        """Seconds since the start until the bytes arrived that made `predicate` true.

        Raises:
            TimeoutError: they did not; the message holds the screen.
        """
        deadline = time.perf_counter() + timeout_s
        while time.perf_counter() < deadline:
            arrived = self.read(0.5)
            if arrived is not None and predicate(self):
                return arrived - self.started_at
        raise TimeoutError("\n".join(self.screen.display))

    def settle(self, quiet_s: float = QUIET_S, timeout_s: float = 10) -> None:
        """Take in output until none has come for `quiet_s` seconds."""
        deadline = time.perf_counter() + timeout_s
        while time.perf_counter() < deadline and self.read(quiet_s) is not None:
            pass

    def send(self, keys: bytes) -> None:
        """Type `keys`."""
        os.write(self._fd, keys)

    def key_to_paint(self, keys: bytes, region: slice, timeout_s: float = 2) -> float | None:
        """Seconds from typing `keys` until rows `region` look different; None if they never do.

        Other rows (a status line that changes while the worker reads) do not count.
        """
        before = self.cells(region)
        sent = time.perf_counter()
        self.send(keys)
        while time.perf_counter() - sent < timeout_s:
            arrived = self.read(timeout_s)
            if arrived is not None and self.cells(region) != before:
                return arrived - sent
        return None

    def cells(self, region: slice) -> list[tuple[object, ...]]:
        """Characters and their attributes of the rows in `region`, and the cursor's place."""
        rows = range(self.screen.lines)[region]
        cells: list[tuple[object, ...]] = [
            tuple(self.screen.buffer[row][column] for column in range(self.screen.columns))
            for row in rows
        ]
        return cells

    def shows(self, text: str) -> bool:
        """Whether `text` stands on one line of the screen."""
        return any(text in line for line in self.screen.display)

    def close(self) -> None:
        """End the program: politely, then not."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                break
            deadline = time.perf_counter() + 5
            while time.perf_counter() < deadline:
                self.read(0.05)
                if os.waitpid(self.pid, os.WNOHANG)[0]:
                    os.close(self._fd)
                    return
        os.close(self._fd)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` (0..1) of `values` do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
