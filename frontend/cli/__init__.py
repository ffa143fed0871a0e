"""Charlie's command line: everything the screen can do, for scripts and for screen readers."""

from __future__ import annotations

import io
from collections.abc import Sequence

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
    try:
        result = cli.main(args=list(argv), prog_name="charlie", standalone_mode=False)
    except click.exceptions.Abort:
        # 6 ms that help need not pay.
        from frontend.cli.output import print_line

        print_line("Stopped. What was saved before is safe.", error=True)
        return 130
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
