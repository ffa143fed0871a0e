"""Commands that print entries: list, show, search."""

from __future__ import annotations

import re
from contextlib import suppress

import click

import backend
from backend.errors import QueryError, UsageError
from backend.records import SearchHit, SearchOrder
from backend.text import for_terminal_line
from frontend.cli.options import COUNT, journal_option, json_option
from frontend.cli.output import (
    SHORT_UUID,
    entry_json,
    load_date_preferences,
    moment_heading,
    print_entities_of,
    print_entry_lines,
    print_json,
    print_line,
    print_text,
    print_wrong_part,
    styled,
)
from frontend.shared.date_preferences import date_preferences

_DAYS_WITH_SPACES = r"(?i)((?:in|on|from|to):)([^\"“”„]+ [^\"“”„]+)"


@click.command("list")
@click.option("--limit", type=COUNT, default=20, show_default=True, help="Newest so many.")
@journal_option
@json_option("Print an array of entries.")
def list_command(limit: int, journal: str | None, as_json: bool) -> None:
    """Show the newest entries, by day."""
    entries = backend.list_entries(journal=journal, limit=limit)
    if as_json:
        print_json([entry_json(backend.get_entry(entry.uuid)) for entry in entries])
        return
    print_entry_lines(entries)
    if not entries:
        print_line("No entries yet. Write the first one: charlie add TEXT", error=True)


@click.command()
@click.argument("uuid")
@json_option("Print the entry as JSON.")
def show(uuid: str, as_json: bool) -> None:
    """Show an entry and the names in it. The beginning of its UUID is enough."""
    entry = backend.get_entry(uuid)
    if as_json:
        print_json(entry_json(entry))
        return
    print_line(moment_heading(entry), bold=True)
    print_line()
    print_text(entry.text)
    if entry.mentions:
        print_line()
        print_entities_of(entry)
    if not entry.is_extracted:
        print_line("Not read yet; “charlie process” reads what waits.", error=True)


@click.command(short_help="Find entries by words, names, tags and days.")
@click.argument("query", nargs=-1, required=True)
@click.option("--limit", type=COUNT, default=50, show_default=True, help="At most so many.")
@journal_option
@click.option("--newest", is_flag=True, help="Newest first, not the best match first.")
@json_option("Print an array of entries with a snippet.")
def search(
    query: tuple[str, ...], limit: int, journal: str | None, newest: bool, as_json: bool
) -> None:
    """Find entries; those that match best come first, else the newest.

    \b
    QUERY is made of
      words           each of them
      "a phrase"      words in this order
      -not            entries without it
      @person         who mention this name; @"Sarah Chen"
      #tag            with this tag
      in:2024         of a year, month (2024-05), week or day
      on:yesterday    of a day
      from:… to:…     from one day to another, both included
      journal:NAME    of one journal

    Days are written in figures or in words: 2024-05-17, may-2024, yesterday, last-friday,
    last-week, 3-days-ago; with hyphens, or in quotes: in:"last week".

    Put -- before a query that begins with a minus.
    """
    order = SearchOrder.NEWEST if newest else SearchOrder.RELEVANCE
    try:
        hits = backend.search_entries(_query(query), journal=journal, limit=limit, order=order)
    except QueryError as error:
        print_wrong_part(error)
        raise
    if as_json:
        print_json(
            [
                {
                    **entry_json(backend.get_entry(hit.entry.uuid)),
                    "snippet": hit.snippet,
                    "offset": hit.offset,
                }
                for hit in hits
            ]
        )
        return
    for hit in hits:
        _print_hit(hit)
    if not hits:
        print_line("Nothing was found.", error=True)
        for hint in backend.explain_nothing(_query(query)):
            print_line(hint, error=True)


def _query(words: tuple[str, ...]) -> str:
    # The shell has eaten the quotes of `charlie search "a phrase"`: an argument with a space in
    # it that is no operator of its own was meant as a phrase when others stand beside it.
    words = tuple(map(_with_days_quoted, words))
    if len(words) == 1:
        return words[0]
    return " ".join(
        f'"{word}"' if " " in word and '"' not in word and ":" not in word else word
        for word in words
    )


def _with_days_quoted(word: str) -> str:
    """Return an argument as it was typed where the shell ate the quotes of `in:"last week"`."""
    # Most words have no space: the pattern need not be compiled for them.
    matched = re.fullmatch(_DAYS_WITH_SPACES, word) if " " in word else None
    if matched is None:
        return word
    load_date_preferences()
    with suppress(UsageError):
        date_preferences.parse_period(matched[2])
        return f'{matched[1]}"{matched[2]}"'
    return word


def _print_hit(hit: SearchHit) -> None:
    entry = hit.entry
    print_line(moment_heading(entry), bold=True)
    snippet = for_terminal_line(hit.snippet)
    pieces: list[str] = []
    position = 0
    for start, end in hit.highlights:
        pieces += [snippet[position:start], styled(snippet[start:end], bold=True)]
        position = end
    pieces.append(snippet[position:])
    click.echo(f"  {styled(entry.uuid[:SHORT_UUID], dim=True)}  {''.join(pieces)}")
