"""Extraction with a language model: text in, spans out, as the tagger does it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Any, Final, NoReturn, Self

from backend.dspy_cache import dspy
from backend.errors import ModelAnswerError, ModelError, ModelUnavailableError
from backend.inference.hints import AskHints, Hints
from backend.inference.llm.cancellation import watched
from backend.inference.llm.chunks import Chunk, split
from backend.inference.llm.dspy_lm import DspyLM, Engine
from backend.inference.llm.entry_adapter import EntryAdapter
from backend.inference.llm.locating import Sightings, locate
from backend.inference.llm.program import ExtractNodes, current_program
from backend.records import EntityType, Span

log = logging.getLogger("charlie.model")

_errors = dspy.utils.exceptions

#: Tokens of an entry in one request: with more, small models overlook names.
CHUNK_TOKENS: Final = 700

# What a text may take more in its place in a prompt than alone.
_SLACK: Final = 24
# With fewer tokens left for the text there is no use in asking.
_FEWEST_TOKENS: Final = 32

# The share of a chunk's work that is done when its prompt is computed.
_PROMPT_SHARE: Final = 0.8
_MOST_KNOWN: Final = 30

_SAFE: Final = "Your entries are safe; only the reading of names waits."


class LanguageModelExtractor:
    """A loaded language model, closed with this.

    Several threads may extract at once where the model is a server; otherwise they wait for one
    another.

    Args:
        lm: the model; its `max_tokens` is the most that an answer takes.
        chunk_tokens: the most tokens of a text in one request.
    """

    def __init__(self, lm: DspyLM, *, chunk_tokens: int = CHUNK_TOKENS) -> None:
        self._lm = lm
        self._engine: Engine = lm.engine
        self._adapter = EntryAdapter()
        self._chunk_tokens = chunk_tokens

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
        """Free the model; further calls do nothing."""
        self._lm.close()

    def tag(
        self,
        text: str,
        *,
        progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        hints: AskHints | None = None,
    ) -> list[Span]:
        """Return the mentions in `text`, in order, not overlapping.

        Offsets are code points. `progress` is called with the code points that are done and those
        in all, never fewer than before, at the end with all. `cancelled` is called many times a
        second. Of the names that `hints` knows, the model is given those in the text.

        Raises:
            TaggingCancelledError: `cancelled` was true.
            ModelAnswerError: the model's answers could not be used, asked twice.
            ModelUnavailableError: the server cannot be reached or is busy.
            ModelError: the model failed or refuses.
            RuntimeError: after `close`.
        """
        extraction = _Extraction(text, progress, cancelled)
        program = current_program()
        asked = hints() if hints else Hints()
        inputs = {"date": asked.date, "known": _mentioned(asked.known, text)}
        try:
            # Neither history nor trace: they would keep the entry.
            with dspy.context(lm=self._lm, adapter=self._adapter, disable_history=True, trace=None):
                chunks = split(text, self._room(program, inputs), self._engine.count)
                for chunk in chunks:
                    self._ask(program, chunk, inputs, extraction)
        except _errors.LMError as error:
            self._explain(error)
        return extraction.finish()

    def _ask(
        self, program: ExtractNodes, chunk: Chunk, hints: Mapping[str, str], extraction: _Extraction
    ) -> None:
        """Extract a part of the text; if the answer is unusable, once more in smaller parts."""
        try:
            extraction.ask(program, chunk, hints)
        except (_errors.AdapterParseError, _errors.ContextWindowExceededError) as error:
            log.info(
                "An answer cannot be used (%s); asking in smaller parts.", type(error).__name__
            )
        else:
            return
        part = extraction.text[chunk.start : chunk.end]
        # Two parts with their overlap; a whole half would leave a third, short one.
        limit = max(self._engine.count(part) * 2 // 3, 1)
        try:
            for smaller in split(part, limit, self._engine.count):
                moved = Chunk(chunk.start + smaller.start, chunk.start + smaller.end)
                extraction.ask(program, moved, hints)
        except (_errors.AdapterParseError, _errors.ContextWindowExceededError):
            # The error's own words quote the answer.
            raise ModelAnswerError(
                f"What {self._engine.label} answered cannot be used.",
                safe=_SAFE,
                hint="Try again, or choose another model with `charlie model use`.",
            ) from None

    def _room(self, program: ExtractNodes, hints: Mapping[str, str]) -> int:
        """Return how many tokens of a text fit into a prompt beside instructions and answer."""
        predict = program.find
        messages = self._adapter.format(predict.signature, predict.demos, {**hints, "entry": ""})
        fixed = sum(self._engine.count(part["content"]) + _SLACK for part in messages)
        room = self._engine.context - fixed - int(self._lm.kwargs["max_tokens"])
        if room < _FEWEST_TOKENS:
            needed = self._engine.context - room + _FEWEST_TOKENS
            raise ModelError(
                f"The context of {self._engine.context} tokens is too small for instructions and "
                f"answer; it takes {needed}.",
                safe=_SAFE,
                hint=f"Set LLAMA_CTX_SIZE to {needed} or more, or choose another model.",
            )
        return min(room, self._chunk_tokens)

    def _explain(self, error: Any) -> NoReturn:
        """Raise a failure of the model as an error with a sentence."""
        label, status = self._engine.label, f" ({error.status})" if error.status else ""
        match error:
            case _errors.LMUnexpectedError() if error.__cause__ is not None:
                # What our engines raise passes through DSPy in a wrapping.
                raise error.__cause__
            case _errors.LMRateLimitError():
                message, hint = f"Nothing was read: {label} is busy{status}.", None
            case _errors.LMTimeoutError():
                message, hint = f"Nothing was read: {label} took too long{status}.", None
            case _errors.LMTransportError():
                message = f"Nothing was read: {label} cannot be reached."
                hint = "Start the server, check the address, or use: charlie model use built-in"
            case _errors.LMServerError():
                message, hint = f"Nothing was read: {label} failed{status}.", None
            case _errors.LMAuthError():
                message = f"Nothing was read: {label} refuses the key{status}."
                hint = "Set CHARLIE_API_KEY to the server's key, or keep it in the keyring."
                raise ModelError(message, safe=_SAFE, hint=hint) from error
            case _errors.LMUnsupportedModelError():
                message = f"Nothing was read: there is no such thing as {label}{status}."
                hint = "Check the model's name and the address: charlie model list"
                raise ModelError(message, safe=_SAFE, hint=hint) from error
            case _:
                message = f"Nothing was read: {label} does not work{status}."
                hint = "Look into the server's log, or choose another: charlie model use"
                raise ModelError(message, safe=_SAFE, hint=hint) from error
        raise ModelUnavailableError(
            message, safe=_SAFE, hint=hint, retry_after=error.retry_after
        ) from error


class _Extraction:
    """How far one text is extracted, and what was found in it."""

    def __init__(
        self,
        text: str,
        progress: Callable[[int, int], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self.text = text
        self._progress = progress
        self._cancelled = cancelled
        self._sightings = Sightings()
        self._done = 0

    def ask(self, program: ExtractNodes, chunk: Chunk, hints: Mapping[str, str]) -> None:
        """Extract one chunk."""
        length = chunk.end - chunk.start
        entry = self.text[chunk.start : chunk.end]
        with watched(
            lambda share: self._report(chunk.start + int(length * share * _PROMPT_SHARE)),
            self._cancelled,
        ):
            names = program(entry=entry, **hints).names
        self._sightings.add(names.by_type())
        self._report(chunk.end)

    def finish(self) -> list[Span]:
        """Return where the text mentions what was found."""
        self._report(len(self.text))
        if self._progress and not self.text:
            self._progress(0, 0)
        return locate(self.text, self._sightings.types())

    def _report(self, place: int) -> None:
        if place > self._done:
            self._done = place
            if self._progress:
                self._progress(place, len(self.text))


def _mentioned(known: Mapping[str, EntityType], text: str) -> str:
    """Return the known names that a text may mention, as a hint; the longest, if there are many."""
    lower = text.lower()
    names: Iterable[str] = (name for name in known if name.lower() in lower)
    names = sorted(names, key=lambda name: (-len(name), name))[:_MOST_KNOWN]
    return ", ".join(f"{name} ({known[name].lower()})" for name in names)
