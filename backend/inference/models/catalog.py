"""The names a user may give a model, and what they stand for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from backend import locations
from backend.errors import ModelError, UsageError
from backend.inference.models.download import local_path
from backend.inference.models.hub import HubFile
from backend.inference.models.offers import BUILT_IN, OFFERS, Offer, find_offer
from backend.inference.models.own_models import Endpoint, OwnModel, find_own_model, list_own_models

__all__ = ["BUILT_IN", "ModelKind", "ModelSpec", "known_models", "resolve"]


class ModelKind(StrEnum):
    """How a model is run."""

    TAGGER = "tagger"
    GGUF = "gguf"  # the file's header says whether it holds a tagger or a language model
    ENDPOINT = "endpoint"


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model: its name, how it is run, and a line about it.

    `location` is where its file lies, or will lie once it was downloaded from `file`; `offer` is
    set for one that Charlie offers, `endpoint` for one that another program runs.
    """

    name: str
    kind: ModelKind
    description: str
    location: Path | None = None
    file: HubFile | None = None
    offer: Offer | None = None
    endpoint: Endpoint | None = None

    @property
    def path(self) -> Path:
        """Where its file lies, or will lie.

        Raises:
            ModelError: it has none: another program runs it.
        """
        if self.location is None:
            raise ModelError(
                f"The model {self.name} is an endpoint; it cannot be loaded from a file.",
                safe="Your entries are untouched.",
                hint="Choose another model: charlie model list",
            )
        return self.location

    def local_file(self) -> Path:
        """Return the model's file, which is there.

        Raises:
            ModelError: it is not.
        """
        if self.path.is_file():
            return self.path
        if self.file is not None:
            raise ModelError(
                f"The model {self.name} is not downloaded.",
                safe="Your entries are untouched.",
                hint=f"charlie model download {self.name}",
            )
        raise ModelError(
            f"There is no model file at {self.path}.",
            safe="Your entries are untouched.",
            hint=f"Check the path, or use {BUILT_IN!r}.",
        )

    def identity(self) -> str:
        """Return what tells this model from any other, another file under the same name included.

        Raises:
            ModelError: its file is not there, or cannot be looked at.
        """
        if self.endpoint is not None:
            return f"{self.name}:{self.endpoint.url}:{self.endpoint.model}"
        path = self.local_file()
        try:
            status = path.stat()
        except OSError as error:
            raise ModelError(
                f"The model file {path} cannot be read: {error.strerror}.",
                safe="Your entries are safe; only the reading of names waits.",
                hint="Check its permissions, or choose another model: charlie model list",
            ) from error
        return f"{self.name}:{status.st_size}:{status.st_mtime_ns}"


def known_models() -> list[ModelSpec]:
    """Return the built-in model, what Charlie offers, and what the user added."""
    return [_built_in(), *map(_of_offer, OFFERS), *map(_of_own, list_own_models())]


def resolve(name: str | None = None) -> ModelSpec:
    """Return the model of a name, as listed by `known_models`, or the path of a `.gguf` file.

    No file is opened here. Raises `UsageError` for a name that is none of these, and
    `ModelError` for a path where no file is.
    """
    if name is None or name.lower() == BUILT_IN:
        return _built_in()
    if offer := find_offer(name):
        return _of_offer(offer)
    if own := find_own_model(name):
        return _of_own(own)
    if not name.lower().endswith(".gguf"):
        raise UsageError(
            f"There is no model called {name!r}.",
            hint=f"Use {BUILT_IN!r}, the path of a .gguf file, or a name that "
            "`charlie model list` shows.",
        )
    spec = ModelSpec(name, ModelKind.GGUF, "a local file", Path(name).expanduser())
    spec.local_file()
    return spec


def _built_in() -> ModelSpec:
    return ModelSpec(
        BUILT_IN,
        ModelKind.TAGGER,
        "the tagger that comes with Charlie: offline, on any processor",
        locations.built_in_model_path(),
    )


def _of_offer(offer: Offer) -> ModelSpec:
    file = HubFile(offer.repo, offer.file)
    return ModelSpec(
        offer.name, ModelKind.GGUF, offer.description, local_path(file), file, offer=offer
    )


def _of_own(own: OwnModel) -> ModelSpec:
    if own.endpoint is not None:
        description = f"{own.endpoint.model} on {own.endpoint.host}"
        return ModelSpec(own.name, ModelKind.ENDPOINT, description, endpoint=own.endpoint)
    if own.file is not None:
        description = f"{own.file.path} of {own.file.repo}"
        return ModelSpec(own.name, ModelKind.GGUF, description, local_path(own.file), own.file)
    return ModelSpec(own.name, ModelKind.GGUF, "a local file", own.path)
