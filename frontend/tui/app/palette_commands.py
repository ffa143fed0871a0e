"""What the command palette offers: places, what can be done here, entries and names."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen

from backend import complete_names, find_entities, search_entries
from backend.errors import QueryError
from backend.records import SearchHit
from backend.text import for_terminal_line, single_line
from frontend.shared.formatting import (
    NAME_LENGTH,
    SINGLE_NAMES,
    counted,
    entry_name,
    own_title,
    short_date,
)
from frontend.tui.app.navigation import Navigation
from frontend.tui.commands import ENTRIES, GO_TO, NAMES, SHORTEST, Command
from frontend.tui.key_names import key_name, list_actions, words_of
from frontend.tui.routes import ROUTES, EntityRoute, EntryRoute, JournalRoute, SearchRoute
from frontend.tui.screens.base import EVERYWHERE, RouteScreen
from frontend.tui.screens.dialogs.palette import PaletteScreen

_MOST_ENTRIES = 6
_MOST_NAMES = 6
# Code points that are shown before what was found, at most.
_LEAD = 16


def open_palette(app: App[Any], navigation: Navigation, recent: list[str]) -> None:
    """Show the palette over the screen that is open.

    Args:
        app: the app whose screen that is.
        navigation: where commands lead to.
        recent: the words of what was chosen from it, the latest last; what is chosen is added.
    """

    def chosen(command: Command | None) -> None:
        if command is not None:
            recent.append(command.words)
            app.call_later(command.run)

    screen = app.screen
    if not isinstance(screen, PaletteScreen):
        find = partial(find_in_journal, navigation) if isinstance(screen, RouteScreen) else None
        commands = list_commands(app, navigation, screen)
        app.push_screen(PaletteScreen(commands, recent=recent, find=find), chosen)


def list_commands(app: App[Any], navigation: Navigation, screen: Screen[object]) -> list[Command]:
    """List what is offered over `screen`: the places to go to from it, then what it can do.

    A screen on which something may be unfinished is not left from here.
    """
    routes = _list_routes(app, navigation) if isinstance(screen, RouteScreen) else []
    commands = [*routes]
    seen = {"app.go", "app.settings"} if routes else set()
    for active, keys in list_actions(screen):
        binding = active.binding
        if binding.show and binding.action.partition("(")[0] not in seen:
            seen.add(binding.action)
            run = partial(app.run_action, binding.action, active.node)
            commands.append(Command(words_of(binding), keys[0], run))
    for action, words in (
        ("settings", "Settings"),
        ("new_from_template", "New entry from a template"),
        ("drafts", "Recovered drafts"),
        ("lock", "Lock: cover the screen"),
        ("help", "Show all keys of this screen"),
        ("quit", "Leave Charlie"),
    ):
        if f"app.{action}" not in seen:
            run = partial(app.run_action, action, app)
            commands.append(Command(words, "ctrl+l" if action == "lock" else "", run))
    return commands


def _list_routes(app: App[Any], navigation: Navigation) -> list[Command]:
    bindings = _bindings_by_action((*EVERYWHERE, *navigation.home.BINDINGS))
    routes = [Command("Journal", "", partial(navigation.navigate, JournalRoute()), GO_TO)]
    for name, make in ROUTES.items():
        binding = bindings.get(f"app.go('{name}')")
        words = words_of(binding) if binding else make().label
        hint = key_name(binding.key) if binding else ""
        routes.append(Command(words, hint, partial(navigation.go, name), GO_TO))
    run = partial(app.run_action, "settings", app)
    routes.append(Command("Settings", "s", run, GO_TO))
    return routes


def _bindings_by_action(bindings: Sequence[BindingType]) -> dict[str, Binding]:
    return {
        binding.action: binding.with_key(binding.key.partition(",")[0])
        for binding in bindings
        if isinstance(binding, Binding)
    }


def find_in_journal(navigation: Navigation, typed: str) -> list[Command]:
    """Find the entries and the names that `typed` may mean, the likeliest first; blocks.

    Raises:
        StorageError: the journal cannot be read.
    """
    if len(typed.strip()) < SHORTEST:
        return []
    return [*_find_entries(navigation, typed), *_find_names(navigation, typed)]


def _find_entries(navigation: Navigation, typed: str) -> list[Command]:
    try:
        hits = search_entries(typed, limit=_MOST_ENTRIES + 1, as_typed=True)
    except QueryError:
        return []
    commands = []
    for hit in hits[:_MOST_ENTRIES]:
        route = EntryRoute(hit.entry.uuid, hit.offset, entry_name(hit.entry), typed)
        run = partial(navigation.navigate, route)
        commands.append(Command(_words_of(hit), short_date(hit.entry.local_date), run, ENTRIES))
    if len(hits) > _MOST_ENTRIES:
        # What is offered here comes from all journals.
        found = SearchRoute(typed, is_everywhere=True)
        words = f"All entries with “{for_terminal_line(single_line(typed, NAME_LENGTH))}”"
        commands.append(Command(words, "", partial(navigation.navigate, found), ENTRIES))
    return commands


def _words_of(hit: SearchHit) -> str:
    """Return an entry on a line: its title, or what was found in it behind a word or two."""
    title = own_title(hit.entry)
    start = hit.highlights[0][0] if hit.highlights and not title else 0
    if start <= _LEAD:
        return for_terminal_line(title or hit.snippet)
    first = hit.snippet.find(" ", start - _LEAD, start) + 1 or start
    return for_terminal_line("…" + hit.snippet[first:])


def _find_names(navigation: Navigation, typed: str) -> list[Command]:
    commands = []
    for completion in complete_names(typed.strip().lstrip("@"), limit=_MOST_NAMES):
        # None if the last entry that mentioned it went to the trash at this moment.
        for entity in find_entities(completion.text)[:1]:
            route = EntityRoute((entity.id,), entity.name)
            hint = f"{SINGLE_NAMES[entity.type]}, {counted(entity.count, 'mention')}"
            run = partial(navigation.navigate, route)
            commands.append(Command(for_terminal_line(entity.name), hint, run, NAMES))
    return commands
