"""Charlie's command line: everything the screen can do, for scripts and for screen readers."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from frontend.cli.group import cli

__all__ = ["main"]

# Who only ever writes on the command line has backups all the same.
_WRITING = ("add", "edit")


def main(argv: Sequence[str]) -> int:
    """Run one command and return its exit code: 0 done, 1 failed, 2 wrong usage.

    Data goes to stdout, everything else to stderr.

    Raises:
        CharlieError: the command failed in a way that has a sentence; the entry point prints it.
    """
    _make_streams_forgiving()
    try:
        result = cli.main(args=list(argv), prog_name="charlie", standalone_mode=False)
    except click.exceptions.Abort:
        # 6 ms that help need not pay.
        from frontend.cli.output import print_line

        print_line("Stopped. What was saved before is safe.", error=True)
        return 130
    except SystemExit:
        # click's way out where nobody reads its output any more: who does has read enough.
        return 0
    except click.ClickException as error:
        # As above.
        from frontend.cli.output import print_text

        message = io.StringIO()
        error.show(message)
        # click repeats arguments as they were given.
        print_text(message.getvalue().rstrip("\n"), error=True)
        return error.exit_code
    if argv[0] in _WRITING:
        # 3 ms that only writing costs.
        from backend.services.backup.daily import begin_backup_if_due

        begin_backup_if_due()
    # click hands back the code of `ctx.exit(n)` as the result.
    return result if isinstance(result, int) else 0


def _make_streams_forgiving() -> None:
    """Have what a stream cannot show replaced, and not end the command when its work is done.

    A stream that the caller has closed is one that nobody reads, or an empty one.
    """
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - to the end
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - as above
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
