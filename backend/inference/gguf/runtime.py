"""The one door to llama.cpp.

`llama_cpp` takes 130 ms to import and must never be loaded into the screen's process, so it is
imported inside a function here, the exception to the rule that imports stand at the top.
llama.cpp writes its log to stderr, which belongs to the user's terminal: it is sent to the
logger `charlie.llama` instead.
"""

import ctypes
import logging
from functools import cache
from types import ModuleType
from typing import Any

log = logging.getLogger("charlie.llama")
# Without a handler Python would print warnings to stderr.
log.addHandler(logging.NullHandler())

# ggml's log levels (enum ggml_log_level in ggml.h). Its "info" is a report of every tensor.
_LEVELS = {1: logging.DEBUG, 2: logging.DEBUG, 3: logging.WARNING, 4: logging.ERROR}

# What llama.cpp calls must outlive the function that made it.
_kept: list[Any] = []


@cache
def llama_cpp() -> ModuleType:
    """Import llama.cpp's bindings once, start its backend and take over its log."""
    import llama_cpp as library  # noqa: PLC0415

    callback = library.llama_log_callback(_record)
    _kept.append(callback)
    library.llama_log_set(callback, ctypes.c_void_p(0))
    library.llama_backend_init()
    return library


def _record(level: int, text: bytes, _data: object) -> None:
    """Pass one message of llama.cpp on."""
    message = text.decode("utf-8", errors="replace").rstrip()
    if message.strip("."):
        log.log(_LEVELS.get(level, logging.DEBUG), "%s", message)
