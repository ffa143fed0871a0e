"""The entry point: no argument opens the journal, a command runs the command line.

Imports nothing heavy by itself: `charlie list` must not wait for the screen's libraries.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import gc
import importlib
import os
import resource
import sys
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from frontend.tui.app.app import CharlieApp
    from frontend.tui.screens.settings import SettingsScreen

__all__ = ["CharlieApp", "SettingsScreen", "main"]

# Objects that a command may make before they are looked through for garbage; to load one makes
# some 20,000.
_COMMAND_GC_THRESHOLD = 100_000

_COMPLETION = "_CHARLIE_COMPLETE"

_ELSEWHERE = {
    "CharlieApp": "frontend.tui.app.app",
    "SettingsScreen": "frontend.tui.screens.settings",
}

# What the system may refuse to any part of Charlie, and what to do then.
_SHORTAGES = {
    errno.EMFILE: "Close other programs, or allow more open files (ulimit -n).",
    errno.ENFILE: "Close other programs.",
    errno.EAGAIN: "Close other programs, or allow more processes (ulimit -u).",
    errno.ENOMEM: "Close other programs.",
    errno.ENOSPC: "Make room on the disk, then try again.",
    errno.EDQUOT: "Make room on the disk, then try again.",
    errno.EROFS: "Make the disk writable, or set CHARLIE_HOME to another folder.",
}

_COMMANDS = """\
Commands work without one:
  charlie add TEXT      save an entry
  charlie list          the latest entries
  charlie show ID       one entry
  charlie search QUERY  find entries
  charlie --help        all commands"""


def __getattr__(name: str) -> object:
    """Return the names that live in the screen's modules, imported when first asked for."""
    if name in _ELSEWHERE:
        return getattr(importlib.import_module(_ELSEWHERE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run Charlie as the arguments say (`sys.argv` if None) and return the exit code.

    0 done, 1 failed, 2 wrong usage, 130 interrupted. Whatever goes wrong is told in sentences
    on stderr, never as a traceback.
    """
    # A core dump would hold the journal.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        return _route(sys.argv[1:] if argv is None else argv)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Who read our output has read enough. Python would complain once more when it flushes.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the last line before a traceback
        return _explain(error)


def _route(argv: Sequence[str]) -> int:
    # click completes words by what it finds in its variable, and gets no arguments then.
    if argv or _COMPLETION in os.environ:
        # Looking for garbage among what is only just loaded, and once more at the end, takes 12 ms
        # of a command's 70 and finds none.
        gc.set_threshold(_COMMAND_GC_THRESHOLD)
        atexit.register(gc.freeze)
        from frontend.cli import main as run_command  # noqa: PLC0415 - click takes 30 ms

        return run_command(argv)
    obstacle = _obstacle()
    if obstacle:
        _print_lines(obstacle, *_COMMANDS.splitlines())
        return 2
    # Collecting garbage while modules load takes 30 ms and finds none; the app turns it on again.
    gc.disable()
    threading.excepthook = lambda args: _log(args.exc_value)
    # Textual paints to a clock: a key that is pressed between two ticks waits for up to two more,
    # 33 ms at its usual 60 a second.
    os.environ.setdefault("TEXTUAL_FPS", "240")
    from frontend.tui.app.run import run  # noqa: PLC0415 - textual takes 150 ms

    return run()


def _obstacle() -> str | None:
    """Why the screen cannot be drawn here, or None. Textual paints on stderr's terminal."""
    if os.environ.get("TERM", "") in ("dumb", ""):
        return "This terminal cannot draw Charlie's screen (TERM is dumb or not set)."
    if not all(stream and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        return "Charlie's screen needs a terminal."
    return None


def _explain(error: Exception) -> int:
    """Tell the user what happened and return the exit code."""
    # Asked for by name: an environment variable that cannot be used fails the import itself.
    errors = sys.modules.get("backend.errors")
    if errors is not None and isinstance(error, errors.CharlieError):
        _print_lines(*error.lines())
        return int(error.exit_code)
    log = _log(error)
    if isinstance(error, OSError) and error.errno in _SHORTAGES:
        what = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
        _print_lines(f"{what}.", "What was saved is safe.", _SHORTAGES[error.errno])
        return 1
    _print_lines(
        "Something went wrong inside Charlie. What was saved is safe.",
        f"Details are in {log}." if log else "Details could not be written to a log.",
    )
    return 1


def _log(error: BaseException | None) -> str | None:
    """Append a traceback to the log; the log's path, or None if it cannot be written."""
    if error is None:
        return None
    try:
        # What only an error costs; the second may be what failed.
        import traceback  # noqa: PLC0415

        from backend.locations import log_path  # noqa: PLC0415

        path = log_path("charlie")
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        with os.fdopen(file, "a", encoding="utf-8", errors="backslashreplace") as log:
            log.write(time.strftime("%Y-%m-%dT%H:%M:%S%z\n"))
            log.writelines(traceback.format_exception(error))
    except Exception:  # noqa: BLE001 - there is nowhere left to report to
        return None
    return str(path)


def _print_lines(*lines: str) -> None:
    """Lines on stderr, without anything that a terminal would obey."""
    from backend.text import for_terminal_line  # noqa: PLC0415 - only an error costs it

    for line in lines:
        safe = for_terminal_line(line)
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(safe + "\n")


if __name__ == "__main__":
    sys.exit(main())
