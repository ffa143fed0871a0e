"""Loads the models that the catalog names, and inspects their files without loading them."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from backend.inference.gguf.model_info import read_file_info
from backend.inference.hints import AskHints
from backend.inference.models.catalog import ModelKind, ModelSpec
from backend.inference.tagger.tagger import Tagger
from backend.records import Span


class Extractor(Protocol):
    """A loaded model, whatever its kind: text in, spans out."""

    def tag(
        self,
        text: str,
        *,
        progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        hints: AskHints | None = None,
    ) -> list[Span]:
        """Return the mentions in `text`, in order, not overlapping; see `Tagger.tag`.

        `hints` is called by an extractor that takes hints, and left alone by one that takes none.
        Besides what `Tagger.tag` raises, a language model may raise `ModelAnswerError` (this text
        is too much for it), `ModelUnavailableError` (its server is away) and `ModelError`.
        """

    def close(self) -> None:
        """Free the model; further calls do nothing."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


def load(
    spec: ModelSpec,
    *,
    threads: int | None = None,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Extractor:
    """Load a model of any kind; the caller closes it.

    Args:
        spec: the model; never downloaded here.
        threads: how many threads of a tagger compute.
        progress: called with the share of a language model that is loaded, 0 to 1.
        cancelled: called while a language model is loaded; once it returns true, loading stops.

    Raises:
        ModelError: its file is missing or damaged, or memory is short.
        TaggingCancelledError: `cancelled` was true.
    """
    if is_tagger(spec):
        return load_tagger(spec, threads=threads)
    # DSPy takes 0.5 s to import, and the built-in tagger does without.
    from backend.inference.llm.dspy_lm import DspyLM  # noqa: PLC0415
    from backend.inference.llm.extractor import LanguageModelExtractor  # noqa: PLC0415

    source = spec.endpoint or spec.local_file()
    return LanguageModelExtractor(DspyLM(source, progress=progress, cancelled=cancelled))


def is_tagger(spec: ModelSpec) -> bool:
    """Return whether a model is a tagger of Charlie's; of a user's file the header is read.

    Raises:
        ModelError: its file is missing or damaged.
    """
    if spec.kind is ModelKind.GGUF:
        return _holds_tagger(spec.local_file(), spec.identity())
    return spec.kind is ModelKind.TAGGER


def identify(spec: ModelSpec) -> str:
    """Return what tells a model from any other: its file or address, and its prompt.

    Raises:
        ModelError: its file is missing or damaged.
    """
    if is_tagger(spec):
        return spec.identity()
    # DSPy takes 0.5 s to import.
    from backend.inference.llm.program import current_program, program_version  # noqa: PLC0415

    return f"{spec.identity()}:{program_version(current_program())}"


@lru_cache(maxsize=16)
def _holds_tagger(path: Path, _identity: str) -> bool:
    """Whether a file holds a tagger; its header is read again only when the file changes."""
    return read_file_info(path).is_tagger


def load_tagger(spec: ModelSpec, *, threads: int | None = None) -> Tagger:
    """Load a tagger; the caller closes it.

    llama.cpp's log goes to the logger `charlie.llama`. Raises `ModelError` if the file is
    missing, damaged or of another kind.
    """
    return Tagger(spec.path, threads=threads)
