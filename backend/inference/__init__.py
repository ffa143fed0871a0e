"""Models that read entries. Stateless: whoever loads a model closes it.

Importing this package is cheap: numpy and llama.cpp are imported by the modules that compute,
and those only when a model is loaded (`load_model`).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backend.inference.tagger import Tagger

# numpy's BLAS and llama.cpp's OpenMP threads would spin against each other: 4.5 entries a second
# instead of 27 on two processors. It must be set before numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def load_model(name: str | None = None) -> Tagger:
    """Load a model by name: `built-in` (the default) or the path of a `.gguf` file.

    The screen's process must not import numpy and llama.cpp, hence the imports inside. Raises
    `UsageError` for an unknown name and `ModelError` for a file that cannot be used.
    """
    from backend.inference.catalog import resolve  # noqa: PLC0415
    from backend.inference.loader import load_tagger  # noqa: PLC0415

    return load_tagger(resolve(name))
