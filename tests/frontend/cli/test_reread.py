"""reread, as typed in a shell."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from backend import locations
from tests.commands import RunCharlie


@pytest.fixture
def uuid(run_charlie: RunCharlie) -> str:
    done = run_charlie("add", "Had lunch with Priya in Lisbon.", "--wait")
    assert done.returncode == 0, done.stderr
    (entry,) = json.loads(run_charlie("list", "--json").stdout)
    return str(entry["uuid"])


def models_of(run: RunCharlie, uuid: str) -> set[str]:
    entry = json.loads(run("show", uuid, "--json").stdout)
    return {mention["model"] for entity in entry["entities"] for mention in entity["mentions"]}


def test_reads_again_with_the_chosen_model(run_charlie: RunCharlie, uuid: str) -> None:
    assert models_of(run_charlie, uuid) == {"built-in"}
    done = run_charlie("reread")
    assert done.returncode == 0, done.stderr
    assert "1 read again" in done.stdout
    assert models_of(run_charlie, uuid) == {"built-in"}


def test_reads_once_with_another_model(run_charlie: RunCharlie, uuid: str, tmp_path: Path) -> None:
    path = shutil.copy(locations.built_in_model_path(), tmp_path / "Mine.gguf")
    run_charlie("model", "use", str(path))
    run_charlie("model", "use", "built-in")
    done = run_charlie("reread", "--model", "mine", "--since", "2000-01-01")
    assert done.returncode == 0, done.stderr
    assert models_of(run_charlie, uuid) == {"mine"}


def test_says_when_there_is_nothing_to_read(run_charlie: RunCharlie) -> None:
    done = run_charlie("reread", "--since", "2026-01-01")
    assert done.returncode == 0
    assert "nothing" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["--since", "soonish"], 2), (["--model", "nosuch"], 2), (["--model", "qwen3-4b"], 1)],
)
def test_mistakes_are_sentences(run_charlie: RunCharlie, arguments: list[str], code: int) -> None:
    done = run_charlie("reread", *arguments)
    assert done.returncode == code
    assert "Traceback" not in done.stderr


def test_waits_for_the_switch(run_charlie: RunCharlie, uuid: str) -> None:
    run_charlie("inference", "off")
    done = run_charlie("reread")
    assert done.returncode == 1
    assert "off" in done.stderr
    assert json.loads(run_charlie("show", uuid, "--json").stdout)["read"] is True
