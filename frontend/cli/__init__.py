"""Charlie's command line: everything the screen can do, for scripts and for screen readers."""

from __future__ import annotations

from collections.abc import Sequence

import click

from frontend.cli.group import cli
from frontend.cli.output import print_line

__all__ = ["main"]


def main(argv: Sequence[str]) -> int:
    """Run one command and return its exit code: 0 done, 1 failed, 2 wrong usage.

    Data goes to stdout, everything else to stderr.

    Raises:
        CharlieError: the command failed in a way that has a sentence; the door prints it.
    """
    try:
        result = cli.main(args=list(argv), prog_name="charlie", standalone_mode=False)
    except click.exceptions.Abort:
        print_line("Stopped. What was saved before is safe.", error=True)
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    # click hands back the code of `ctx.exit(n)` as the result.
    return result if isinstance(result, int) else 0
