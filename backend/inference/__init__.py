"""Models that extract entries. Stateless: the caller that loads a model closes it.

Importing this package is cheap: numpy, llama.cpp and DSPy are imported by the modules that
compute, and those only when a model is loaded (`load_model`) or `DspyLM` is asked for.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backend.inference.llm.dspy_lm import DspyLM
    from backend.inference.loader import Extractor

__all__ = ["DspyLM", "load_model"]

# numpy's BLAS and llama.cpp's OpenMP threads would spin against each other: 4.5 entries a second
# instead of 27 on two processors. It must be set before numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# OpenMP's threads would spin while they wait for one another, which on a busy machine is until
# the scheduler gets to them: 1.4 to 1.9 entries a second instead of 10 to 11 on two processors
# shared with others. It must be set before llama.cpp is first imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def load_model(name: str | None = None) -> Extractor:
    """Load a model by name (`charlie model list` shows them), or the path of a `.gguf` file.

    Without a name it is the built-in tagger. An endpoint is not asked for anything yet. The
    screen's process must not import numpy and llama.cpp, hence the imports inside. Raises
    `UsageError` for an unknown name and `ModelError` for a file that cannot be used.
    """
    from backend.inference.loader import load  # noqa: PLC0415
    from backend.inference.models.catalog import resolve  # noqa: PLC0415

    return load(resolve(name))


def __getattr__(name: str) -> object:
    # DSPy takes 0.5 s to import.
    if name == "DspyLM":
        from backend.inference.llm.dspy_lm import DspyLM  # noqa: PLC0415

        return DspyLM
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
