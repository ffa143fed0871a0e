"""Commands about text that was being written when Charlie ended."""

from __future__ import annotations

import click

import backend
from backend.errors import NotFoundError, UsageError
from backend.records import Draft
from backend.services.draft_sessions import (
    RecoveredDraft,
    SessionLock,
    load_recovered_drafts,
    save_recovered_draft,
)
from backend.text import count_words, single_line
from frontend.cli.asking import confirm
from frontend.cli.options import json_option
from frontend.cli.output import JsonObject, instant_json, print_json, print_line, print_text
from frontend.shared.formatting import NAME_LENGTH, counted, recovered_draft_purpose


@click.group(invoke_without_command=True, short_help="Show the drafts that a crash left behind.")
@json_option("Print an array of drafts.")
@click.pass_context
def draft(context: click.Context, as_json: bool) -> None:
    """Show the drafts that were left behind; what is being typed in an open Charlie is none."""
    if context.invoked_subcommand is not None:
        return
    recovered = load_recovered_drafts(SessionLock())
    if as_json:
        print_json([_draft_json(each.draft) for each in recovered])
        return
    for each in recovered:
        name = single_line(each.draft.title or each.draft.text, NAME_LENGTH)
        words = counted(count_words(each.draft.text), "word")
        print_line(f"{each.draft.key}  {name}  ({words}; {recovered_draft_purpose(each)})")
    if not recovered:
        print_line("No draft was left behind.", error=True)


@draft.command("show")
@click.argument("key")
@json_option("Print the draft as JSON.")
def show_draft(key: str, as_json: bool) -> None:
    """Print the text of the draft KEY."""
    found = _find(key).draft
    if as_json:
        print_json(_draft_json(found))
    else:
        print_text(found.text)


@draft.command("save", short_help="Save the draft KEY as what it was begun as.")
@click.argument("key")
def save_draft(key: str) -> None:
    """Save the draft KEY as what it was begun as, over nothing that was saved since."""
    entry = save_recovered_draft(_find(key).draft)
    print_line(entry.uuid)


@draft.command("discard")
@click.argument("key")
@click.option("--yes", is_flag=True, help="Do not ask.")
def discard_draft(key: str, yes: bool) -> None:
    """Throw the draft KEY away."""
    found = _find(key)
    words = counted(count_words(found.draft.text), "word")
    confirm(f"Throw this draft of {words} away?", yes=yes)
    backend.discard_draft(found.draft.key)
    print_line("Thrown away.", error=True)


def _draft_json(draft: Draft) -> JsonObject:
    return {
        "key": draft.key,
        "journal": draft.journal,
        "entry": draft.entry,
        "title": draft.title or "",
        "text": draft.text,
        "updated_at": instant_json(draft.updated_at),
    }


def _find(key: str) -> RecoveredDraft:
    """Return the draft that `key`, or an unambiguous beginning of it, names."""
    recovered = load_recovered_drafts(SessionLock())
    found = [each for each in recovered if each.draft.key.startswith(key)]
    if not found:
        raise NotFoundError(
            f"There is no draft “{key}”.", hint="charlie draft shows which there are."
        )
    if len(found) > 1:
        raise UsageError(f"More than one draft begins with “{key}”.", hint="Give more of its key.")
    return found[0]
