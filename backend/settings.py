"""Settings that come from the environment; what the user switches on screen is in SQLite.

A value that cannot be used raises `SettingsError` when this module is first imported, which every
command does; the entry point (`charlie.py`) shows it as a sentence and ends with exit code 2.
"""

from __future__ import annotations

import os
from typing import Final, NamedTuple

from backend.errors import SettingsError

_ON = frozenset({"1", "on", "true", "yes"})
_OFF = frozenset({"0", "off", "false", "no"})


def _integer(name: str, default: int, *, low: int, high: int) -> int:
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    try:
        number = int(value)
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise SettingsError(
            f"{name} is “{value}”; it must be a whole number from {low} to {high}.",
            safe="Nothing was started.",
            hint=f"Correct it, or unset it to use {default}.",
        )
    return number


def _switch(name: str, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in _ON or value in _OFF:
        return value in _ON
    raise SettingsError(
        f"{name} is “{value}”; it must be on or off.",
        safe="Nothing was started.",
        hint=f"Correct it, or unset it to use {'on' if default else 'off'}.",
    )


class ModelConfig(NamedTuple):
    """How an LLM generates: `max_tokens` per answer, `temperature` 0 for repeatable readings."""

    max_tokens: int = 1024
    temperature: float = 0.0


#: Hugging Face repository and quantisation of the LLM that is offered for download.
MODEL_REPO_ID: Final = "unsloth/Qwen3-4B-Instruct-2507-GGUF"
MODEL_QUANTIZATION: Final = "Q4_K_M"

#: Context size in tokens of an LLM run by llama.cpp.
LLAMA_CPP_N_CTX: Final = _integer("LLAMA_CTX_SIZE", 8192, low=512, high=1_048_576)
#: Layers put on the GPU; -1 means all, and is harmless on a build without one.
LLAMA_CPP_GPU_LAYERS: Final = _integer("LLAMA_GPU_LAYERS", -1, low=-1, high=10_000)
#: Whether llama.cpp's debug messages are logged too.
LLAMA_CPP_VERBOSE: Final = _switch("LLAMA_VERBOSE", False)
MODEL_CONFIG: Final = ModelConfig()

#: llama.cpp is not thread-safe: one thread, whatever the machine.
HUEY_WORKER_TYPE: Final = "thread"
HUEY_WORKERS: Final = 1

#: Name or path of the model that reads, before what the user chose on screen.
MODEL_OVERRIDE: Final = os.environ.get("CHARLIE_MODEL", "").strip() or None
#: Redis of the user's own; None means the embedded one.
REDIS_URL: Final = os.environ.get("CHARLIE_REDIS_URL", "").strip() or None
#: Off: this process starts no worker (the journal is written and read as ever).
WORKER_ENABLED: Final = _switch("CHARLIE_WORKER", True)
