"""The command that asks the question of the day."""

from __future__ import annotations

import click

from backend.dates import today
from frontend.cli.options import json_option
from frontend.cli.output import print_json, print_line
from frontend.shared.prompts import is_prompting, prompt_for


@click.command(short_help="Print the question of the day.")
@json_option("Print {“prompt”: …, “shown”: …}.")
def prompt(as_json: bool) -> None:
    """Print the question of the day, for when it is hard to begin.

    An empty page of the open journal shows it too, once it is switched on: charlie config set
    daily_prompt on. It never becomes part of an entry.
    """
    words = prompt_for(today())
    if as_json:
        print_json({"prompt": words, "shown": is_prompting()})
    else:
        print_line(words)
