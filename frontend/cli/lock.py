"""Commands about the lock of the screen: lock, lock set, lock remove, lock status."""

from __future__ import annotations

import click

from backend.preferences import LOCK_AFTER
from backend.services import screen_lock
from frontend.cli.asking import ask_passphrase
from frontend.cli.options import json_option
from frontend.cli.output import print_json, print_line

_WHAT_IT_IS = (
    "The lock covers the screen for people passing by. It encrypts nothing: the journal's file"
    " and commands like “charlie list” stay readable for anyone who can use this account."
)


@click.group(invoke_without_command=True)
@click.option(
    "--after",
    type=click.Choice(LOCK_AFTER.allowed),
    help="Minutes without a key until the screen is covered by itself.",
)
@click.pass_context
def lock(context: click.Context, after: str | None) -> None:
    """Cover the screen, with or without a passphrase.

    ctrl+l covers the screen. With a passphrase, that is asked for then and whenever the journal
    is opened on the screen; without one, any key uncovers it.

    It encrypts nothing: the journal's file and commands like “charlie list” stay readable for
    anyone who can use this account.
    """
    if after is not None:
        screen_lock.set_after(after)
        if context.invoked_subcommand is None:
            _print_status()
            print_line("A Charlie that is open goes by this from its next start on.", error=True)
    elif context.invoked_subcommand is None:
        _print_status()


@lock.command("set")
def set_command() -> None:
    """Set or change the passphrase.

    It is asked for, or read from standard input: a line each for the current one, if there is
    one, and the new one.
    """
    current = None
    if screen_lock.status().has_passphrase:
        current = ask_passphrase(is_new=False, prompt="Current passphrase")
        if not screen_lock.is_right(current):
            raise screen_lock.WrongPassphraseError
    new = ask_passphrase(is_new=True, prompt="New passphrase")
    screen_lock.set_passphrase(new, current=current)
    print_line("The passphrase is asked for from now on.", error=True)
    print_line(_WHAT_IT_IS, error=True)


@lock.command()
@click.option("--forgotten", is_flag=True, help="Without asking for it.")
def remove(forgotten: bool) -> None:
    """Ask for no passphrase any more.

    The passphrase is asked for, or read from standard input.
    """
    current = None
    if not forgotten and screen_lock.status().has_passphrase:
        current = ask_passphrase(is_new=False, prompt="Current passphrase")
    screen_lock.remove_passphrase(current=current, is_forgotten=forgotten)
    print_line("No passphrase is asked for any more.", error=True)


@lock.command(short_help="Show whether there is a passphrase, and the idle time.")
@json_option("Print it as JSON.")
def status(as_json: bool) -> None:
    """Show whether there is a passphrase, and when the screen is covered by itself."""
    if as_json:
        found = screen_lock.status()
        print_json({"passphrase": found.has_passphrase, "after_minutes": found.after})
    else:
        _print_status()


def _print_status() -> None:
    found = screen_lock.status()
    print_line(f"Passphrase: {'asked for' if found.has_passphrase else 'none'}")
    after = f"after {found.after} min without a key" if found.after else "never"
    print_line(f"Covered by itself: {after}")
