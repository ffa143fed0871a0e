"""Extracts a text that is no entry: nothing is stored, no Redis, no worker."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from backend.inference import load_model
from backend.inference.models import routing
from backend.records import Span


class TextExtractor:
    """A loaded model for many texts: `with TextExtractor() as extractor: extractor.extract(line)`.

    Args:
        model: a model's name or the path of a `.gguf` file; CHARLIE_MODEL or the user's choice
            if None.

    Raises:
        UsageError: there is no model of that name.
        ModelError: its file is missing, damaged or of a kind that cannot be used.
        StorageError: there is a journal, and the user's choice in it cannot be read.
    """

    def __init__(self, model: str | None = None) -> None:
        self._extractor = load_model(model or routing.chosen_name())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def extract(self, text: str) -> list[Span]:
        """Return the mentions in `text`, by `start`; offsets are code points of it as given."""
        return self._extractor.tag(text)

    def close(self) -> None:
        """Free the model; further calls do nothing."""
        self._extractor.close()
