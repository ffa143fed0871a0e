"""Templates: files of the user's own, filled in for the moment."""

from __future__ import annotations

import stat
from datetime import datetime

import pytest

from backend.errors import NotFoundError, StorageError, UsageError
from backend.locations import templates_dir
from backend.templates import (
    MAX_BYTES,
    add_template,
    fill_template,
    find_template,
    list_templates,
    read_template,
    read_templates,
    write_template,
)

EVENING = datetime(2026, 5, 3, 21, 5)  # noqa: DTZ001 - a clock on a wall


def test_a_template_is_kept_read_and_listed() -> None:
    assert list_templates() == []
    path = write_template("week", "# {{weekday}}\n").path
    write_template("Day", "é\n")
    write_template("week", "changed\n")
    assert [each.name for each in list_templates()] == ["Day", "week"]
    assert read_template(find_template("week")) == "changed\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_template_is_found_in_either_case_where_that_says_which() -> None:
    write_template("Day", "a")
    assert find_template("day").name == "Day"
    write_template("day", "b")
    assert find_template("day").name == "day"
    with pytest.raises(NotFoundError) as missing:
        find_template("DAY")
    assert "Day, day" in str(missing.value.hint)


def test_only_files_of_the_kind_are_templates() -> None:
    folder = templates_dir()
    (folder / "folder.md").mkdir()
    (folder / "notes.txt").write_text("x")
    (folder / ".hidden.md").write_text("x")
    assert list_templates() == []


def test_placeholders_are_filled_in() -> None:
    text = "{{weekday}} {{day}} {{month}} {{year}}, {{ time }} ({{date}}) {{mood}} {day} {{date"
    assert (
        fill_template(text, EVENING)
        == "Sunday 3 May 2026, 21:05 (2026-05-03) {{mood}} {day} {{date"
    )


def test_a_template_from_elsewhere_replaces_none_and_comes_once() -> None:
    write_template("day", "mine")
    for _ in range(2):
        add_template("Day", "theirs")
        add_template("day", "mine")
        add_template("week", "# Week")
        add_template("x" * 80, "long")
    assert read_templates() == {
        "day": "mine",
        "Day 2": "theirs",
        "week": "# Week",
        "x" * 80: "long",
    }
    add_template("x" * 80, "longer")
    assert read_templates()["x" * 75 + " 2"] == "longer"


def test_what_is_no_text_is_left_out_of_all() -> None:
    write_template("day", "text")
    (templates_dir() / "bad.md").write_bytes(b"\xff")
    assert read_templates() == {"day": "text"}


@pytest.mark.parametrize("name", ["", " ", "a/b", "..", ".a", "-a", "a\x1b", "a\n", "x" * 81, " a"])
def test_a_name_that_could_lead_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        write_template(name, "text")
    assert list(templates_dir().iterdir()) == []


def test_what_is_no_text_is_told() -> None:
    path = write_template("day", "text").path
    path.write_bytes(b"\xff")
    with pytest.raises(UsageError, match="not valid UTF-8"):
        read_template(find_template("day"))
    path.write_bytes(b"x" * (MAX_BYTES + 1))
    with pytest.raises(UsageError, match="larger"):
        read_template(find_template("day"))
    with pytest.raises(UsageError):
        write_template("day", "x" * (MAX_BYTES + 1))


def test_a_template_that_went_away_is_told() -> None:
    template = write_template("day", "text")
    template.path.unlink()
    with pytest.raises(StorageError):
        read_template(template)
