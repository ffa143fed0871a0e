"""What every screen looks like: pictures in docs/pictures, compared with what is painted now.

`make pictures` makes them anew; look at the difference before it is committed.
"""

from __future__ import annotations

import os
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from textual.widgets import Static

from backend import create_journal, dates, delete_entry, find_entities, set_preference
from backend.preferences import THEME
from backend.templates import write_template
from frontend.tui.routes import (
    CalendarRoute,
    EntityRoute,
    EntryRoute,
    ExploreRoute,
    OnThisDayRoute,
    SearchRoute,
    StatisticsRoute,
    WorkRoute,
)
from frontend.tui.widgets.panes.reader import Reader
from tests.frontend.tui.journeys import Journey, opened
from tests.frontend.tui.little_life import rewrite_tea, write_little_life

FOLDER = Path(__file__).parents[4] / "docs" / "pictures"
IS_MADE_ANEW = os.environ.get("CHARLIE_PICTURES") == "write"

TEA = 10
NOW = datetime(2026, 5, 14, 9, 30, tzinfo=UTC)

#: Themes, and what stands for no colour at all.
NO_COLOR = "no-color"
STYLES = [
    "charlie",
    *(
        pytest.param(style, marks=pytest.mark.slow)
        for style in ("charlie-light", "ansi-dark", NO_COLOR)
    ),
]


async def open_home(journey: Journey, uuids: list[str]) -> None:
    await journey.sees("12 entries", "Slept long")
    await journey.press("j")
    await journey.sees("What she asked")


async def open_search(journey: Journey, uuids: list[str]) -> None:
    journey.app.navigation.navigate(SearchRoute("@grandma lisbon"))
    await journey.sees("2 entries")


async def open_reader(journey: Journey, uuids: list[str]) -> None:
    journey.app.navigation.navigate(EntryRoute(uuids[TEA]))
    await journey.until(lambda: "What she asked" in journey.reader_text)
    await journey.until(lambda: isinstance(journey.app.focused, Reader))


async def open_names(journey: Journey, uuids: list[str]) -> None:
    journey.app.navigation.navigate(ExploreRoute())
    await journey.sees("Grandma", "person")


async def open_entity(journey: Journey, uuids: list[str]) -> None:
    (grandma,) = find_entities("Grandma")
    journey.app.navigation.navigate(EntityRoute((grandma.id,), grandma.name))
    await journey.sees("5 mentions", "red hat")


async def open_calendar(journey: Journey, uuids: list[str]) -> None:
    journey.app.navigation.navigate(CalendarRoute(date(2024, 5, 12)))
    await journey.sees("2024", "12 May 2024", "words")


async def open_on_this_day(journey: Journey, uuids: list[str]) -> None:
    journey.app.navigation.navigate(OnThisDayRoute(date(2026, 5, 12)))
    await journey.sees("2025", "2024", "2023", "Moved to Lisbon")


async def open_statistics(journey: Journey, uuids: list[str]) -> None:
    journey.app.navigation.navigate(StatisticsRoute())
    await journey.sees("12 entries", "2023", "Grandma")


async def open_work(journey: Journey, uuids: list[str]) -> None:
    journey.app.navigation.navigate(WorkRoute())
    await journey.sees("Nothing waits", "was read lately")


async def open_history(journey: Journey, uuids: list[str]) -> None:
    rewrite_tea(uuids[TEA])
    await open_reader(journey, uuids)
    await journey.press("H")
    await journey.sees("poured again")


async def open_trash(journey: Journey, uuids: list[str]) -> None:
    delete_entry(uuids[TEA])
    await journey.press("T")
    await journey.sees("Tea with Grandma")


async def open_editor(journey: Journey, uuids: list[str]) -> None:
    await open_reader(journey, uuids)
    await journey.press("e")
    await journey.sees("Editing", "What she asked")


async def open_journals(journey: Journey, uuids: list[str]) -> None:
    create_journal("Garden")
    await journey.press("b")
    await journey.sees("All journals", "Garden")


async def open_settings(journey: Journey, uuids: list[str]) -> None:
    await journey.press("s")
    await journey.sees("Read my entries", "On: new entries")


async def open_models(journey: Journey, uuids: list[str]) -> None:
    await journey.press("s")
    await journey.sees("built-in ↵")
    await journey.press("m")
    await journey.sees("Entries are read by", "qwen3-4b")


async def open_jump(journey: Journey, uuids: list[str]) -> None:
    await journey.press("t")
    await journey.sees("Go to")


async def open_question(journey: Journey, uuids: list[str]) -> None:
    delete_entry(uuids[TEA])
    await journey.press("T")
    await journey.sees("delete for good")
    await journey.press("d")
    await journey.sees("for good?")


async def open_lock(journey: Journey, uuids: list[str]) -> None:
    await journey.press("ctrl+l")
    await journey.misses("Slept long")


async def open_templates(journey: Journey, uuids: list[str]) -> None:
    write_template("evening", "# {weekday}\n\nGood today: ")
    await journey.press("N")
    await journey.sees("evening", "templates")
    # The folder is another one at every run.
    says = journey.app.screen.query_one("#templates-say", Static)
    says.update("They lie in ~/.local/share/charlie/templates")


async def open_help(journey: Journey, uuids: list[str]) -> None:
    await journey.press("question_mark")
    await journey.sees("Keys")


async def open_palette(journey: Journey, uuids: list[str]) -> None:
    await journey.press("ctrl+p")
    await journey.sees("Write a new entry")


SCREENS = {
    "home": open_home,
    "reader": open_reader,
    "search": open_search,
    "names": open_names,
    "entity": open_entity,
    "calendar": open_calendar,
    "on-this-day": open_on_this_day,
    "statistics": open_statistics,
    "work": open_work,
    "history": open_history,
    "trash": open_trash,
    "editor": open_editor,
    "journals": open_journals,
    "settings": open_settings,
    "models": open_models,
    "jump": open_jump,
    "question": open_question,
    "lock": open_lock,
    "templates": open_templates,
    "help": open_help,
    "palette": open_palette,
}

#: What a screen may take until nothing on it changes any more.
SETTLING_SECONDS = 0.5

SIZE = (100, 30)
SIZES = {"home": (132, 34)}

#: What the numbers in the names of an SVG's classes and clips depend on is not what is seen.
_IDS = re.compile(r"terminal-\d+-")
_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def picture_of(journey: Journey) -> str:
    """What is painted, as SVG that fetches nothing."""
    svg = journey.app.export_screenshot(title="Charlie")
    svg = _FONTS.sub("", _IDS.sub("", svg))
    return svg.replace("Fira Code", "DejaVu Sans Mono") + "\n"


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", SCREENS)
async def test_the_screen_looks_as_in_its_picture(
    name: str, style: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A picture would be another one every day.
    monkeypatch.setattr(dates, "now", lambda: NOW)
    uuids = write_little_life()
    if style == NO_COLOR:
        monkeypatch.setenv("NO_COLOR", "1")
    else:
        set_preference(THEME, style)
    path = FOLDER / style / f"{name}.svg"
    async with opened(SIZES.get(name, SIZE)) as journey:
        await SCREENS[name](journey, uuids)
        await journey.until(lambda: journey.app.status == "not running")
        await journey.until(lambda: all(each.is_finished for each in journey.app.workers))
        if IS_MADE_ANEW:
            await journey.pilot.pause(SETTLING_SECONDS)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(picture_of(journey), encoding="utf-8")
        picture = path.read_text(encoding="utf-8")
        # What is still on its way to the screen may take its time.
        await journey.until(lambda: picture_of(journey) == picture)
