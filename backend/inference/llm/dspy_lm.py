"""Charlie's models as DSPy's language model, for scripts, optimizers and the extractor.

Stateless: the caller that makes a `DspyLM` closes it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from backend import settings
from backend.dspy_cache import dspy
from backend.inference.llm.llama_engine import LlamaEngine
from backend.inference.llm.llm import LanguageModel
from backend.inference.models.api_keys import find_api_key
from backend.inference.models.catalog import resolve
from backend.inference.models.own_models import Endpoint


class Engine(Protocol):
    """What DSPy asks, and what an extractor must know of it.

    `label` names the model in a sentence, `context` is the most tokens of a prompt and its answer.
    """

    label: str
    context: int

    def complete(self, request: Any) -> Any:
        """Answer a `dspy.lm15.Request`."""

    def count(self, text: str) -> int:
        """Return how many tokens a text takes, or somewhat more."""

    def close(self) -> None:
        """Free what it holds."""


class DspyLM(dspy.LM):  # type: ignore[misc] # dspy has no types
    """A model as DSPy's language model: `with DspyLM("qwen.gguf") as lm: …`.

    Args:
        model: a loaded model, which is left to the caller to close; or a file, a server, or a name
            as `charlie model list` shows it, opened here and closed with this.
        context: the most tokens it sees at once, where it is loaded here.
        progress: called with the share that is loaded, 0 to 1.
        cancelled: called while loading; once it returns true, loading stops.
        options: `temperature`, `max_tokens` and further defaults of a request.

    Raises:
        UsageError: there is no model of that name.
        ModelError: its file is not there or cannot be loaded.
        TaggingCancelledError: `cancelled` was true.
    """

    def __init__(
        self,
        model: LanguageModel | Endpoint | Path | str,
        *,
        context: int | None = None,
        progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        **options: Any,
    ) -> None:
        self._owned: LanguageModel | Engine | None = None
        if isinstance(model, str):
            spec = resolve(model)
            model = spec.endpoint or spec.local_file()
        if isinstance(model, Path):
            model = LanguageModel(model, context=context, progress=progress, cancelled=cancelled)
            self._owned = model
        engine: Engine
        if isinstance(model, Endpoint):
            # httpx takes 100 ms to import, and a model on this machine does not need it.
            from backend.inference.llm.endpoint_engine import EndpointEngine  # noqa: PLC0415

            engine = self._owned = EndpointEngine(model, find_api_key(model.url))
            name = f"endpoint/model-{model.model}"
        else:
            engine = LlamaEngine(model)
            name = f"local/gguf-{model.path.stem}"
        config = settings.MODEL_CONFIG
        options = {"max_tokens": config.max_tokens, "temperature": config.temperature, **options}
        # The names have a prefix because DSPy takes "o1" and others for models of OpenAI's, with
        # rules of their own. Nothing is cached: a prompt is an entry, an answer names who is in
        # it. Nothing is retried: the worker has a queue for that.
        super().__init__(name, engine=engine, cache=False, num_retries=0, **options)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free what was opened here; copies of this cannot be used any more either."""
        super().close()
        if self._owned is not None:
            self._owned.close()
