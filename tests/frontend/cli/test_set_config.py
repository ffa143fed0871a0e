"""config list, get, set; and what the settings change in what commands print."""

import json

import pytest

from tests.commands import RunCharlie


def test_lists_every_setting_with_its_value(run_charlie: RunCharlie) -> None:
    printed = run_charlie("config", "list").stdout
    assert "week_start = monday" in printed
    assert "Allowed: monday, sunday" in printed
    assert "iso (2026-11-21)" in printed
    listed = json.loads(run_charlie("config", "list", "--json").stdout)
    by_name = {each["name"]: each for each in listed}
    assert by_name["daily_prompt"] == {
        "name": "daily_prompt",
        "value": "off",
        "about": "A question on the empty page of a new entry.",
        "choices": ["on", "off"],
    }


def test_a_value_is_set_and_read(run_charlie: RunCharlie) -> None:
    assert run_charlie("config", "set", "week_start", "Sunday").stdout == "week_start = sunday\n"
    assert run_charlie("config", "get", "week-start").stdout == "sunday\n"
    assert (
        json.loads(run_charlie("config", "set", "theme", "nord", "--json").stdout)["value"]
        == "nord"
    )
    assert run_charlie("config", "set", "inference", "off").returncode == 0
    assert run_charlie("inference").stdout == "Inference is off.\n"
    assert run_charlie("config", "get", "inference").stdout == "off\n"


def test_days_are_printed_as_they_are_set(run_charlie: RunCharlie) -> None:
    run_charlie("add", "Plums.", "--date", "2024-05-03")
    for value, words in (
        ("dmy", "Friday 3 May 2024"),
        ("mdy", "Friday, May 3, 2024"),
        ("iso", "Friday 2024-05-03"),
        ("us", "Friday 05/03/2024"),
        ("eu", "Friday 03.05.2024"),
    ):
        run_charlie("config", "set", "date_format", value)
        assert run_charlie("list").stdout.startswith(words)
    listed = json.loads(run_charlie("list", "--json").stdout)
    assert listed[0]["local_date"] == "2024-05-03"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["set", "week_start", "friday"], "Allowed: monday, sunday."),
        (["set", "theme", "mud"], "charlie-light"),
        (["set", "nothing", "x"], "There is no setting"),
        (["get", "daily"], "There is no setting"),
        (["set", "journal_folder", "/tmp"], "cannot be set"),
        (["set", "journal", "nowhere"], "Allowed: all"),
    ],
)
def test_what_is_wrong_is_told(run_charlie: RunCharlie, arguments: list[str], told: str) -> None:
    done = run_charlie("config", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr
