"""Help, wrong usage, and a terminal that is none."""

import click
import pytest

from frontend.cli.group import COMMANDS, SECTIONS, cli
from tests.commands import RunCharlie


def test_help_names_every_command(run_charlie_process: RunCharlie) -> None:
    printed = run_charlie_process("--help").stdout
    for command in COMMANDS:
        assert f"  {command} " in printed


def test_help_parts_commands_by_what_they_are_for(run_charlie: RunCharlie) -> None:
    lines = run_charlie("--help").stdout.splitlines()
    headings = [line.removesuffix(":") for line in lines if line.endswith(":") and line[0] != " "]
    assert headings == ["Options", *SECTIONS]


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_no_line_of_a_list_is_cut(run_charlie: RunCharlie, name: str) -> None:
    context = click.Context(cli)
    command = cli.get_command(context, name) if name else cli
    if isinstance(command, click.Group):
        assert "..." not in run_charlie(*name.split(), "--help").stdout.split("\n\n", 1)[1]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(run_charlie: RunCharlie, command: str) -> None:
    done = run_charlie(command, "--help")
    assert done.returncode == 0
    assert "Usage: charlie" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["nosuch"],
        ["add", "--nosuch"],
        ["list", "--limit", "0"],
        ["list", "--limit", "x"],
        ["show"],
        ["entities", "--type", "ROBOT"],
        ["inference", "maybe"],
    ],
)
def test_wrong_usage_ends_with_two(run_charlie: RunCharlie, arguments: list[str]) -> None:
    done = run_charlie(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_a_near_miss_is_guessed(run_charlie: RunCharlie) -> None:
    assert "“search”" in run_charlie("serach", "tea").stderr


def test_without_a_terminal_the_commands_are_named(run_charlie: RunCharlie) -> None:
    done = run_charlie()
    assert done.returncode == 2
    assert "charlie add" in done.stderr
    assert "charlie list" in done.stderr


def test_version_is_printed(run_charlie_process: RunCharlie) -> None:
    assert run_charlie_process("--version").stdout.startswith("charlie")


def test_a_wrong_environment_value_is_a_sentence(run_charlie_process: RunCharlie) -> None:
    done = run_charlie_process("process", environment={"LLAMA_CTX_SIZE": "lots"})
    assert done.returncode == 2
    assert "LLAMA_CTX_SIZE" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_home_that_is_a_file_is_a_sentence(run_charlie: RunCharlie, tmp_path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "file"
    file.write_text("")
    done = run_charlie("list", environment={"CHARLIE_HOME": str(file)})
    assert done.returncode == 2
    assert "not a folder" in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        "list --limit",
        "search x --limit",
        "entities --limit",
        "queue --limit",
        "history abcd --restore",
        "history abcd --show",
        "trash empty --yes --older-than",
        "calendar",
        "stats",
        "worker log --lines",
    ],
)
@pytest.mark.parametrize("number", ["99999999999", "9" * 40, "-1", "1e9", "nan", "٣"])
def test_a_number_that_is_none_here_is_a_sentence(
    run_charlie: RunCharlie, command: str, number: str
) -> None:
    done = run_charlie(*command.split(), number)
    assert done.returncode in (0, 1, 2)
    assert "Something went wrong" not in done.stderr


@pytest.mark.parametrize(
    "url",
    ["http://[::1", "http://[::1]:99999", "http://]", "https://[a:b]/v1", "http://\x00", "//"],
)
def test_an_address_that_is_none_is_a_sentence(run_charlie: RunCharlie, url: str) -> None:
    done = run_charlie("model", "use", url, "--model", "m")
    assert done.returncode in (1, 2)
    assert "Something went wrong" not in done.stderr
