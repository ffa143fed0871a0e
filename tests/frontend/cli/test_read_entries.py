"""list, show, search, journals, entities: what is printed, and what never reaches a terminal."""

import json

import pytest

from backend.database.sqlite import connection
from backend.database.sqlite.connection import write_transaction
from tests.commands import RunCharlie

HOSTILE = "Dinner \x1b]52;c;cm0=\x07\x9b31m with \u202egro.live\u202c Anna\x7f\n\x1b[2Jdone"


@pytest.fixture
def uuid(run_charlie: RunCharlie) -> str:
    return run_charlie("add", "-", stdin=HOSTILE).stdout.strip()


def test_lists_newest_first_under_day_headings(run_charlie: RunCharlie) -> None:
    for day in ("2024-03-01", "2024-03-03", "2024-03-02"):
        run_charlie("add", f"Written on {day}.", "--date", day)
    printed = run_charlie("list").stdout
    assert "Sunday 3 March 2024" in printed
    assert printed.index("on 2024-03-03") < printed.index("on 2024-03-02")
    assert printed.index("on 2024-03-02") < printed.index("on 2024-03-01")
    limited = json.loads(run_charlie("list", "--limit", "1", "--json").stdout)
    assert [entry["local_date"] for entry in limited] == ["2024-03-03"]


def test_lists_one_journal(run_charlie: RunCharlie) -> None:
    run_charlie("add", "At home.")
    run_charlie("add", "Away.", "--journal", "Travel")
    listed = json.loads(run_charlie("list", "--journal", "travel", "--json").stdout)
    assert [entry["text"] for entry in listed] == ["Away."]
    counted = json.loads(run_charlie("journals", "--json").stdout)
    assert {journal["name"]: journal["count"] for journal in counted} == {"default": 1, "Travel": 1}


@pytest.mark.parametrize(
    "arguments",
    [
        ["list"],
        ["show", "UUID"],
        ["search", "dinner"],
        ["search", "dinner", "--json"],
        ["trash"],
        ["show", "UUID", "--json"],
        ["list", "--json"],
    ],
)
def test_nothing_a_terminal_obeys_is_printed(
    run_charlie: RunCharlie, uuid: str, arguments: list[str]
) -> None:
    if arguments == ["trash"]:
        run_charlie("delete", uuid)
    done = run_charlie(*(uuid if word == "UUID" else word for word in arguments))
    printed = done.stdout + done.stderr
    assert done.returncode == 0
    assert "Dinner" in printed
    assert not set(printed) & set("\x1b\x07\x9b\x7f\u202e\u202c")


def test_errors_print_nothing_a_terminal_obeys(run_charlie: RunCharlie) -> None:
    for arguments in (
        ["show", "\x1b[2Jabcd"],
        ["\x1b[2J"],
        ["search", 'x"\x1b[2J'],
        ["add", "x", "--date", "\x1b[2J"],
    ):
        done = run_charlie(*arguments)
        assert "\x1b" not in done.stdout + done.stderr


def test_json_gives_back_the_stored_text(run_charlie: RunCharlie, uuid: str) -> None:
    assert json.loads(run_charlie("show", uuid, "--json").stdout)["text"] == HOSTILE


def test_searches_words_phrases_and_days(run_charlie: RunCharlie) -> None:
    run_charlie("add", "Tea with grandma by the sea #family", "--date", "2024-05-01")
    run_charlie("add", "The sea was cold, tea was warm", "--date", "2025-05-01")

    def found(*query: str) -> list[str]:
        done = run_charlie("search", "--json", "--", *query)
        assert done.returncode == 0, done.stderr
        return sorted(entry["local_date"] for entry in json.loads(done.stdout))

    assert found("tea") == ["2024-05-01", "2025-05-01"]
    assert found("tea", "-grandma") == ["2025-05-01"]
    assert found('"the sea was"') == ["2025-05-01"]
    assert found("sea", "in:2024") == ["2024-05-01"]
    assert found("#family") == ["2024-05-01"]
    assert found("from:2025-01-01") == ["2025-05-01"]
    assert found("zebra") == []


def test_a_wrong_query_says_what_is_wrong_where(run_charlie: RunCharlie) -> None:
    done = run_charlie("search", "日記 in:someday 🎂 lunch")
    assert done.returncode == 2
    assert done.stdout == ""
    query, carets, message, _ = done.stderr.splitlines()
    assert query == "  日記 in:someday 🎂 lunch"
    # Each of the two characters before takes two cells.
    assert carets == "       ^^^^^^^^^^"
    assert "“someday” at character 4" in message


def test_of_a_long_wrong_query_the_wrong_part_is_shown(run_charlie: RunCharlie) -> None:
    done = run_charlie("search", f"{'lunch ' * 100}in:\x1b[2Jx {'lunch ' * 40}")
    query, carets, *_ = done.stderr.splitlines()
    assert len(query) <= 72
    assert query[carets.index("^") : carets.rindex("^") + 1] == "in:␛[2Jx"
    assert run_charlie("search", " ").stderr.startswith("There is nothing")


def test_the_newest_hits_come_first_on_request(run_charlie: RunCharlie) -> None:
    run_charlie("add", "tea, tea and tea again", "--date", "2024-01-01")
    run_charlie("add", "some tea", "--date", "2024-01-02")
    for option, expected in ([], "tea, tea and tea again"), (["--newest"], "some tea"):
        hits = json.loads(run_charlie("search", "tea", "--json", *option).stdout)
        assert hits[0]["text"] == expected
        assert hits[0]["offset"] == hits[0]["text"].index("tea")


def test_an_empty_journal_says_how_to_begin(run_charlie: RunCharlie) -> None:
    done = run_charlie("list")
    assert done.returncode == 0
    assert "charlie add" in done.stderr
    assert run_charlie("entities").returncode == 0


def test_an_unknown_entity_is_told(run_charlie: RunCharlie) -> None:
    done = run_charlie("entity", "show", "Nobody")
    assert done.returncode == 1
    assert "Nobody" in done.stderr


def test_no_field_of_a_damaged_entry_commands_the_terminal(run_charlie: RunCharlie) -> None:
    run_charlie("add", "Anna came.")
    with write_transaction() as db:
        db.execute(
            "UPDATE entry SET uuid = char(27) || ']0;x' || char(7) || uuid, zone = char(155)"
        )
        db.execute("UPDATE journal SET name = char(27) || '[2J'")
    connection.close_all()
    for arguments in (
        ("list",),
        ("search", "Anna"),
        ("list", "--json"),
        ("search", "Anna", "--json"),
    ):
        done = run_charlie(*arguments)
        assert not set("\x1b\x07\x9b") & set(done.stdout + done.stderr), arguments
    assert "Anna came." in run_charlie("list").stdout
