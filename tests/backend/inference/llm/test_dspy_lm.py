"""A model as DSPy's: schemas, grammars, what is kept (nothing), what is imported when."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, Field

from backend.dspy_cache import dspy
from backend.inference import DspyLM
from backend.inference.llm.conversation import GRAMMAR
from backend.inference.llm.llm import LanguageModel

lm15 = dspy.lm15


class Mood(BaseModel):
    """An answer that has little to do with names."""

    words: list[str] = Field(max_length=2)
    kind: Literal["good", "bad"]


class FindMood(dspy.Signature):  # type: ignore[misc]
    """Say how the writer feels."""

    entry: str = dspy.InputField()
    mood: Mood = dspy.OutputField()


def request(lm: DspyLM, **config: object) -> object:
    return lm15.Request(
        model=lm.model,
        messages=(lm15.Message.user("Met Ann."),),
        config=lm15.Config(**{"max_tokens": 200, **config}),
    )


def test_any_signature_is_answered_in_its_schema(lm: DspyLM) -> None:
    """A drawn string may run past the limit, but what is complete is of the schema."""
    schema = {
        "type": "object",
        "properties": {
            "kind": {"type": "string", "enum": ["good", "bad"]},
            "words": {
                "type": "array",
                "maxItems": 2,
                "items": {"type": "string", "maxLength": 5},
            },
        },
        "required": ["kind", "words"],
        "additionalProperties": False,
    }
    response = lm(request(lm, response_format={"type": "json_schema", "schema": schema}))
    if response.finish_reason == "stop":
        answer = json.loads(response.text, strict=False)
        assert answer["kind"] in {"good", "bad"}
        assert len(answer["words"]) <= 2
    assert response.text.lstrip().startswith("{")


def test_a_grammar_goes_before_a_schema(lm: DspyLM) -> None:
    response = lm(
        request(
            lm,
            response_format={"type": "json_object"},
            extensions={GRAMMAR: 'root ::= "yes" | "no"'},
        )
    )
    assert response.text in {"yes", "no"}
    assert response.finish_reason == "stop"


def test_a_cut_answer_says_so(lm: DspyLM) -> None:
    response = lm(request(lm, max_tokens=2, extensions={GRAMMAR: 'root ::= "never"'}))
    assert (response.text, response.finish_reason) == ("ne", "length")
    assert response.usage.output_tokens == 2


@pytest.mark.parametrize(
    "schema",
    [
        {"enum": []},
        {"enum": ['a"b', "c\\d"]},
        {"type": "string", "pattern": "(((("},
        {"type": "array", "items": {"type": "string", "maxLength": 5_000}, "maxItems": 5_000},
        {"$ref": "#/nowhere"},
        {"type": "no such type"},
    ],
)
def test_a_schema_that_makes_no_grammar_never_ends_the_process(
    lm: DspyLM, schema: dict[str, object]
) -> None:
    response_format = {"type": "json_schema", "schema": schema}
    with contextlib.suppress(dspy.utils.exceptions.LMUnsupportedFeatureError):
        assert lm(request(lm, max_tokens=5, response_format=response_format)).text is not None


def test_a_prompt_that_is_too_long_is_dspys_error(lm: DspyLM) -> None:
    with pytest.raises(dspy.utils.exceptions.ContextWindowExceededError):
        lm(request(lm, max_tokens=1_000_000))


def test_typed_programs_of_others_run(model: LanguageModel) -> None:
    with dspy.context(
        lm=DspyLM(model, max_tokens=200), adapter=dspy.JSONAdapter(), disable_history=True
    ):
        try:
            mood = dspy.Predict(FindMood)(entry="Met Ann.").mood
        except dspy.utils.exceptions.AdapterParseError:
            # The tiny model writes a string until the limit.
            return
    assert mood.kind in {"good", "bad"}


def test_nothing_is_kept_of_what_was_asked(lm: DspyLM, charlie_home: Path) -> None:
    with dspy.context(disable_history=True):
        lm(request(lm, max_tokens=3))
    assert lm.history == []
    assert not dspy.cache.enable_disk_cache
    assert not dspy.cache.enable_memory_cache
    assert not list(charlie_home.rglob("*dspy*"))


def test_a_model_opened_by_path_is_closed_with_it(tiny_path: Path) -> None:
    with DspyLM(str(tiny_path), context=4_096) as opened:
        assert opened.engine.count("abc") == 3
    with pytest.raises(RuntimeError, match="closed"):
        opened.engine.count("abc")


def test_a_loaded_model_is_left_open(model: LanguageModel) -> None:
    with DspyLM(model):
        pass
    assert model.count("abc") == 3


def test_importing_the_package_is_cheap() -> None:
    program = (
        "import sys, backend.inference, backend\n"
        "heavy = {'dspy', 'litellm', 'llama_cpp', 'numpy', 'httpx', 'pydantic'}\n"
        "print(*sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.decode().split() == []


def test_reading_with_a_file_imports_no_network_client(tiny_path: Path) -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from backend.inference import DspyLM\n"
        f"DspyLM(Path({str(tiny_path)!r}), context=512).close()\n"
        "print(*sorted({'litellm', 'openai', 'httpx'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.decode().split() == []
