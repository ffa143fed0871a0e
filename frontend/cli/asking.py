"""Questions a command asks before it does what cannot be undone, and secrets it asks for."""

from __future__ import annotations

import sys

import click

from backend.errors import UsageError


def confirm(question: str, *, yes: bool) -> None:
    """Go on only if the user agrees, at the terminal or by `--yes`.

    Raises:
        UsageError: there is nobody to ask.
        click.Abort: the user does not agree.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(
            "This is done only after you agreed.",
            safe="Nothing was changed.",
            hint="To agree: --yes",
        )
    if not click.confirm(question, err=True):
        raise click.Abort


def ask_passphrase(*, is_new: bool, prompt: str = "Passphrase") -> str:
    """Return a passphrase: typed unseen, twice if it is new; else the next line of stdin.

    Never an argument: those are in the process list and in the shell's history.
    """
    if sys.stdin.isatty():
        return str(click.prompt(prompt, hide_input=True, confirmation_prompt=is_new, err=True))
    return sys.stdin.readline().rstrip("\r\n")
