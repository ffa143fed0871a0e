"""Commands about the settings: list, get, set."""

from __future__ import annotations

import click

from backend.services.config import SETTINGS, Setting, change_setting, find_setting, read_settings
from frontend.cli.options import json_option
from frontend.cli.output import JsonObject, print_json, print_line
from frontend.shared.theme_names import OWN_THEMES


@click.group(short_help="Show and change what can be set.")
def config() -> None:
    """Show and change what can be set. The screen has the same under “s”."""


@config.command("list")
@json_option("Print an array of settings.")
def list_command(as_json: bool) -> None:
    """Show every setting with its value, what it is, and what it may be."""
    values = read_settings()
    if as_json:
        print_json([_setting_json(SETTINGS[name], value) for name, value in values.items()])
        return
    for name, value in values.items():
        setting = SETTINGS[name]
        print_line(f"{name} = {value}", bold=True)
        print_line(f"  {setting.about}")
        if setting.choices:
            print_line(f"  Allowed: {_choices(setting)}")


@config.command()
@click.argument("name")
@json_option("Print the setting as JSON.")
def get(name: str, as_json: bool) -> None:
    """Print the value of the setting NAME."""
    setting = find_setting(name)
    value = setting.read()
    if as_json:
        print_json(_setting_json(setting, value))
    else:
        print_line(value)


@config.command("set")
@click.argument("name")
@click.argument("value")
@json_option("Print the setting as JSON.")
def set_command(name: str, value: str, as_json: bool) -> None:
    """Set the setting NAME to VALUE, at once."""
    setting = find_setting(name)
    kept = change_setting(name, value, themes=_themes() if setting.name == "theme" else ())
    if as_json:
        print_json(_setting_json(setting, kept))
    else:
        print_line(f"{setting.name} = {kept}")


def _choices(setting: Setting) -> str:
    """ "monday, sunday"; with what they look like where that says more."""
    return ", ".join(
        value if words.casefold() == value else f"{value} ({words})"
        for value, words in setting.choices.items()
    )


def _setting_json(setting: Setting, value: str) -> JsonObject:
    return {
        "name": setting.name,
        "value": value,
        "about": setting.about,
        "choices": list(setting.choices),
    }


def _themes() -> list[str]:
    # Textual takes 0.1 s to import and only this needs it.
    from textual.theme import BUILTIN_THEMES

    return [*OWN_THEMES, *BUILTIN_THEMES]
