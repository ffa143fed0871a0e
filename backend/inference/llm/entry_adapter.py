"""The prompt of the program that finds names, and its answer.

The prompt begins with what is the same for every entry (instructions, examples), so that a model
keeps it computed; the entry comes last. The answer is JSON, constrained by a grammar made of the
entry where the model can be (`grammar`), by a schema elsewhere, and never repaired: what does not
parse as it stands is an error.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from pydantic import ValidationError

from backend import settings
from backend.dspy_cache import dspy
from backend.inference.llm.conversation import GRAMMAR
from backend.inference.llm.grammar import NameGraph
from backend.inference.llm.program import MOST_NAMES, Names
from backend.inference.llm.prompt_file import TYPES

lm15 = dspy.lm15

# One name for so many characters, and a few more, is all that a text can be full of.
_CHARACTERS_PER_NAME: Final = 16
_FEW: Final = 8
# The name with most characters is not always the one with most tokens, nor does a model always
# take the fewest.
_MARGIN: Final = 1.25


class EntryAdapter(dspy.JSONAdapter):  # type: ignore[misc] # dspy has no types
    """Writes the program's prompt and reads its answer; other signatures as `JSONAdapter` does.

    Raises `dspy.utils.exceptions.AdapterParseError` for an answer that was cut or is not exactly
    of the form asked for.
    """

    def __call__(
        self,
        lm: Any,
        lm_kwargs: dict[str, Any],
        signature: Any,
        demos: list[dict[str, Any]],
        inputs: dict[str, Any],
    ) -> list[dict[str, Any]]:
        """Ask `lm`; one answer."""
        if not _is_ours(signature):
            found: list[dict[str, Any]] = super().__call__(lm, lm_kwargs, signature, demos, inputs)
            return found
        options = {**lm.kwargs, **lm_kwargs}
        system, *messages = self.format(signature, demos, inputs)
        request = lm15.Request(
            model=lm.model,
            system=system["content"],
            messages=tuple(
                getattr(lm15.Message, message["role"])(message["content"]) for message in messages
            ),
            config=lm15.Config(
                max_tokens=options.get("max_tokens"),
                temperature=options.get("temperature"),
                # A draw that is repeated on purpose shall differ.
                seed=options.get("rollout_id"),
                response_format=_RESPONSE_FORMAT,
                extensions=_extensions(lm, inputs["entry"], options),
            ),
        )
        response = lm(request, rollout_id=options.get("rollout_id"))
        text = response.text or ""
        if response.finish_reason != "stop":
            raise _parse_error(signature, text, f"It ended because of {response.finish_reason}.")
        return [self.parse(signature, text)]

    def format_field_description(self, signature: Any) -> str:
        """Nothing, for ours: the instructions say it."""
        if not _is_ours(signature):
            return str(super().format_field_description(signature))
        return "You read personal journals."

    def format_field_structure(self, signature: Any) -> str:
        """Return the form of the answer."""
        if not _is_ours(signature):
            return str(super().format_field_structure(signature))
        empty = {"names": {key: ["…"] for key in TYPES}}
        return f"You answer with JSON alone, of this form: {_compact(empty)}"

    def format_task_description(self, signature: Any) -> str:
        """Return the instructions, which an optimizer may have written."""
        if not _is_ours(signature):
            return str(super().format_task_description(signature))
        return f"\n{signature.instructions}"

    def format_user_message_content(
        self,
        signature: Any,
        inputs: dict[str, Any],
        prefix: str = "",
        suffix: str = "",
        main_request: bool = False,
    ) -> str:
        """Hints that there are, then the entry."""
        if not _is_ours(signature):
            return str(
                super().format_user_message_content(signature, inputs, prefix, suffix, main_request)
            )
        parts = [f"{key}: {inputs[key]}" for key in ("date", "known") if inputs.get(key)]
        return "\n".join([*parts, f"entry:\n{_encodable(inputs['entry'])}"])

    def format_assistant_message_content(
        self, signature: Any, outputs: dict[str, Any], missing_field_message: str | None = None
    ) -> str:
        """Return an example's answer, in the form that is asked for."""
        if not _is_ours(signature):
            return str(
                super().format_assistant_message_content(signature, outputs, missing_field_message)
            )
        names = Names.of(outputs["names"])
        return _compact({"names": names.model_dump()})

    def parse(self, signature: Any, completion: str) -> dict[str, Any]:
        """Read an answer as it stands; only what servers put around it is taken off."""
        if not _is_ours(signature):
            found: dict[str, Any] = super().parse(signature, completion)
            return found
        try:
            # Strings may hold raw control characters, which entries do too.
            answer = json.loads(_bare(completion), strict=False)
            if set(answer) != {"names"}:
                raise ValueError("other fields")
            return {"names": Names.model_validate(answer["names"])}
        except (RecursionError, TypeError, ValueError) as error:
            # The error's own words quote the answer.
            kind = "validation" if isinstance(error, ValidationError) else "JSON"
            raise _parse_error(signature, completion, f"It fails in {kind}.") from None


def entry_grammar(text: str, limit: int, count: Callable[[str], int]) -> str:
    """Return the grammar of all answers about `text`, none of which takes more than `limit` tokens.

    `count` says how many tokens a text takes.
    """
    graph = NameGraph(text)
    form = count(_compact({"names": dict.fromkeys(TYPES, ())}))
    name = count(f'"{graph.longest()}",') * _MARGIN
    most = min(MOST_NAMES, _FEW + len(text) // _CHARACTERS_PER_NAME, int((limit - form) / name))
    return graph.grammar("names", tuple(TYPES), max(most, 1))


def _extensions(lm: Any, entry: str, options: Mapping[str, Any]) -> dict[str, str] | None:
    """Return the grammar for an entry, for a model that can be held to one."""
    if GRAMMAR not in lm.supported_params:
        return None
    limit = options.get("max_tokens") or settings.MODEL_CONFIG.max_tokens
    return {GRAMMAR: entry_grammar(entry, limit, lm.engine.count)}


def _is_ours(signature: Any) -> bool:
    return "entry" in signature.input_fields and "names" in signature.output_fields


def _encodable(text: str) -> str:
    """Half a surrogate pair is no text that could be sent anywhere."""
    return text.encode("utf-8", "replace").decode()


def _bare(answer: str) -> str:
    """Return an answer without what was thought aloud before it and the fence of a code block."""
    text = answer.rpartition("</think>")[2].strip()
    if text.startswith("```") and text.endswith("```"):
        text = text[3:-3].removeprefix("json").strip()
    return text


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _parse_error(signature: Any, answer: str, message: str) -> Exception:
    error: Exception = dspy.utils.exceptions.AdapterParseError(
        adapter_name=EntryAdapter.__name__,
        signature=signature,
        lm_response=answer,
        message=message,
    )
    return error


# `names` stands beside `$defs` in DSPy's own schema; servers like it flat.
_RESPONSE_FORMAT: Final = {
    "type": "json_schema",
    "name": "names",
    "schema": {
        "type": "object",
        "properties": {"names": Names.model_json_schema()},
        "required": ["names"],
        "additionalProperties": False,
    },
    "strict": True,
}
