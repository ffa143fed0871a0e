"""The program with the prompt of a file: used for every entry, left out if broken."""

from __future__ import annotations

import json
import logging
from datetime import date
from pathlib import Path

import pytest

from backend import locations
from backend.inference.llm.extractor import LanguageModelExtractor
from backend.inference.llm.program import ExtractNodes, Names, current_program, program_version
from backend.inference.llm.prompt_file import (
    BUILT_IN_PROMPT,
    OPTIMIZED_FILE,
    WRITTEN_FILE,
    Example,
    Prompt,
    encode_prompt,
)
from tests.backend.inference.llm.fake_server import FakeServer

NAMES = Names(people=["Ann"], places=[], organizations=[], activities=["yoga"])
PROVENANCE = {"author": "Ann", "date": date(2026, 5, 3), "method": "by hand"}


@pytest.fixture
def prompts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of prompts."""
    monkeypatch.setattr(locations, "prompts_dir", lambda: tmp_path)
    return tmp_path


def write(path: Path, instructions: str, **fields: str) -> Prompt:
    """Write a prompt with one example."""
    example = Example("Yoga with Ann.", NAMES.model_dump())
    prompt = Prompt(instructions, fields, (example,), PROVENANCE)
    path.write_bytes(encode_prompt(prompt))
    return prompt


def system_messages(server: FakeServer) -> list[str]:
    return [asked.body["messages"][0]["content"] for asked in server.asked]


def test_without_a_file_the_text_is_the_built_in_one(prompts: Path) -> None:
    program = current_program()
    assert program.find.signature.instructions == BUILT_IN_PROMPT.text
    assert program_version(program) == program_version(ExtractNodes())


def test_the_file_that_is_shipped_says_what_is_built_in() -> None:
    assert (locations.prompts_dir() / WRITTEN_FILE).exists()
    assert program_version(current_program()) == program_version(ExtractNodes())


def test_a_prompt_of_a_file_is_used(prompts: Path) -> None:
    prompt = write(prompts / WRITTEN_FILE, "Find all names.")
    program = current_program()
    assert program.find.signature.instructions == "Find all names."
    assert program.find.demos[0]["entry"] == "Yoga with Ann."
    assert program.find.demos[0]["names"] == NAMES
    assert program_version(program) == program_version(ExtractNodes(prompt))
    assert program_version(program) != program_version(ExtractNodes())


def test_changed_text_reaches_the_model_with_the_next_entry(
    prompts: Path, distant: LanguageModelExtractor, server: FakeServer
) -> None:
    path = prompts / WRITTEN_FILE
    write(path, "Find all names.")
    distant.tag("Met Ann.")
    distant.tag("Met Bob.")
    fields = {"people": "folk", "places": "spots", "organizations": "firms", "activities": "fun"}
    write(path, "Find every name.\n{fields}\nThat is all.", **fields)
    distant.tag("Met Cem.")
    first, second, third = system_messages(server)
    assert "Find all names." in first
    assert first == second
    assert (
        "Find every name.\npeople: folk\nplaces: spots\norganizations: firms\nactivities: fun\n"
        "That is all." in third
    )
    prompt = server.asked[1].body["messages"]
    assert [message["role"] for message in prompt] == ["system", "user", "assistant", "user"]
    assert json.loads(prompt[2]["content"]) == {"names": NAMES.model_dump()}


def test_what_an_optimizer_found_comes_before_what_people_wrote(
    prompts: Path, distant: LanguageModelExtractor, server: FakeServer
) -> None:
    write(prompts / WRITTEN_FILE, "Written by hand.")
    write(prompts / OPTIMIZED_FILE, "Found by machine.")
    distant.tag("Met Ann.")
    (prompts / OPTIMIZED_FILE).unlink()
    distant.tag("Met Ann.")
    first, second = system_messages(server)
    assert "Found by machine." in first
    assert "Written by hand." in second


def test_a_broken_file_is_logged_once_and_the_built_in_text_used(
    prompts: Path,
    distant: LanguageModelExtractor,
    server: FakeServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (prompts / WRITTEN_FILE).write_text('instructions = "Find Xylophonist Quagmire')
    with caplog.at_level(logging.WARNING):
        distant.tag("Met Ann.")
        distant.tag("Met Bob.")
    assert all(BUILT_IN_PROMPT.text in message for message in system_messages(server))
    assert caplog.text.count("is broken and not used") == 1
    assert WRITTEN_FILE in caplog.text
    assert "Quagmire" not in caplog.text
