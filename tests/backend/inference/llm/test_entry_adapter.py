"""Answers are read as they stand, or not at all."""

from __future__ import annotations

import json

import pytest
from dspy.utils.exceptions import AdapterParseError

from backend.inference.llm.entry_adapter import EntryAdapter
from backend.inference.llm.program import FindNames

EMPTY: dict[str, list[str]] = {"people": [], "places": [], "organizations": [], "activities": []}
WHOLE = json.dumps({"names": {**EMPTY, "people": ["Ann"]}})


def people(answer: str) -> list[str]:
    found: list[str] = EntryAdapter().parse(FindNames, answer)["names"].people
    return found


@pytest.mark.parametrize(
    "answer",
    [
        WHOLE,
        f"\n {WHOLE}\n",
        f"```json\n{WHOLE}\n```",
        f"```\n{WHOLE}\n```",
        f"<think>Who is there? {{}}</think>\n\n{WHOLE}",
    ],
)
def test_what_servers_put_around_an_answer_is_taken_off(answer: str) -> None:
    assert people(answer) == ["Ann"]


def test_raw_control_characters_are_part_of_a_name() -> None:
    assert people(WHOLE.replace("Ann", "An\tn")) == ["An\tn"]


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "Ann",
        "[]",
        "null",
        "{}",
        WHOLE[:-1],
        WHOLE[:-3],
        WHOLE + "}",
        f"Here you are: {WHOLE}",
        json.dumps({"names": EMPTY, "more": 1}),
        json.dumps({"names": {**EMPTY, "pets": []}}),
        json.dumps({"names": {**EMPTY, "people": "Ann"}}),
        json.dumps({"names": {**EMPTY, "people": [1]}}),
        json.dumps({"names": {**EMPTY, "people": [{"name": "Ann"}]}}),
        json.dumps({"names": {**EMPTY, "people": ["Ann"] * 61}}),
        json.dumps({"names": {"people": []}}),
        "[" * 100_000,
    ],
)
def test_anything_else_is_an_error(answer: str) -> None:
    with pytest.raises(AdapterParseError):
        people(answer)


def test_the_prompt_begins_with_what_never_changes() -> None:
    prompts = [
        EntryAdapter().format(FindNames, [], {"entry": entry, "date": date, "known": ""})
        for entry, date in (("Met Ann.", "2026-05-03"), ("Rain.", ""))
    ]
    assert prompts[0][0] == prompts[1][0]
    assert prompts[0][1]["content"] == "date: 2026-05-03\nentry:\nMet Ann."
    assert prompts[1][1]["content"] == "entry:\nRain."
