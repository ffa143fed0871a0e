"""The names a user may give a model, and what they stand for."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from backend.errors import ModelError, UsageError

BUILT_IN = "built-in"

# Shipped with the package.
_BUILT_IN_FILE = Path(__file__).parent / "data" / "built-in.gguf"


class ModelKind(StrEnum):
    """How a model is run."""

    TAGGER = "tagger"


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model that can be loaded: its name, how it is run, its file, and a line about it."""

    name: str
    kind: ModelKind
    path: Path
    description: str


def resolve(name: str | None = None) -> ModelSpec:
    """Return the model of a name: `built-in` (also for None) or the path of a `.gguf` file.

    The file is not opened here. Raises `UsageError` for a name that is neither, and
    `ModelError` for a path where no file is.
    """
    if name is None or name == BUILT_IN:
        return ModelSpec(
            BUILT_IN,
            ModelKind.TAGGER,
            _BUILT_IN_FILE,
            "the tagger that comes with Charlie: offline, on any processor",
        )
    if not name.lower().endswith(".gguf"):
        raise UsageError(
            f"There is no model called {name!r}.",
            hint=f"Use {BUILT_IN!r} or the path of a .gguf file.",
        )
    path = Path(name).expanduser()
    if not path.is_file():
        raise ModelError(
            f"There is no model file at {path}.",
            safe="Your entries are untouched.",
            hint=f"Check the path, or use {BUILT_IN!r}.",
        )
    return ModelSpec(name, ModelKind.TAGGER, path, "a tagger from a local file")
