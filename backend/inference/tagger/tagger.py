"""The built-in tagger: text in, spans out."""

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from backend.errors import TaggingCancelledError
from backend.inference.gguf.modelfile import damaged, read_model_file
from backend.inference.hints import AskHints
from backend.inference.tagger.decoding import (
    Scores,
    forbidden_transitions,
    log_probabilities,
    spans,
)
from backend.inference.tagger.encoder import Encoder
from backend.inference.tagger.head import Head
from backend.inference.tagger.shapes import NOTHING, line_style, word_shapes
from backend.inference.tagger.windows import LONGEST_WINDOW, stretches, windows
from backend.inference.tagger.wordpiece import Word, WordPiece, original_tokens
from backend.records import EntityType, Span

# The format of a model file, which Charlie and the training must agree on; raised on a change.
FORMAT = 1

# A window is so short that more threads wait for one another longer than they compute.
MOST_THREADS = 4


class Tagger:
    """A model file, loaded and ready to tag texts.

    `threads` is how many threads compute (default: the processors this process may use, at
    most `MOST_THREADS`). Raises `ModelError` if the file is missing, damaged or no tagger.
    One thread tags at a time; others wait.
    """

    def __init__(self, path: Path, *, threads: int | None = None) -> None:
        file = read_model_file(path)
        if file.number("charlie.format") != FORMAT:
            damaged(path, "it was made for another version of Charlie")
        file.verify()
        self.version = file.text("charlie.version")
        self._head = Head(file)
        self._labels = self._head.labels
        if any(label[2:] not in EntityType.__members__ for label in self._labels[1:]):
            damaged(path, "its labels are unknown")
        self._penalty = forbidden_transitions(self._labels)
        self._tokenizer = WordPiece(original_tokens(file.texts("tokenizer.ggml.tokens")))
        count = threads or min(MOST_THREADS, _processors())
        self._encoder = Encoder(path, self._head.width, LONGEST_WINDOW, count)
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def tag(
        self,
        text: str,
        *,
        progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        hints: AskHints | None = None,
    ) -> list[Span]:
        """Return the mentions in `text`, in order, not overlapping.

        Offsets are code points; no span is empty or has whitespace at an edge. `progress` is
        called with the code points that are done and those in all, at least once, at the end.
        `cancelled` is asked before every window (under 0.1 s each); if it answers true,
        `TaggingCancelledError` is raised. `hints` is not asked: a tagger takes none. Raises
        `RuntimeError` after `close`.
        """
        found: list[Span] = []
        with self._lock:
            for start, end in stretches(text):
                words = self._tokenizer.words(text, start, end)
                if words:
                    scores = self._read(text, words, line_style(text[start:end]), cancelled)
                    found += spans(text, words, scores, self._labels, self._penalty)
                if progress:
                    progress(end, len(text))
        if progress:
            progress(len(text), len(text))
        return found

    def close(self) -> None:
        """Free the model; further calls do nothing."""
        with self._lock:
            self._encoder.close()

    def _read(
        self,
        text: str,
        words: Sequence[Word],
        style: int,
        cancelled: Callable[[], bool] | None,
    ) -> Scores:
        """Return the log-probabilities, words × labels."""
        shapes = word_shapes(text, words)
        rows = []
        for window in windows(words):
            if cancelled and cancelled():
                raise TaggingCancelledError("Reading was stopped.", safe="Nothing was changed.")
            part = slice(window.first, window.last)
            scores = self._window(words[part], shapes[part], style)
            rows.append(scores[window.begin - window.first : window.end - window.first])
        return log_probabilities(np.concatenate(rows))

    def _window(self, words: Sequence[Word], shapes: Sequence[int], style: int) -> Scores:
        """Return the scores, words × labels, of one window."""
        pieces = [self._tokenizer.start]
        forms = [NOTHING]
        firsts = []
        for word, shape in zip(words, shapes, strict=True):
            firsts.append(len(pieces))
            pieces += word.pieces
            forms += [shape] * len(word.pieces)
        pieces.append(self._tokenizer.end)
        forms.append(NOTHING)
        states = self._encoder.encode(self._head.inputs(pieces, forms, style))
        return self._head.scores(states[firsts], shapes)


def _processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
