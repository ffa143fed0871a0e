"""Whether a model fits into memory, said before llama.cpp tries.

A model that does not fit makes the machine swap until nothing moves, or the kernel end some
process, before llama.cpp ever reports an error.
"""

from __future__ import annotations

import logging
from pathlib import Path

from backend import settings
from backend.errors import ModelError
from backend.inference.gguf.hardware import available_memory, gpu_support
from backend.inference.gguf.model_info import FileInfo

log = logging.getLogger("charlie.model")


def require_memory(path: Path, info: FileInfo, context: int) -> bool:
    """Return whether the model will lie on a GPU, in whole or in part.

    Raises:
        ModelError: it will not fit, with the numbers.
    """
    needed = info.memory(context)
    support = gpu_support()
    layers = settings.LLAMA_CPP_GPU_LAYERS
    on_gpu = bool(support.is_built_in and support.devices and layers)
    log.info("%s needs about %.1f GB. %s", path.name, needed / 1e9, support.sentence)
    if support.hint:
        log.info("%s", support.hint)
    if on_gpu and (layers < 0 or layers > info.layers):
        free = sum(device.free for device in support.devices)
        if needed > free:
            _refuse(
                path,
                needed,
                free,
                "on the GPU",
                f"set LLAMA_GPU_LAYERS to less than {info.layers + 1} to put a part of it there",
            )
        return True
    if on_gpu:
        needed = needed * (info.layers + 1 - layers) // (info.layers + 1)
    room = available_memory()
    if needed > room:
        _refuse(path, needed, room, "of memory", "close other programs")
    return on_gpu


def _refuse(path: Path, needed: int, free: int, where: str, remedy: str) -> None:
    raise ModelError(
        f"The model {path.name} needs about {needed / 1e9:.1f} GB {where}, "
        f"and {free / 1e9:.1f} GB are free.",
        safe="Your entries are untouched; they are read when a model works again.",
        hint=f"Choose a smaller model, set LLAMA_CTX_SIZE to less, or {remedy}.",
    )
