"""The models that the user added: local files, files of the hub, endpoints.

Kept as the preference "models" of the journal, a JSON object by name. The key of an endpoint is
not among what is kept (see `api_keys`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit, urlunsplit

from backend import locations
from backend.database.journal.preferences import get_preference, set_preference
from backend.errors import NotFoundError, UsageError
from backend.inference.models.hub import HubFile
from backend.inference.models.offers import BUILT_IN, find_offer
from backend.preferences import OWN_MODELS

_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,79}")
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9._@]+")
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An OpenAI-compatible server: its base URL, and the name of the model it is asked for."""

    url: str
    model: str

    @property
    def host(self) -> str:
        """The server's name and port, as in the URL."""
        return _parts(self.url).netloc

    @property
    def is_this_machine(self) -> bool:
        """Whether the server is reached over loopback."""
        return _parts(self.url).hostname in _LOOPBACK

    @property
    def is_encrypted(self) -> bool:
        """Whether the connection is."""
        return self.url.startswith("https:")


@dataclass(frozen=True, slots=True)
class OwnModel:
    """A model of the user's: one of `path`, `file` and `endpoint` is set."""

    name: str
    path: Path | None = None
    file: HubFile | None = None
    endpoint: Endpoint | None = None


def list_own_models() -> list[OwnModel]:
    """All of them, by name."""
    return [_decoded(name, kept) for name, kept in sorted(_kept().items())]


def find_own_model(name: str) -> OwnModel | None:
    """Return the one of that name, in any case of letters."""
    kept = _kept().get(name.lower())
    return None if kept is None else _decoded(name.lower(), kept)


def keep_own_model(model: OwnModel) -> None:
    """Add a model, or replace the one of that name.

    Raises:
        UsageError: the name cannot be one, or is that of a model of Charlie's.
        StorageError: it could not be written.
    """
    if not _NAME.fullmatch(model.name):
        raise UsageError(
            f"“{model.name}” cannot be the name of a model.",
            hint="Use letters, digits, dots and dashes, for example “cellar”.",
        )
    if model.name == BUILT_IN or find_offer(model.name):
        raise UsageError(f"“{model.name}” is a model of Charlie's.", hint="Choose another name.")
    set_preference(OWN_MODELS, {**_kept(), model.name: _encoded(model)})


def forget_own_model(name: str) -> None:
    """Remove a model from the list; its file stays.

    Raises:
        NotFoundError: there is none of that name.
    """
    kept = _kept()
    if name.lower() not in kept:
        raise NotFoundError(
            f"There is no model of your own called “{name}”.", hint="See: charlie model list"
        )
    del kept[name.lower()]
    set_preference(OWN_MODELS, kept)


def name_from(text: str) -> str:
    """Return a name for a model from a file's or a served model's: "Qwen3 8B" gives "qwen3-8b"."""
    stem = text.lower().removesuffix(".gguf")
    return _NOT_IN_A_NAME.sub("-", stem).strip("-._@")[:80] or "model"


def endpoint(url: str, model: str) -> Endpoint:
    """Return an endpoint as the user typed it; "/v1" is added to an address without a path.

    Raises:
        UsageError: the address is none, or holds a password.
    """
    parts = _parts(url.strip())
    try:
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        has_host = False
    if parts.scheme not in {"http", "https"} or not has_host or parts.query or parts.fragment:
        raise UsageError(
            f"“{url}” is not the address of a server.",
            hint="Give it as the server's documentation does, for example "
            "http://192.168.1.20:8080/v1",
        )
    if parts.username or parts.password:
        raise UsageError(
            "The address holds a password, which would be kept in clear text.",
            hint="Leave it out, and give the key in CHARLIE_API_KEY or the keyring.",
        )
    path = parts.path.rstrip("/").removesuffix("/chat/completions") or "/v1"
    return Endpoint(urlunsplit((parts.scheme, parts.netloc, path, "", "")), model)


def _parts(url: str) -> SplitResult:
    """Return the parts of an address; empty ones for what cannot be parted (`http://[::1`)."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _kept() -> dict[str, Mapping[str, str]]:
    # Asking a journal that does not exist would create it.
    if not locations.database_path().exists():
        return {}
    return dict(get_preference(OWN_MODELS).items())


def _encoded(model: OwnModel) -> dict[str, str]:
    if model.endpoint is not None:
        return {"url": model.endpoint.url, "model": model.endpoint.model}
    if model.file is not None:
        file = model.file
        return {"repo": file.repo, "file": file.path, "revision": file.revision}
    return {"path": str(model.path)}


def _decoded(name: str, kept: Mapping[str, str]) -> OwnModel:
    if "url" in kept:
        return OwnModel(name, endpoint=Endpoint(kept["url"], kept["model"]))
    if "repo" in kept:
        return OwnModel(name, file=HubFile(kept["repo"], kept["file"], kept["revision"]))
    return OwnModel(name, path=Path(kept["path"]))
