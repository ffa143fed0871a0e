"""journals, journal create, rename, move, delete."""

import json

from tests.commands import RunCharlie


def counts(run_charlie: RunCharlie) -> dict[str, tuple[int, int]]:
    printed = json.loads(run_charlie("journals", "--json").stdout)
    return {each["name"]: (each["count"], each["in_trash"]) for each in printed}


def test_a_journal_is_made_filled_renamed_emptied_and_deleted(run_charlie: RunCharlie) -> None:
    assert "No journals yet" in run_charlie("journals").stderr
    uuid = run_charlie("add", "Plums from the market.").stdout.strip()
    other = run_charlie("add", "Pears too.").stdout.strip()
    assert run_charlie("journal", "create", "Travel").returncode == 0
    assert counts(run_charlie) == {"default": (2, 0), "Travel": (0, 0)}

    moved = run_charlie("journal", "move", uuid[:8], other, "travel", "--json")
    assert [entry["journal"] for entry in json.loads(moved.stdout)] == ["Travel", "Travel"]
    assert counts(run_charlie) == {"default": (0, 0), "Travel": (2, 0)}

    renamed = run_charlie("journal", "rename", "travel", "On the way")
    assert renamed.stdout == "“travel” is called “On the way” now.\n"
    listed = json.loads(run_charlie("list", "--journal", "on the WAY", "--json").stdout)
    assert {entry["uuid"] for entry in listed} == {uuid, other}
    found = json.loads(run_charlie("search", "plums", 'journal:"on the way"', "--json").stdout)
    assert [entry["uuid"] for entry in found] == [uuid]

    refused = run_charlie("journal", "delete", "on the way")
    assert refused.returncode == 2
    assert "it holds 2 entries" in refused.stderr
    for each in (uuid, other):
        run_charlie("delete", each)
    assert "(2 in the trash)" in run_charlie("journals").stdout
    assert "in the trash" in run_charlie("journal", "delete", "on the way").stderr
    run_charlie("trash", "empty", "--yes")
    deleted = run_charlie("journal", "delete", "on the way", "--json")
    assert json.loads(deleted.stdout) == {"deleted": "On the way"}
    assert counts(run_charlie) == {"default": (0, 0)}


def test_what_is_unknown_or_taken_is_told(run_charlie: RunCharlie) -> None:
    uuid = run_charlie("add", "Plums.").stdout.strip()
    for arguments, code in (
        (["create", "DEFAULT"], 2),
        (["create", "two\nlines"], 2),
        (["rename", "nowhere", "x"], 1),
        (["move", uuid, "nowhere"], 1),
        (["move", "ffffffff", "default"], 1),
        (["move", uuid], 2),
        (["delete", "nowhere"], 1),
    ):
        done = run_charlie("journal", *arguments)
        assert (done.returncode, done.stdout) == (code, ""), arguments
        assert done.stderr
        assert "Traceback" not in done.stderr
    assert counts(run_charlie) == {"default": (1, 0)}


def test_a_journal_that_is_not_there_is_told(run_charlie: RunCharlie) -> None:
    run_charlie("add", "Plums.")
    for command in (
        ["list"],
        ["search", "plums"],
        ["entities"],
        ["entity", "show", "Anna"],
        ["calendar"],
        ["stats"],
        ["on-this-day"],
    ):
        done = run_charlie(*command, "--journal", "nowhere")
        assert (done.returncode, done.stdout) == (1, ""), command
        assert "There is no journal “nowhere”." in done.stderr
        assert run_charlie(*command[:1], "--help").returncode == 0


def test_the_default_journal_keeps_its_place_under_another_name(run_charlie: RunCharlie) -> None:
    run_charlie("add", "Plums.")
    run_charlie("journal", "rename", "default", "Diary")
    assert "Saved in “Diary”" in run_charlie("add", "Pears.").stderr
    assert counts(run_charlie) == {"Diary": (2, 0)}


def test_names_print_nothing_a_terminal_obeys(run_charlie: RunCharlie) -> None:
    run_charlie("journal", "create", "evil\u202egro")
    for arguments in (["journals"], ["journals", "--json"], ["journal", "delete", "evil\u202egro"]):
        printed = run_charlie(*arguments)
        assert "evil" in printed.stdout
        assert "\u202e" not in printed.stdout + printed.stderr
