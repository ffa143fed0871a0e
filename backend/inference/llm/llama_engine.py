"""A language model in this process, behind DSPy's engine interface."""

from __future__ import annotations

import json
from typing import Any

from backend import settings
from backend.dspy_cache import dspy
from backend.inference.llm.conversation import GRAMMAR, conversation
from backend.inference.llm.llm import ContextOverflowError, LanguageModel
from backend.inference.llm.sampling import GrammarError

lm15 = dspy.lm15

# What llama_cpp's conversion raises for a schema that it does not know.
_NO_GRAMMAR = (AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class LlamaEngine:
    """Answers DSPy's requests with a loaded model, which the caller closes.

    `context` is the most tokens of a prompt and its answer, `count` counts a text's. Understood
    of a request's configuration: `max_tokens`, `temperature`, `seed`, and one of
    `response_format` and the extension "grammar"; what else there is, is ignored.
    """

    supports_response_schema = True
    supported_params = frozenset({"response_format", "max_tokens", "temperature", "seed", GRAMMAR})

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self.label = f"the model {model.path.name}"
        self.context = model.context
        self.count = model.count

    def complete(self, request: Any) -> Any:
        """Answer a `dspy.lm15.Request` with a `dspy.lm15.Response`.

        Its finish reason is "length" where the answer was cut. Raises `dspy.lm15` errors, and
        what `LanguageModel.answer` raises besides.
        """
        config = request.config
        try:
            answer = self._model.answer(
                conversation(request),
                limit=config.max_tokens or settings.MODEL_CONFIG.max_tokens,
                grammar=_grammar(config),
                temperature=config.temperature or 0.0,
                seed=config.seed or 0,
            )
        except ContextOverflowError as error:
            raise lm15.ContextLengthError(str(error)) from error
        except GrammarError as error:
            raise lm15.UnsupportedFeatureError(
                str(error), feature="config.response_format"
            ) from error
        return lm15.Response(
            id=None,
            model=request.model,
            message=lm15.Message.assistant(answer.text),
            finish_reason="length" if answer.is_cut else "stop",
            usage=lm15.Usage(
                input_tokens=answer.prompt_tokens,
                output_tokens=answer.tokens,
                cache_read_tokens=answer.reused_tokens,
            ),
        )

    def close(self) -> None:
        """Do nothing: the model belongs to the caller."""


def _grammar(config: Any) -> str | None:
    """Return the grammar that a request asks for; a schema becomes one."""
    if config.extensions and GRAMMAR in config.extensions:
        return str(config.extensions[GRAMMAR])
    if not config.response_format:
        return None
    # As costly as llama_cpp itself, which is loaded by now.
    from llama_cpp.llama_grammar import JSON_GBNF, json_schema_to_gbnf  # noqa: PLC0415

    if config.response_format["type"] == "json_object":
        return str(JSON_GBNF)
    schema = config.response_format["schema"]
    try:
        return str(json_schema_to_gbnf(json.dumps(schema)))
    except _NO_GRAMMAR as error:
        raise lm15.UnsupportedFeatureError(
            "the schema cannot be made a grammar", feature="config.response_format"
        ) from error
