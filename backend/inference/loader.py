"""Loading what the catalog names, and looking at it without loading it."""

import json
from dataclasses import dataclass

from backend.inference.catalog import ModelSpec
from backend.inference.modelfile import damaged, read_model_file
from backend.inference.tagger import Tagger

# F1 in percent and number of mentions: set -> type (or "all") -> "strict", "relaxed", "mentions".
Scores = dict[str, dict[str, dict[str, float]]]


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What a tagger's file says of itself; `size` in bytes."""

    version: str
    size: int
    scores: Scores


def load_tagger(spec: ModelSpec, *, threads: int | None = None) -> Tagger:
    """Load a tagger; the caller closes it.

    llama.cpp's log goes to the logger `charlie.llama`. Raises `ModelError` if the file is
    missing, damaged or of another kind.
    """
    return Tagger(spec.path, threads=threads)


def read_info(spec: ModelSpec) -> ModelInfo:
    """Return what a tagger's file says of itself, without llama.cpp.

    Raises `ModelError` if the file is missing, damaged or of another kind.
    """
    file = read_model_file(spec.path)
    try:
        scores: Scores = json.loads(file.text("charlie.scores"))
    except json.JSONDecodeError:
        damaged(spec.path, "its scores are malformed")
    return ModelInfo(file.text("charlie.version"), spec.path.stat().st_size, scores)
