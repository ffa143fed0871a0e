"""Loading what the catalog names."""

from backend.inference.catalog import ModelSpec
from backend.inference.tagger import Tagger


def load_tagger(spec: ModelSpec, *, threads: int | None = None) -> Tagger:
    """Load a tagger; the caller closes it.

    llama.cpp's log goes to the logger ``charlie.llama``. Raises ``ModelError`` if the file is
    missing, damaged or of another kind.
    """
    return Tagger(spec.path, threads=threads)
