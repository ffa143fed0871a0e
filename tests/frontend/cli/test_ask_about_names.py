"""entities and entity show, as typed in a shell."""

from __future__ import annotations

import json
from datetime import date

from backend.database.sqlite.connection import close_all
from backend.dates import local_date, local_zone, now
from tests.backend.graph.diaries import write
from tests.commands import RunCharlie


def fill() -> None:
    write("Anna came to Lisbon. We ate.", "Anna", "Lisbon", day=date(2023, 11, 5))
    write("Anna wrote, ANNA \x1b[31m.", "Anna", "ANNA", day=date(2024, 1, 6))
    write("Ben plays chess.", "Ben", "chess", day=local_date(now(), local_zone()))
    close_all()


def test_lists_are_sorted_and_filtered(run_charlie: RunCharlie) -> None:
    fill()

    def names(*options: str) -> list[str]:
        return [
            each["name"] for each in json.loads(run_charlie("entities", "--json", *options).stdout)
        ]

    assert names() == ["Anna", "Ben", "Lisbon", "chess"]
    assert names("--sort", "name") == ["Anna", "Ben", "chess", "Lisbon"]
    assert names("--sort", "recency")[-2:] == ["Anna", "Lisbon"]
    assert names("--match", "lis") == ["Lisbon"]
    assert names("--new") == ["Ben", "chess"]
    assert names("--new", "--type", "activity") == ["chess"]
    assert run_charlie("entities").stdout.splitlines()[0].split() == [
        "3",
        "2024-01-06",
        "person",
        "Anna",
    ]
    assert "No such names" in run_charlie("entities", "--match", "zzz").stderr
    assert run_charlie("entities", "--sort", "size").returncode == 2


def test_a_page_says_who_when_with_whom_and_where(run_charlie: RunCharlie) -> None:
    fill()
    done = run_charlie("entity", "show", "anna")
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    for words in (
        "People, mentioned 3 times in 2 entries",
        "Also written: ANNA",
        "First: Sunday 5 November 2023",
        "Last:  Saturday 6 January 2024",
        "Nov 2023",
        "most in January 2024 (2 mentions)",
        "2023: 1  2024: 2",
        "     1  place         Lisbon",
        "  Anna came to Lisbon.",
        "  Anna wrote, ANNA ␛[31m.",
    ):
        assert words in done.stdout
    assert done.stdout.index("Anna came") < done.stdout.index("Anna wrote")
    newest = run_charlie("entity", "show", "anna", "--newest", "--limit", "1").stdout
    assert "Anna wrote" in newest
    assert "Anna came" not in newest


def test_a_page_is_narrowed(run_charlie: RunCharlie) -> None:
    fill()
    done = run_charlie("entity", "show", "Anna", "--with", "lisbon", "--json")
    (found,) = [json.loads(done.stdout)]
    assert [mention["text"] for mention in found["mentions"]] == ["Anna"]
    assert found["together"] == []
    assert {"month": "2024-01", "count": 0} in found["months"]
    whole = json.loads(run_charlie("entity", "show", "Anna", "--json").stdout)
    assert whole["together"] == [{"name": "Lisbon", "type": "PLACE", "count": 1}]
    assert {"month": "2024-01", "count": 2} in whole["months"]
    assert len(whole["mentions"]) == 3
    nothing = run_charlie("entity", "show", "Anna", "--with", "Lisbon", "--with", "Ben")
    assert "No entry mentions all of them" in nothing.stderr
    assert run_charlie("entity", "show", "Anna", "--with", "Nobody").returncode == 1
