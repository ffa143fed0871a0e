"""The page that lists all keys says what the bindings are.

`python -m tests.frontend.test_tell_keys` writes it anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from textual.binding import Binding
from textual.dom import DOMNode

import frontend
from frontend.app import CharlieApp
from frontend.keys import key_name, words_of
from frontend.screens.asking import AskingScreen
from frontend.screens.base import EVERYWHERE, PlaceScreen
from frontend.screens.calendar import CalendarScreen
from frontend.screens.confirm import ConfirmScreen
from frontend.screens.drafts import DraftsScreen
from frontend.screens.editor import EditorScreen
from frontend.screens.entity import EntityScreen
from frontend.screens.explore import ExploreScreen
from frontend.screens.help import HelpScreen
from frontend.screens.history import HistoryScreen
from frontend.screens.home import HomeScreen
from frontend.screens.journals import JournalsScreen
from frontend.screens.jump import JumpScreen
from frontend.screens.lock import LockScreen
from frontend.screens.models import ModelsScreen
from frontend.screens.naming import NameScreen
from frontend.screens.on_this_day import OnThisDayScreen
from frontend.screens.palette import PaletteScreen
from frontend.screens.search import SearchScreen
from frontend.screens.settings import SettingsScreen
from frontend.screens.statistics import StatisticsScreen
from frontend.screens.templates import TemplatesScreen
from frontend.screens.trash import TrashScreen
from frontend.screens.work import WorkScreen
from frontend.widgets.connections import Connections
from frontend.widgets.find_bar import FindBar
from frontend.widgets.reader import Reader
from frontend.widgets.setting_list import SettingList
from frontend.widgets.text_view import TextView
from frontend.widgets.virtual_list import VirtualList
from frontend.widgets.writing_area import WritingArea
from frontend.widgets.year_view import YearView
from tests.frontend.test_match_commands import classes

PAGE = Path(frontend.__file__).parents[1] / "docs" / "keys.md"

_BEGINNING = """\
# Keys

**?** (F1 where letters are text) shows the keys that work where you are, **ctrl+p** finds any of
them by its words. Every action is a command as well: `charlie --help`. The mouse works and is never
needed.
"""

#: The classes whose own keys stand under a heading, in the order of the page.
SECTIONS: dict[str, tuple[type[DOMNode], ...]] = {
    "Everywhere": (CharlieApp, PlaceScreen),
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
    "Rescued drafts": (DraftsScreen,),
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
        if PlaceScreen in kinds:
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
