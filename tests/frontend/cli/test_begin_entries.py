"""Templates, titles, dates in words and the daily prompt, by command."""

from __future__ import annotations

import json
import stat
from datetime import timedelta
from pathlib import Path

from backend import get_entry, list_entries
from backend.dates import WEEKDAYS, local_date, local_zone, now, today
from frontend.shared.prompts import prompt_for, todays_prompt
from tests.commands import RunCharlie


def newest_text() -> str:
    return get_entry(list_entries()[0].uuid).text


def test_a_template_is_written_shown_listed_and_used(run_charlie: RunCharlie) -> None:
    assert "charlie template edit NAME" in run_charlie("template", "list").stderr
    done = run_charlie("template", "edit", "day", "--text", "-", stdin="# {{weekday}}\n")
    path = Path(done.stderr.removeprefix("Saved in ").strip().rstrip("."))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert run_charlie("template", "show", "day").stdout == "# {{weekday}}\n\n"
    assert json.loads(run_charlie("template", "list", "--json").stdout) == [
        {"name": "day", "file": str(path)}
    ]
    shown = json.loads(run_charlie("template", "show", "DAY", "--json").stdout)
    assert shown["text"] == "# {{weekday}}\n"

    run_charlie("add", "--template", "day", "--title", "A day", "walked")
    assert newest_text() == f"# {WEEKDAYS[today().weekday()]}\nwalked"
    assert list_entries()[0].title == "A day"


def test_a_template_is_filled_in_for_the_day_that_is_given(run_charlie: RunCharlie) -> None:
    run_charlie("template", "edit", "day", "--text", "{{date}} {{time}}")
    run_charlie("add", "--template", "day", "--date", "12 may 2024 9pm", stdin="walked")
    assert newest_text() == "2024-05-12 21:00\nwalked"


def test_a_template_is_changed_in_the_editor(run_charlie: RunCharlie, tmp_path: Path) -> None:
    script = tmp_path / "editor"
    script.write_text('#!/bin/sh\necho more >> "$1"\n')
    script.chmod(0o700)
    run_charlie("template", "edit", "day", "--text", "text\n")
    run_charlie("template", "edit", "day", environment={"VISUAL": str(script)})
    assert run_charlie("template", "show", "day").stdout == "text\nmore\n\n"


def test_what_cannot_be_a_template_is_told_and_kept(run_charlie: RunCharlie) -> None:
    done = run_charlie("template", "edit", "../x", "--text", "-", stdin="precious")
    assert done.returncode == 2
    kept = Path(done.stderr.partition("is kept in ")[2].split("\n")[0].rstrip("."))
    assert kept.read_text() == "precious"
    assert run_charlie("template", "show", "none").returncode == 1
    assert run_charlie("add", "--template", "none", "x").returncode == 1
    assert list_entries() == []


def test_dates_are_given_in_words(run_charlie: RunCharlie) -> None:
    yesterday = local_date(now(), local_zone()) - timedelta(days=1)
    uuid = run_charlie("add", "--date", "yesterday 21:30", "walked").stdout.strip()
    assert get_entry(uuid).local_date == yesterday
    run_charlie("edit", uuid, "--date", "12 may 2024", "--title", "Walk")
    entry = get_entry(uuid)
    assert (entry.local_date.isoformat(), entry.title, entry.text) == (
        "2024-05-12",
        "Walk",
        "walked",
    )
    done = run_charlie("edit", uuid, "--date", "tomorrow")
    assert done.returncode == 2
    assert "yet to come" in done.stderr


def test_the_prompt_is_printed_and_switched(run_charlie: RunCharlie) -> None:
    assert run_charlie("prompt").stdout.strip() == prompt_for(today())
    assert json.loads(run_charlie("prompt", "--json").stdout)["shown"] is False
    run_charlie("config", "set", "daily_prompt", "on")
    assert json.loads(run_charlie("prompt", "--json").stdout)["shown"] is True
    assert todays_prompt() == prompt_for(today())
    run_charlie("config", "set", "daily_prompt", "off")
    assert todays_prompt() == ""
