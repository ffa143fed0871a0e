"""The DSPy program that finds the names of an entry, with the prompt that is in force."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from backend.dspy_cache import dspy
from backend.inference.llm.prompt_file import (
    BUILT_IN_PROMPT,
    TYPES,
    Prompt,
    choose_prompt,
    read_files,
)
from backend.records import EntityType

log = logging.getLogger("charlie.model")

#: Names in one answer. No annotated entry has more than 19.
MOST_NAMES: Final = 60


class Names(BaseModel):
    """What a model answers: the names of each type, as the text spells them."""

    model_config = ConfigDict(extra="forbid")

    people: list[str] = Field(max_length=MOST_NAMES)
    places: list[str] = Field(max_length=MOST_NAMES)
    organizations: list[str] = Field(max_length=MOST_NAMES)
    activities: list[str] = Field(max_length=MOST_NAMES)

    @classmethod
    def of(cls, value: object) -> Names:
        """Return the names of an example: these, a mapping, or JSON.

        Raises:
            ValueError: it is none of them (`pydantic.ValidationError`).
        """
        if isinstance(value, str):
            return cls.model_validate_json(value)
        return cls.model_validate(value)

    def by_type(self) -> dict[EntityType, list[str]]:
        """Return the same lists by the type of their names."""
        return {type_: getattr(self, field) for field, type_ in TYPES.items()}


class FindNames(dspy.Signature):  # type: ignore[misc] # dspy has no types
    """Takes an entry, with the day it was written and the known names in it, gives its names."""

    # DSPy takes the instructions from here. The fields of the answer are described in them.
    __doc__ = BUILT_IN_PROMPT.text

    date: str = dspy.InputField(default="")
    known: str = dspy.InputField(default="")
    entry: str = dspy.InputField()
    names: Names = dspy.OutputField()


class ExtractNodes(dspy.Module):  # type: ignore[misc] # dspy has no types
    """The program: `ExtractNodes()(entry=…, date=…, known=…).names` is a `Names`.

    Args:
        prompt: its instructions and examples; the built-in one if None.
    """

    def __init__(self, prompt: Prompt | None = None) -> None:
        super().__init__()
        self.find = dspy.Predict(FindNames)
        if prompt is not None:
            self.find.signature = FindNames.with_instructions(prompt.text)
            self.find.demos = [
                dspy.Example(
                    entry=example.entry,
                    date=example.date,
                    known=example.known,
                    names=Names.of(dict(example.names)),
                )
                for example in prompt.examples
            ]

    def forward(self, entry: str, date: str = "", known: str = "") -> Any:
        """Ask the model of DSPy's context once; hints may be empty."""
        return self.find(entry=entry, date=date, known=known)


class _Kept:
    """The last program, and the files that it was made of."""

    files: dict[str, bytes] | None = None
    program: ExtractNodes | None = None


def current_program() -> ExtractNodes:
    """Return the program for the next entry, with the prompt that an optimizer or a person wrote.

    The files are read each time (some kilobytes), so that a change counts from the next entry on.
    A broken one is logged and not used. The program is shared: do not alter it.
    """
    files = read_files()
    if _Kept.program is None or _Kept.files != files:
        prompt, faults = choose_prompt(files)
        for fault in faults:
            log.warning("%s is broken and not used: %s.", fault.path, fault.reason)
        _Kept.program = ExtractNodes(prompt)
        _Kept.files = files
    return _Kept.program


def program_version(program: ExtractNodes) -> str:
    """Return a digest of what a program asks: another one may find other names in a text."""
    predict = program.find
    examples = [[demo["entry"], Names.of(demo["names"]).model_dump()] for demo in predict.demos]
    asked = json.dumps([predict.signature.instructions, examples])
    return hashlib.sha256(asked.encode()).hexdigest()[:12]
