"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

import backend
from backend.errors import NotFoundError

#: How many: more than there can be of anything, and what SQLite can count to.
COUNT = click.IntRange(1, 2**31 - 1)

CommandT = TypeVar("CommandT", bound=Callable[..., Any])


def _known_journal(
    _context: click.Context, _option: click.Parameter, name: str | None
) -> str | None:
    """Return the journal's name as it is kept; one that does not exist is an error."""
    if name is None:
        return None
    known = backend.find_journal(name)
    if known is None:
        raise NotFoundError(
            f"There is no journal “{name}”.", hint="The journals there are: charlie journals"
        )
    return known


def json_option(help: str) -> Callable[[CommandT], CommandT]:
    """Return the option `--json`, given to a command as `as_json`.

    Args:
        help: says what is printed.
    """
    return click.option("--json", "as_json", is_flag=True, help=help)


#: `--journal`, for commands that look at one journal instead of all.
journal_option = click.option("--journal", callback=_known_journal, help="Only this journal.")
