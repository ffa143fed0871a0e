"""The worker's model: loaded for the first entry, kept while work remains, freed with the last.

For the worker alone. No timers: whoever finishes a piece of work calls `cleanup_if_no_work`.
Every function may be called from any thread; one model is used by one thread at a time.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from backend import settings
from backend.database import episodes, redis_ops
from backend.database.preferences import get_preference
from backend.errors import ModelError
from backend.inference.catalog import resolve
from backend.inference.loader import load_tagger
from backend.inference.tagger import Tagger

#: The user's choice of a model, a name that `backend.inference.load_model` knows.
MODEL_PREFERENCE = "model"

# llama.cpp's threads wait for one another by spinning, several times a layer. Where something
# else wants the processor too, which outranks the worker, the one that is not running holds up
# all: two threads took 24 s for 500 words that one read in 0.3 s.
_THREADS = 1

log = logging.getLogger("charlie.model")


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model in memory and the identity under which its readings are stored."""

    identity: str
    tagger: Tagger


#: What is loaded, by role. "llm" is what reads entries, whatever kind of model it is.
MODELS: dict[str, LoadedModel | None] = {"llm": None}

# Held while a model is loaded, used or freed: freeing one that is in use ends the process.
lock = threading.RLock()

_listeners: list[Callable[[str], None]] = []


def on_change(listener: Callable[[str], None]) -> None:
    """Call `listener` with "loading", "warm" or "unloaded" whenever that changes."""
    _listeners.append(listener)


def chosen_name() -> str | None:
    """The name of the model that the user wants; None for the one that comes with Charlie."""
    name = settings.MODEL_OVERRIDE or get_preference(MODEL_PREFERENCE)
    return str(name) if name else None


def chosen_identity() -> str:
    """The identity of the model that reads, without loading it.

    Another file under the same name is another model.

    Raises:
        UsageError, ModelError: there is no such model.
    """
    spec = resolve(chosen_name())
    try:
        status = spec.path.stat()
    except OSError as error:
        raise ModelError(
            f"The model file {spec.path} cannot be read: {error.strerror}.",
            safe="Your entries are safe; only the reading of names waits.",
            hint="Install Charlie again, or choose another model.",
        ) from error
    return f"{spec.name}:{status.st_size}:{status.st_mtime_ns}"


def get_model(role: str = "llm") -> LoadedModel:
    """The model that the user chose, loaded if it is not. Keep `lock` while using it.

    Raises:
        UsageError: there is no such model.
        ModelError: its file is missing, damaged or of a kind that cannot be used.
    """
    with lock:
        identity = chosen_identity()
        loaded = MODELS[role]
        if loaded is not None and loaded.identity == identity:
            return loaded
        unload_all_models()
        _tell("loading")
        try:
            loaded = MODELS[role] = LoadedModel(
                identity, load_tagger(resolve(chosen_name()), threads=_THREADS)
            )
        finally:
            _tell("unloaded" if MODELS[role] is None else "warm")
        log.info("Loaded %s.", identity)
        return loaded


def unload_all_models() -> None:
    """Free every model; waits for one that is in use."""
    with lock:
        for role, loaded in MODELS.items():
            if loaded is not None:
                MODELS[role] = None
                loaded.tagger.close()
                log.info("Freed %s.", loaded.identity)
                _tell("unloaded")


def cleanup_if_no_work() -> bool:
    """Free the models if nothing waits that may be read; whether that is so.

    A model that is in use is left to its user, who calls this afterwards.

    Raises:
        RedisUnavailableError: Redis cannot be reached; nothing is freed.
    """
    if redis_ops.get_inference_enabled() and episodes.count_by_status(episodes.PENDING):
        return False
    if lock.acquire(blocking=False):
        try:
            unload_all_models()
        finally:
            lock.release()
    return True


def _tell(state: str) -> None:
    for listener in _listeners:
        listener(state)
