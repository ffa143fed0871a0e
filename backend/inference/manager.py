"""The worker's model: loaded for the first entry, kept while work remains, freed with the last.

For the worker alone. There are no timers: each finished task calls `cleanup_if_no_work`. Every
function may be called from any thread. A model in this process is used by one thread at a
time; one that another program runs, by as many as ask.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from backend.database import redis_ops
from backend.database.redis import episodes
from backend.errors import CharlieError, ModelError, UsageError
from backend.inference import loader
from backend.inference.hints import AskHints
from backend.inference.loader import Extractor
from backend.inference.models.routing import Route, Router, parallel
from backend.inference.tagger.tagger import Tagger
from backend.records import Span

T = TypeVar("T")

# llama.cpp's threads wait for one another by spinning, several times a layer. Where something
# else wants the processor too, which outranks the worker, the one that is not running holds up
# all: two threads took 24 s for 500 words that one extracted in 0.3 s.
_THREADS = 1

log = logging.getLogger("charlie.model")


@dataclass(eq=False, slots=True)
class LoadedModel:
    """A model that is ready, and the identity under which its extractions are stored.

    `route` says whether it is the chosen model, or stands in for it. `users` counts the threads
    that wait for the answers of another program.
    """

    identity: str
    route: Route
    extractor: Extractor
    users: int = 0


#: What is loaded, by role. "llm" is what extracts entries, whatever kind of model it is.
MODELS: dict[str, LoadedModel | None] = {"llm": None}

# Held while a model is loaded or freed, and while one in this process is used: llama.cpp is not
# thread-safe, and freeing a model that is in use ends the process.
lock = threading.RLock()

_listeners: list[Callable[[str], None]] = []
_load_listeners: list[Callable[[float], None]] = []
_router = Router()


def on_change(listener: Callable[[str], None]) -> None:
    """Call `listener` with "loading", "warm" or "unloaded" whenever that changes."""
    _listeners.append(listener)


def on_loading(listener: Callable[[float], None]) -> None:
    """Call `listener`, often, with the share of a language model that is loaded."""
    _load_listeners.append(listener)


def try_again() -> None:
    """Try the chosen model for the next entry, even if it failed a moment ago."""
    _router.forget()


def retry_at() -> float | None:
    """When the chosen model is tried again (`time.monotonic`); None if it has not failed."""
    return _router.retry_at()


def loaded_route() -> Route | None:
    """Which model is loaded, and why that one; None if none is."""
    loaded = MODELS["llm"]
    return None if loaded is None else loaded.route


def threads_at_once() -> int:
    """Return how many threads can use the model whose turn it is; nothing is loaded."""
    try:
        route = _router.route()
    except (ModelError, UsageError):
        return 1
    return 1 if route.spec.endpoint is None else parallel()


def may_be_interrupted() -> bool:
    """Return whether the model takes so long over an entry that it is stopped in the middle."""
    loaded = MODELS["llm"]
    return loaded is None or not isinstance(loaded.extractor, Tagger)


def next_model() -> tuple[str, Route]:
    """Return the identity of the model whose turn it is, and why that one; nothing is loaded.

    Another file under the same name is another model, and so is a language model with another
    prompt.

    Raises:
        UsageError, ModelError: there is no such model, and entries wait for it.
    """
    return _routed(lambda route: (loader.identify(route.spec), route))


def get_model(role: str = "llm", *, cancelled: Callable[[], bool] | None = None) -> LoadedModel:
    """Return the model whose turn it is, loaded if it is not. Hold `lock` while using it.

    Args:
        role: "llm", the one there is.
        cancelled: called while a language model is loaded; once it returns true, loading stops.

    Raises:
        UsageError: there is no such model.
        ModelError: it cannot be loaded, and entries wait for it.
        TaggingCancelledError: `cancelled` was true.
    """
    with lock:
        return _routed(lambda route: _load(role, route, cancelled))


def extract(
    text: str,
    *,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    hints: AskHints | None = None,
) -> tuple[LoadedModel, list[Span]]:
    """Extract a text with the model whose turn it is.

    Where the chosen model fails, the one that may stand in for it extracts the text. A model in
    this process holds `lock` meanwhile; another program's is asked by many threads at once.

    Args:
        text: the whole text.
        progress: called with the code points that are done and those in all.
        cancelled: called many times a second; once it returns true, loading or extraction stops.
        hints: called, in this thread, by a model that takes hints.

    Returns:
        The model that extracted the text, and the mentions it found, by `start`.

    Raises:
        TaggingCancelledError: `cancelled` was true.
        ModelAnswerError: this text is too much for the model; another may not be.
        UsageError, ModelError: the model cannot be loaded or fails, and entries wait.
    """

    def tag(extractor: Extractor) -> list[Span]:
        return extractor.tag(text, progress=progress, cancelled=cancelled, hints=hints)

    instead: Route | None = None
    with _borrowed(lambda: get_model(cancelled=cancelled)) as loaded:
        try:
            spans = tag(loaded.extractor)
        except ModelError as error:
            instead = _detour(loaded.route, error)
    if instead is not None:
        stand_in = instead
        with _borrowed(lambda: _load("llm", stand_in, cancelled)) as loaded:
            spans = tag(loaded.extractor)
    with lock:
        _router.worked(loaded.route)
    return loaded, spans


def unload_all_models() -> None:
    """Free every model; waits for one in this process that is in use.

    Where another program is still being asked, the last thread that asks frees the connection.
    """
    with lock:
        for role, loaded in MODELS.items():
            if loaded is not None:
                MODELS[role] = None
                if not loaded.users:
                    loaded.extractor.close()
                log.info("Freed %s.", loaded.identity)
                _notify("unloaded")


def cleanup_if_no_work() -> bool:
    """Free the models if nothing waits that may be extracted.

    A model that is in use is left to the thread that uses it, which calls this afterwards.

    Returns:
        Whether nothing waits.

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


@contextmanager
def _borrowed(choose: Callable[[], LoadedModel]) -> Iterator[LoadedModel]:
    """Yield what `choose` returns, which is not freed until the end of the block."""
    with lock:
        loaded = choose()
        if loaded.route.spec.endpoint is None:
            yield loaded
            return
        loaded.users += 1
    try:
        yield loaded
    finally:
        with lock:
            loaded.users -= 1
            if not loaded.users and loaded not in MODELS.values():
                loaded.extractor.close()


def _routed(use: Callable[[Route], T]) -> T:
    """Return `use(route)` for the model whose turn it is, or for the one that stands in for it."""
    route = _router.route()
    try:
        return use(route)
    except (ModelError, UsageError) as error:
        return use(_detour(route, error))


def _detour(route: Route, error: CharlieError) -> Route:
    with lock:
        instead = _router.failed(route, error)
    log.warning("%s stands in for %s: %s", instead.spec.name, instead.instead_of, error)
    return instead


def _load(role: str, route: Route, cancelled: Callable[[], bool] | None) -> LoadedModel:
    identity = loader.identify(route.spec)
    loaded = MODELS[role]
    if loaded is not None and loaded.identity == identity and loaded.route == route:
        return loaded
    unload_all_models()
    _notify("loading")
    try:
        extractor = loader.load(
            route.spec, threads=_THREADS, progress=_report_share, cancelled=cancelled
        )
        loaded = MODELS[role] = LoadedModel(identity, route, extractor)
    finally:
        _notify("unloaded" if MODELS[role] is None else "warm")
    log.info("Loaded %s.", identity)
    return loaded


def _report_share(share: float) -> None:
    for listener in _load_listeners:
        listener(share)


def _notify(state: str) -> None:
    for listener in _listeners:
        listener(state)
