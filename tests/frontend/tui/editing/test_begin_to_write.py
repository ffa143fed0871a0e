"""How a page begins: blank, with a question, with a template; and the page alone."""

from __future__ import annotations

from datetime import date

import pytest

from backend import get_entry, list_drafts, list_entries, set_preference
from backend.dates import MONTHS, today
from backend.preferences import DAILY_PROMPT
from backend.templates import write_template
from frontend.shared.prompts import PROMPTS, prompt_for, todays_prompt
from tests.frontend.tui.journeys import SIZES, Journey, opened


async def leave(journey: Journey) -> None:
    await journey.press("escape")
    await journey.until(lambda: journey.app.screen is journey.app.home)


def test_every_prompt_has_its_days_and_neighbours_differ() -> None:
    first = date(2026, 1, 1).toordinal()
    prompts = [prompt_for(date.fromordinal(first + day)) for day in range(len(PROMPTS))]
    assert set(prompts) == set(PROMPTS)
    assert all(prompt.endswith("?") for prompt in PROMPTS)


async def test_no_prompt_is_shown_unless_it_is_wanted() -> None:
    async with opened() as journey:
        await journey.press("n")
        await journey.sees("New entry")
        assert prompt_for(today()) not in journey.text


@pytest.mark.parametrize("size", SIZES)
async def test_the_prompt_goes_with_the_first_letter_and_is_never_saved(
    size: tuple[int, int],
) -> None:
    set_preference(DAILY_PROMPT, True)
    async with opened(size) as journey:
        await journey.press("n")
        await journey.sees(todays_prompt())
        await leave(journey)
        assert (list_entries(), list_drafts()) == ([], [])

        await journey.press("n")
        await journey.sees(todays_prompt())
        await journey.type("Well.")
        await journey.misses(todays_prompt())
        await leave(journey)
    assert get_entry(list_entries()[0].uuid).text == "Well."


@pytest.mark.parametrize("size", SIZES)
async def test_an_entry_begins_with_a_template(size: tuple[int, int]) -> None:
    write_template("day", "# {{month}}\n\n")
    async with opened(size) as journey:
        await journey.press("N")
        await journey.sees("Begin with a template", "day")
        await journey.press("enter")
        await journey.sees("New entry", "# ")
        await journey.type("tea")
        await leave(journey)
    assert get_entry(list_entries()[0].uuid).text == f"# {MONTHS[today().month - 1]}\n\ntea"


async def test_a_template_that_nothing_was_added_to_is_not_saved() -> None:
    write_template("day", "# Day\n")
    async with opened() as journey:
        await journey.press("N")
        await journey.sees("day")
        await journey.press("enter")
        await journey.sees("# Day")
        await leave(journey)
    assert (list_entries(), list_drafts()) == ([], [])


async def test_a_blank_page_may_take_a_template() -> None:
    write_template("day", "# Day\n")
    async with opened() as journey:
        await journey.press("n", "ctrl+n")
        await journey.sees("Begin with a template", "day")
        await journey.press("enter")
        await journey.sees("# Day")
        await journey.press("ctrl+n")
        await journey.type("tea")
        await leave(journey)
    assert get_entry(list_entries()[0].uuid).text == "# Day\ntea"


async def test_without_templates_it_is_said_how_to_make_one() -> None:
    async with opened() as journey:
        await journey.press("N")
        await journey.sees("There are no templates yet", "charlie template edit NAME")
        await journey.press("enter", "escape")
        await journey.until(lambda: journey.app.screen is journey.app.home)


@pytest.mark.parametrize("size", SIZES)
async def test_the_page_stands_alone_and_comes_back(size: tuple[int, int]) -> None:
    async with opened(size) as journey:
        await journey.press("n")
        await journey.type("alone")
        await journey.press("ctrl+o")
        await journey.misses("New entry")
        assert journey.text.split() == ["alone"]
        await journey.type(" again")
        await journey.press("ctrl+s")
        await journey.sees("Saved, 2 words.")
        await journey.press("ctrl+o")
        await journey.sees("Editing", "saved")
        await journey.press("ctrl+o", "ctrl+t")
        await journey.sees("Editing")
        await leave(journey)
    assert get_entry(list_entries()[0].uuid).text == "alone again"


async def test_undo_and_redo_go_back_behind_a_save() -> None:
    async with opened() as journey:
        await journey.press("n")
        await journey.type("one\ntwo")
        await journey.press("ctrl+s")
        await journey.sees("Saved, 2 words.")
        await journey.press("ctrl+z", "ctrl+z")
        await journey.misses("two")
        await journey.press("ctrl+y", "ctrl+y")
        await journey.sees("two", "2 words")
        await journey.press("ctrl+z", "ctrl+z")
        await leave(journey)
    (entry,) = list_entries()
    assert (get_entry(entry.uuid).text, entry.revision) == ("one", 2)
