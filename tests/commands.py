"""Commands as a user types them: in the process of the test, or in one of their own."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

import charlie
from backend.database.redis import server as redis_server
from backend.database.sqlite import connection
from backend.preferences import Preferences
from frontend.cli import output
from frontend.shared.date_preferences import date_preferences

CHARLIE = Path(sys.executable).with_name("charlie")

#: Seconds; no test asserts a time, this only ends a command that hangs.
PATIENCE = 300

CompletedCommand = subprocess.CompletedProcess[str]
RunCharlie = Callable[..., CompletedCommand]


def run_here(
    *arguments: str,
    stdin: str | bytes | None = None,
    environment: Mapping[str, str] | None = None,
) -> CompletedCommand:
    """Run `charlie` with arguments through its entry point, in this process.

    Starting a process and importing everything takes far longer than what most commands do. What
    a module reads from the environment when it is imported (`backend.settings`, TZ, what Python
    itself obeys) is as it was for the first test; `run_process` is for these.

    Args:
        arguments: the command with its options and values.
        stdin: what is on standard input, nothing if None; it is no terminal.
        environment: variables of the environment that differ while the command runs.

    Returns:
        The exit code, and what was written on both streams as text.
    """
    out, err = _stream(), _stream()
    with pytest.MonkeyPatch.context() as patch, _as_a_new_process():
        # Without it lines would be as long as those of the terminal that the tests run in.
        for name, value in {"COLUMNS": "80", **(environment or {})}.items():
            patch.setenv(name, value)
        patch.setattr(sys, "stdin", _stream(_encoded(stdin)))
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        code = charlie.main(arguments)
    return subprocess.CompletedProcess(arguments, code, _written(out), _written(err))


def run_process(
    *arguments: str,
    stdin: str | bytes | None = None,
    environment: Mapping[str, str] | None = None,
    timeout: float = PATIENCE,
) -> CompletedCommand:
    """Run `charlie` with arguments in a process of its own; like `run_here` otherwise.

    Raises:
        subprocess.TimeoutExpired: it still runs after `timeout` seconds.
    """
    done = subprocess.run(
        [CHARLIE, *arguments],
        input=_encoded(stdin),
        env={**os.environ, **(environment or {})},
        capture_output=True,
        timeout=timeout,
        check=False,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


@contextlib.contextmanager
def _as_a_new_process() -> Iterator[None]:
    """Forget before what a process would not know, and do after what it does at its end."""
    output.load_date_preferences.cache_clear()
    date_preferences.apply(Preferences())
    try:
        yield
    finally:
        redis_server.leave()
        connection.close_all()
        output.load_date_preferences.cache_clear()
        date_preferences.apply(Preferences())


def _encoded(stdin: str | bytes | None) -> bytes:
    return stdin.encode() if isinstance(stdin, str) else stdin or b""


def _stream(data: bytes = b"") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", write_through=True)


def _written(stream: io.TextIOWrapper) -> str:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()
