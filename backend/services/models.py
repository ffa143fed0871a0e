"""The models: which there are, which one extracts, and getting more of them.

For both interfaces. Nothing here imports llama.cpp or DSPy but `describe_machine` and
`evaluate_model`, which are for the command line alone; nothing touches the network but
`download_model`, which the user calls for. Endpoints are in `endpoints`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from backend import preferences, settings
from backend.database.journal.preferences import set_preference
from backend.errors import ModelError, NotFoundError, UsageError
from backend.inference import evaluation, load_model
from backend.inference.evaluation import Evaluation
from backend.inference.models import api_keys, download, hub, own_models, routing
from backend.inference.models.catalog import ModelKind, ModelSpec, known_models, resolve
from backend.inference.models.offers import BUILT_IN, DEFAULT_OFFER
from backend.inference.models.own_models import OwnModel
from backend.preferences import MOST_PARALLEL
from backend.records import EntityType, Fallback
from backend.services.supervision import scheduling

__all__ = [
    "BUILT_IN",
    "DEFAULT_OFFER",
    "MOST_PARALLEL",
    "Evaluation",
    "Fallback",
    "Machine",
    "ModelDetails",
    "ModelState",
    "ModelSummary",
    "add_file",
    "add_hub_file",
    "choose_model",
    "chosen_model",
    "describe_machine",
    "describe_model",
    "download_model",
    "evaluate_model",
    "get_fallback",
    "get_parallel",
    "list_models",
    "remove_model",
    "set_fallback",
    "set_parallel",
]


class ModelState(StrEnum):
    """Whether a model can be used."""

    READY = "ready"
    ELSEWHERE = "elsewhere"  # an endpoint: another program runs it
    BEGUN = "begun"  # a part of its file is downloaded
    ABSENT = "absent"  # to be downloaded
    MISSING = "missing"  # a local file that is no longer there


@dataclass(frozen=True, slots=True)
class ModelSummary:
    """A model as a list shows it.

    `kind` is "tagger", "gguf" or "endpoint". `size` is its file's, `fetched` what is there of a
    download that was begun, `memory` what it takes with the configured context; bytes, None where
    unknown. `place` is its file's path, or its URL.
    """

    name: str
    kind: str
    description: str
    state: ModelState
    is_chosen: bool
    size: int | None
    fetched: int
    memory: int | None
    licence: str | None
    place: str


@dataclass(frozen=True, slots=True)
class ModelDetails:
    """Everything there is to say of a model.

    `context` is the most tokens it was trained to see at once and `used_context` what it is given
    here; None where unknown. `served_model` is what an endpoint is asked for. `source` is the
    page it comes from.
    """

    summary: ModelSummary
    title: str | None = None
    architecture: str | None = None
    context: int | None = None
    used_context: int | None = None
    layers: int | None = None
    served_model: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Machine:
    """What this machine offers a model: memory in bytes, and sentences about its GPU."""

    memory: int | None
    offloads: bool
    gpu: str
    hint: str | None


def list_models() -> list[ModelSummary]:
    """Every model that has a name: the built-in one, those on offer, the user's own."""
    chosen = chosen_model()
    specs = known_models()
    if not any(spec.name == chosen for spec in specs):
        with suppress(UsageError, ModelError):
            specs.append(resolve(chosen))  # a path in CHARLIE_MODEL, say
    return [_summary(spec, chosen) for spec in specs]


def describe_model(name: str | None = None) -> ModelDetails:
    """Return what is known of a model, the chosen one if None; reads the header of its file.

    Raises:
        UsageError, ModelError: there is no such model, or its file is damaged.
    """
    spec = resolve(name or chosen_model())
    summary = _summary(spec, chosen_model())
    if spec.endpoint is not None:
        return ModelDetails(summary, served_model=spec.endpoint.model)
    source = f"{hub.endpoint()}/{spec.file.repo}" if spec.file else None
    if summary.state is not ModelState.READY:
        return ModelDetails(summary, used_context=settings.LLAMA_CPP_N_CTX, source=source)
    # numpy, which reads the header, takes 80 ms to import; lists do without.
    from backend.inference.gguf.model_info import read_file_info  # noqa: PLC0415

    info = read_file_info(spec.local_file())
    if info.is_tagger:
        return ModelDetails(summary, info.title or None, info.architecture, source=source)
    context = info.context or None
    used = min(settings.LLAMA_CPP_N_CTX, context or settings.LLAMA_CPP_N_CTX)
    return ModelDetails(
        _summary(spec, chosen_model(), memory=info.memory(used), licence=info.licence),
        info.title or None,
        info.architecture or None,
        context,
        used,
        info.layers or None,
        source=source,
    )


def describe_machine() -> Machine:
    """Return what this machine and this build of llama.cpp offer; takes 130 ms."""
    # llama.cpp must never be loaded into the screen's process.
    from backend.inference.gguf import hardware  # noqa: PLC0415

    support = hardware.gpu_support()
    return Machine(hardware.available_memory(), support.is_built_in, support.sentence, support.hint)


def chosen_model() -> str:
    """Return the name of the chosen model: `CHARLIE_MODEL`, else the user's choice."""
    return routing.chosen_name()


def choose_model(name: str) -> ModelSummary:
    """Have entries extracted with this model from now on.

    What was found before stays until entries are extracted again (see `reextraction`).

    Raises:
        UsageError: there is no such model.
        ModelError: its file is not there.
    """
    spec = resolve(name)
    if spec.endpoint is None:
        path = spec.local_file()
        if spec.name == name and name not in {known.name for known in known_models()}:
            spec = replace(spec, name=str(path.absolute()))  # a path: true from every folder
    set_preference(preferences.MODEL, spec.name)
    scheduling.wake()
    return _summary(spec, chosen_model())


def get_fallback() -> Fallback:
    """Return what happens to entries while the chosen model cannot be used."""
    return routing.fallback()


def set_fallback(fallback: Fallback) -> None:
    """Have entries wait for the chosen model, or use the built-in one meanwhile."""
    set_preference(preferences.FALLBACK, fallback)
    scheduling.wake()


def get_parallel() -> int:
    """Return how many entries an endpoint extracts at once; a model in the worker does one."""
    return routing.parallel()


def set_parallel(number: int) -> None:
    """Let an endpoint extract so many entries at once, from the next one on.

    Raises:
        UsageError: that is not from 1 to `MOST_PARALLEL`.
    """
    if not 1 <= number <= MOST_PARALLEL:
        raise UsageError(
            f"An endpoint reads from 1 to {MOST_PARALLEL} entries at once, not {number}."
        )
    set_preference(preferences.PARALLEL, number)
    scheduling.wake()


def add_file(path: Path, *, name: str | None = None) -> str:
    """Give a local `.gguf` file a name, by which it can be chosen; returns the name.

    Raises:
        UsageError: the name is taken or cannot be one.
        ModelError: there is no such file.
    """
    spec = ModelSpec(str(path), ModelKind.GGUF, "", path.expanduser().absolute())
    found = spec.local_file()
    name = (name or own_models.name_from(found.name)).lower()
    own_models.keep_own_model(OwnModel(name, path=found))
    return name


def add_hub_file(text: str, *, name: str | None = None) -> str:
    """Give a file of the hub a name, by which it can be downloaded; returns the name.

    Args:
        text: "OWNER/REPOSITORY/FILE.gguf", or the address of the file's page.
        name: made of the file's if None.

    Raises:
        UsageError: `text` names no GGUF file, or the name is taken or cannot be one.
    """
    file = hub.parse_hub_file(text)
    if file is None:
        raise UsageError(
            f"“{text}” is neither a model's name nor a file on the hub.",
            hint="Names: charlie model list. A file on the hub: OWNER/REPOSITORY/FILE.gguf",
        )
    for spec in known_models():
        if spec.file == file:
            return spec.name
    name = (name or own_models.name_from(file.name)).lower()
    own_models.keep_own_model(OwnModel(name, file=file))
    return name


def download_model(
    name: str,
    *,
    progress: Callable[[int, int, float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> ModelSummary:
    """Fetch a model's file, going on where an earlier download ended; blocks.

    Args:
        name: of a model on offer, or one that `add_hub_file` named.
        progress: called with bytes done, bytes in all, bytes a second.
        cancelled: asked ten times a second; once it is true, the download stops.

    Raises:
        UsageError: there is no such model, or it is not one that is downloaded.
        DownloadCancelledError: `cancelled` was true; what was fetched is kept.
        ModelError: the hub, the network or the disk stood in the way.
    """
    spec = resolve(name)
    if spec.file is None:
        raise UsageError(
            f"“{spec.name}” is not a model that is downloaded.",
            hint="See: charlie model list",
        )
    download.download(spec.file, progress=progress, cancelled=cancelled)
    return _summary(spec, chosen_model())


def remove_model(name: str) -> int:
    """Delete a downloaded model's file, and forget one that the user added; bytes freed.

    A local file that the user only pointed at is not deleted. If it was the chosen one, the
    built-in model is used from now on.

    Raises:
        UsageError: there is no such model, or it is the built-in one.
        StorageError: the file cannot be deleted.
    """
    own = own_models.find_own_model(name)
    spec = next((known for known in known_models() if known.name == name.lower()), None)
    if spec is None:
        raise NotFoundError(f"There is no model called “{name}”.", hint="charlie model list")
    if spec.name == BUILT_IN:
        raise UsageError("The built-in model is a part of Charlie and cannot be removed.")
    freed = download.remove(spec.file) if spec.file else 0
    if own is not None:
        own_models.forget_own_model(own.name)
        if own.endpoint is not None:
            api_keys.forget_api_key(own.endpoint.url)
    if routing.chosen_name() == spec.name and not settings.MODEL_OVERRIDE:
        set_preference(preferences.MODEL, BUILT_IN)
        scheduling.wake()
    return freed


def evaluate_model(
    data: Path,
    *,
    name: str | None = None,
    types: Collection[EntityType] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Score a model on annotated texts (`backend.inference.evaluation` says of what format).

    Args:
        data: a file of JSON lines.
        name: the chosen model if None.
        types: what counts; the types that occur in the data if None.
        progress: called with entries done and those in all.

    Raises:
        NotFoundError, UsageError: the data or the model is not there or not usable.
        ModelError: the model cannot be loaded or run.
    """
    gold = evaluation.read_gold(data)
    counted = types or evaluation.annotated_types(gold)
    with load_model(name or chosen_model()) as extractor:
        return evaluation.evaluate(extractor.tag, gold, counted, progress)


def _summary(
    spec: ModelSpec, chosen: str, *, memory: int | None = None, licence: str | None = None
) -> ModelSummary:
    size = _size(spec.location)
    offer = spec.offer
    if memory is None and offer is not None:
        memory = offer.memory(settings.LLAMA_CPP_N_CTX)
    return ModelSummary(
        spec.name,
        spec.kind.value,
        spec.description,
        _state(spec, size),
        spec.name == chosen.lower() or spec.name == chosen,
        size if size is not None else offer.size if offer else None,
        download.partial_size(spec.file) if spec.file and size is None else 0,
        memory,
        licence or (offer.licence if offer else None),
        spec.endpoint.url if spec.endpoint else str(spec.location),
    )


def _state(spec: ModelSpec, size: int | None) -> ModelState:
    if spec.endpoint is not None:
        return ModelState.ELSEWHERE
    if size is not None:
        return ModelState.READY
    if spec.file is None:
        return ModelState.MISSING
    return ModelState.BEGUN if download.partial_size(spec.file) else ModelState.ABSENT


def _size(path: Path | None) -> int | None:
    try:
        return path.stat().st_size if path else None
    except OSError:
        return None
