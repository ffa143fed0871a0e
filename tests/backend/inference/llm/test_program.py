"""The program as an optimizer left it: used for every entry, left out if broken."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from backend import locations
from backend.dspy_cache import dspy
from backend.inference.llm.extractor import LanguageModelExtractor
from backend.inference.llm.program import (
    PROMPT_FILE,
    ExtractNodes,
    Names,
    current_program,
    program_version,
)
from tests.backend.inference.llm.fake_server import FakeServer

NAMES = Names(people=["Ann"], places=[], organizations=[], activities=["yoga"])


@pytest.fixture
def prompt_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where an optimizer would write."""
    monkeypatch.setattr(locations, "prompts_dir", lambda: tmp_path)
    return tmp_path / PROMPT_FILE


def optimized(instructions: str = "Find all names.") -> ExtractNodes:
    """A program as an optimizer makes it."""
    program = ExtractNodes()
    program.find.signature = program.find.signature.with_instructions(instructions)
    program.find.demos = [dspy.Example(entry="Yoga with Ann.", names=NAMES).with_inputs("entry")]
    return program


def test_without_a_file_the_program_is_the_plain_one(prompt_file: Path) -> None:
    assert not prompt_file.exists()
    assert program_version(current_program()) == program_version(ExtractNodes())


def test_what_an_optimizer_saved_is_used(prompt_file: Path) -> None:
    optimized().save(prompt_file)
    program = current_program()
    assert program.find.signature.instructions == "Find all names."
    assert program.find.demos[0]["entry"] == "Yoga with Ann."
    assert program.find.demos[0]["names"] == NAMES
    assert program_version(program) == program_version(optimized())
    assert program_version(program) != program_version(ExtractNodes())


def test_it_is_used_for_every_entry_and_anew_when_it_changes(
    prompt_file: Path, distant: LanguageModelExtractor, server: FakeServer
) -> None:
    optimized("Find all names.").save(prompt_file)
    distant.tag("Met Ann.")
    distant.tag("Met Bob.")
    optimized("Find every name.").save(prompt_file)
    distant.tag("Met Cem.")
    prompts = [asked.body["messages"] for asked in server.asked]
    assert ["Find all names." in prompt[0]["content"] for prompt in prompts] == [True, True, False]
    assert [message["role"] for message in prompts[1]] == ["system", "user", "assistant", "user"]
    assert json.loads(prompts[1][2]["content"]) == {"names": NAMES.model_dump()}
    assert prompts[0][:3] == prompts[1][:3]


@pytest.mark.parametrize(
    "change",
    [
        lambda state: "not JSON",
        lambda state: "[]",
        lambda state: json.dumps({}),
        lambda state: json.dumps({**state, "find": None}),
        lambda state: json.dumps({**state, "find": {**state["find"], "signature": {}}}),
        lambda state: json.dumps({**state, "find": {**state["find"], "demos": [{"entry": "x"}]}}),
        lambda state: json.dumps({**state, "find": {**state["find"], "demos": [{"names": "x"}]}}),
        lambda state: json.dumps({**state, "find": {**state["find"], "demos": 5}}),
        lambda state: "\ud800",
    ],
)
def test_a_broken_file_is_logged_and_left_out(
    prompt_file: Path, change: Any, caplog: pytest.LogCaptureFixture
) -> None:
    optimized().save(prompt_file)
    state = json.loads(prompt_file.read_text())
    prompt_file.write_bytes(change(state).encode("utf-8", "surrogatepass"))
    with caplog.at_level(logging.WARNING):
        program = current_program()
    assert program_version(program) == program_version(ExtractNodes())
    assert "broken" in caplog.text


def test_a_model_that_the_file_names_is_not_used(prompt_file: Path) -> None:
    optimized().save(prompt_file)
    state = json.loads(prompt_file.read_text())
    state["find"]["lm"] = {"model": "openai/gpt-4o", "api_base": "https://example.org"}
    prompt_file.write_text(json.dumps(state))
    assert current_program().find.lm is None
