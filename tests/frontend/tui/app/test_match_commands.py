"""Every action of the screen is a command too: the two lists, side by side."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import click
import pytest
from textual.dom import DOMNode
from textual.widget import Widget

import frontend.tui.screens
import frontend.tui.widgets
from frontend.cli.group import cli
from frontend.tui.app.app import CharlieApp

#: Actions that show and change nothing that is kept: they move what is seen, or open and close
#: what lies over it. No command stands for them.
MOVES = frozenset(
    {
        "answer", "app.back", "app.focus_next", "app.forward", "app.quit", "app.suspend_process",
        "back", "bare", "below", "beside", "close", "complete", "dismiss", "done", "end_find",
        "entry", "find", "find_next", "forward", "go_to_end", "leave", "list", "move",
        "move_screen", "move_to", "name", "names", "next", "other", "pane", "quit", "row",
        "screen.change", "scroll", "scroll_lines", "scroll_screen", "scroll_screens",
        "scroll_to_edge", "show_pane", "source", "step", "step_year", "suspend_process", "text",
        "to_edge", "to_names", "to_passages", "try",
    }
)  # fmt: skip

#: Action → the command that does the same; "Class.action" where the class makes a difference.
COMMANDS = {
    "app.go('calendar')": "calendar",
    "app.go('explore')": "entities",
    "app.go('on-this-day')": "on-this-day",
    "app.go('search')": "search",
    "app.go('stats')": "stats",
    "app.go('trash')": "trash",
    "app.go('work')": "queue",
    "app.help": "--help",
    "app.journals": "journals",
    "app.jump": "search",
    "app.new": "add",
    "app.new_from_template": "add --template",
    "app.settings": "config list",
    "CalendarScreen.open": "on-this-day",
    "CharlieApp.help": "--help",
    "CharlieApp.lock": "lock",
    "CharlieApp.palette": "--help",
    "Connections.follow": "entity show",
    "DraftsScreen.continue": "draft show",
    "DraftsScreen.discard": "draft discard",
    "DraftsScreen.save": "draft save",
    "EditorScreen.date": "edit --date",
    "EditorScreen.hand_over": "edit",
    "EditorScreen.save": "edit --text",
    "EditorScreen.template": "template show",
    "EditorScreen.title": "edit --title",
    "EntityScreen.narrow": "entity show --with",
    "EntityScreen.page": "entity show",
    "EntityScreen.read": "show",
    "EntityScreen.turn": "entity show --newest",
    "EntityScreen.widen": "entity show",
    "ExploreScreen.next_order": "entities --sort",
    "ExploreScreen.open": "entity show",
    "ExploreScreen.step_type": "entities --type",
    "ExploreScreen.toggle_new": "entities --new",
    "HistoryScreen.mark": "history --diff",
    "HistoryScreen.read": "history --show",
    "HistoryScreen.restore": "history --restore",
    "HistoryScreen.whole": "history --show",
    "HomeScreen.delete": "delete",
    "HomeScreen.edit": "edit",
    "HomeScreen.history": "history",
    "HomeScreen.move": "journal move",
    "HomeScreen.open": "show",
    "HomeScreen.undo": "restore",
    "JournalsScreen.choose": "config set",
    "JournalsScreen.create": "journal create",
    "JournalsScreen.delete": "journal delete",
    "JournalsScreen.rename": "journal rename",
    "JumpScreen.jump": "search",
    "NameScreen.keep": "journal create",
    "OnThisDayScreen.open": "show",
    "PaletteScreen.run": "--help",
    "Reader.follow": "entity show",
    "SearchScreen.open": "show",
    "SearchScreen.order": "search --newest",
    "SearchScreen.widen": "search --journal",
    "SettingsScreen.change": "config set",
    "SettingsScreen.models": "model list",
    "SettingsScreen.open": "config get",
    "StatisticsScreen.open": "stats",
    "TemplatesScreen.choose": "add --template",
    "TrashScreen.empty": "trash empty",
    "TrashScreen.purge": "trash purge",
    "TrashScreen.read": "trash",
    "TrashScreen.restore": "restore",
    "WorkScreen.cancel": "worker cancel",
    "WorkScreen.drop": "queue drop",
    "WorkScreen.drop_all": "queue drop",
    "WorkScreen.open": "show",
    "WorkScreen.retry": "queue retry",
    "WorkScreen.retry_all": "queue retry",
    "WorkScreen.start_worker": "worker restart",
}


def classes() -> Iterator[type[DOMNode]]:
    """The app, and every screen and widget of ours."""
    yield CharlieApp
    for package in (frontend.tui.screens, frontend.tui.widgets):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            for kind in vars(importlib.import_module(module.name)).values():
                if (
                    isinstance(kind, type)
                    and issubclass(kind, Widget)
                    and kind.__module__ == module.name
                ):
                    yield kind


def actions() -> set[str]:
    """Every action that a key is bound to in a class of ours, as the table calls it."""
    found = set()
    for kind in classes():
        for binding in vars(kind).get("BINDINGS", ()):
            name = binding.action.partition("(")[0]
            if name in MOVES and f"{kind.__name__}.{name}" not in COMMANDS:
                continue
            if binding.action.startswith("app."):
                found.add(binding.action)
            else:
                found.add(f"{kind.__name__}.{name}")
    return found


def find_command(words: str) -> click.Command | None:
    """The command that `words` name."""
    command: click.Command = cli
    context = click.Context(cli)
    for word in words.split():
        if word.startswith("-"):
            options = command.get_params(context)
            return command if any(word in option.opts for option in options) else None
        found = command.get_command(context, word) if isinstance(command, click.Group) else None
        if found is None:
            return None
        command = found
    return command


def test_every_action_has_a_command() -> None:
    assert sorted(actions() - set(COMMANDS)) == []


def test_the_table_names_nothing_else() -> None:
    assert sorted(set(COMMANDS) - actions()) == []


@pytest.mark.parametrize("words", sorted(set(COMMANDS.values())))
def test_the_command_exists(words: str) -> None:
    assert find_command(words) is not None
