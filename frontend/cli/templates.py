"""Commands about templates: the beginnings of entries that the user keeps as files."""

from __future__ import annotations

import click

from backend.errors import CharlieError
from backend.templates import (
    find_template,
    list_templates,
    read_template,
    write_template,
)
from backend.text import has_content
from frontend.cli.input import join_arguments, read_standard_input, rescue
from frontend.cli.options import json_option
from frontend.cli.output import print_json, print_line, print_text
from frontend.shared.external_editor import edit_in_editor


@click.group(short_help="Beginnings of entries that you keep as files.")
def template() -> None:
    """Beginnings of entries that you keep as files: list, show or edit them.

    In a template {{date}} stands for the day in figures (2026-05-03), {{time}} for the time
    (21:30), {{weekday}}, {{day}}, {{month}} and {{year}} for the parts of the day. To begin an
    entry with one: charlie add --template NAME, or N in the open journal.
    """


@template.command("list")
@json_option("Print an array of names and files.")
def list_command(as_json: bool) -> None:
    """Show the names of the templates."""
    found = list_templates()
    if as_json:
        print_json([{"name": each.name, "file": str(each.path)} for each in found])
        return
    for each in found:
        print_line(each.name)
    if not found:
        print_line("No templates yet. To write one: charlie template edit NAME", error=True)


@template.command()
@click.argument("name")
@json_option("Print its name, file and text.")
def show(name: str, as_json: bool) -> None:
    """Print a template as it is kept."""
    found = find_template(name)
    text = read_template(found)
    if as_json:
        print_json({"name": found.name, "file": str(found.path), "text": text})
    else:
        print_text(text)


@template.command()
@click.argument("name")
@click.option("--text", help="The whole template, or “-” for standard input; else your editor.")
def edit(name: str, text: str | None) -> None:
    """Write a template, or change it."""
    known = next((each for each in list_templates() if each.name == name), None)
    if text == "-":
        content = read_standard_input()
        try:
            written = write_template(name, content)
        except CharlieError as error:
            error.safe = f"What you gave is kept in {rescue(content.encode())}."
            raise
    elif text is not None:
        written = write_template(name, join_arguments([text]))
    else:
        before = read_template(known) if known else ""
        with edit_in_editor(before) as edited:
            if edited.text == before or not has_content(edited.text):
                print_line("Nothing was changed.", error=True)
                return
            written = write_template(name, edited.text)
    print_line(f"Saved in {written.path}.", error=True)
