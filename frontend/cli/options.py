"""Options that several commands have."""

from __future__ import annotations

import click

import backend
from backend.errors import NotFoundError


def _known_journal(
    _context: click.Context, _option: click.Parameter, name: str | None
) -> str | None:
    """The journal's name as it is kept; nothing found in one that is not there says too little."""
    if name is None:
        return None
    known = backend.find_journal(name)
    if known is None:
        raise NotFoundError(
            f"There is no journal “{name}”.", hint="The journals there are: charlie journals"
        )
    return known


#: `--journal`, for commands that look at one journal instead of all.
journal_option = click.option("--journal", callback=_known_journal, help="Only this journal.")
