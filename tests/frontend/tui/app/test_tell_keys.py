"""The page that lists all keys says what the bindings are.

`python -m tests.frontend.tui.app.test_tell_keys` writes it anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from textual.binding import Binding
from textual.dom import DOMNode

import frontend
from frontend.tui.app.app import CharlieApp
from frontend.tui.key_names import key_name, words_of
from frontend.tui.screens.base import EVERYWHERE, RouteScreen
from frontend.tui.screens.calendar import CalendarScreen
from frontend.tui.screens.dialogs.confirm import ConfirmScreen
from frontend.tui.screens.dialogs.go_to_date import JumpScreen
from frontend.tui.screens.dialogs.help import HelpScreen
from frontend.tui.screens.dialogs.journals import JournalsScreen
from frontend.tui.screens.dialogs.line_prompt import AskingScreen
from frontend.tui.screens.dialogs.models import ModelsScreen
from frontend.tui.screens.dialogs.name_prompt import NameScreen
from frontend.tui.screens.dialogs.palette import PaletteScreen
from frontend.tui.screens.dialogs.templates import TemplatesScreen
from frontend.tui.screens.drafts import DraftsScreen
from frontend.tui.screens.editor import EditorScreen
from frontend.tui.screens.entity import EntityScreen
from frontend.tui.screens.explore import ExploreScreen
from frontend.tui.screens.history import HistoryScreen
from frontend.tui.screens.home import HomeScreen
from frontend.tui.screens.lock import LockScreen
from frontend.tui.screens.on_this_day import OnThisDayScreen
from frontend.tui.screens.search import SearchScreen
from frontend.tui.screens.settings import SettingsScreen
from frontend.tui.screens.statistics import StatisticsScreen
from frontend.tui.screens.trash import TrashScreen
from frontend.tui.screens.work import WorkScreen
from frontend.tui.widgets.fields.find_bar import FindBar
from frontend.tui.widgets.fields.writing_area import WritingArea
from frontend.tui.widgets.lists.setting_list import SettingList
from frontend.tui.widgets.lists.virtual_list import VirtualList
from frontend.tui.widgets.panes.connections import Connections
from frontend.tui.widgets.panes.reader import Reader
from frontend.tui.widgets.panes.text_view import TextView
from frontend.tui.widgets.panes.year_view import YearView
from tests.frontend.tui.app.test_match_commands import classes

PAGE = Path(frontend.__file__).parents[1] / "docs" / "keys.md"

_BEGINNING = """\
# Keys

**?** (F1 where letters are text) shows the keys that work where you are, **ctrl+p** finds any of
them by its words. Every action is a command as well: `charlie --help`. The mouse works and is never
needed.
"""

#: The classes whose own keys stand under a heading, in the order of the page.
SECTIONS: dict[str, tuple[type[DOMNode], ...]] = {
    "Everywhere": (CharlieApp, RouteScreen),
    "In every list": (VirtualList,),
    "In every text": (TextView,),
    "The journal": (HomeScreen,),
    "Reading an entry": (Reader,),
    "Finding in an entry": (FindBar,),
    "The names beside an entry": (Connections,),
    "Writing": (EditorScreen, WritingArea),
    "Search": (SearchScreen,),
    "All names": (ExploreScreen,),
    "The page of a name": (EntityScreen,),
    "Calendar": (CalendarScreen, YearView),
    "On this day": (OnThisDayScreen,),
    "Statistics": (StatisticsScreen,),
    "Work": (WorkScreen,),
    "History of an entry": (HistoryScreen,),
    "Trash": (TrashScreen,),
    "Journals": (JournalsScreen,),
    "Settings": (SettingsScreen, SettingList),
    "Models": (ModelsScreen,),
    "Recovered drafts": (DraftsScreen,),
    "Templates": (TemplatesScreen,),
    "Going to a date": (JumpScreen, AskingScreen),
    "Commands (ctrl+p)": (PaletteScreen,),
    "Keys (?)": (HelpScreen,),
    "A name to be given": (NameScreen, AskingScreen),
    "A question": (ConfirmScreen,),
    "The cover": (LockScreen,),
}


def own_bindings(kind: type[DOMNode]) -> Iterator[Binding]:
    """The bindings that a class lists itself, without those that are the same everywhere."""
    for binding in vars(kind).get("BINDINGS", ()):
        if binding not in EVERYWHERE:
            yield binding


def rows(bindings: Iterable[Binding]) -> Iterator[str]:
    """A line a thing that can be done, with all its keys."""
    keys: dict[tuple[str, str], list[str]] = {}
    for binding in bindings:
        words = words_of(binding)
        names = [key_name(key.strip()) for key in binding.key.split(",")]
        keys.setdefault((binding.action, words[:1].upper() + words[1:]), []).extend(names)
    for (_, words), names in keys.items():
        yield f"| {' '.join(f'`{name}`' for name in dict.fromkeys(names))} | {words} |"


def page() -> str:
    """The page as it has to be."""
    lines = [_BEGINNING]
    for heading, kinds in SECTIONS.items():
        bindings = [binding for kind in kinds for binding in own_bindings(kind)]
        if RouteScreen in kinds:
            bindings += [binding for binding in EVERYWHERE if isinstance(binding, Binding)]
        lines += [f"## {heading}\n", "| Keys | |", "|---|---|", *rows(bindings), ""]
    return "\n".join(lines)


def test_the_page_lists_the_keys() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_no_class_with_keys_is_left_out() -> None:
    listed = {kind for kinds in SECTIONS.values() for kind in kinds}
    assert {kind for kind in classes() if any(own_bindings(kind))} <= listed


def test_every_key_is_explained() -> None:
    unexplained = [
        (kind.__name__, binding.key)
        for kinds in SECTIONS.values()
        for kind in kinds
        for binding in own_bindings(kind)
        if not words_of(binding)
    ]
    assert unexplained == []


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
