"""Files on the Hugging Face hub, or on a server that speaks like it.

Two requests do: HEAD for a file's size and SHA-256, GET for its bytes. huggingface_hub (1.33) is
no help: it takes 240 ms to import, and its downloads are not resumed, have no checksum taken and
cannot be cancelled.

Nothing goes out but the request for the file, to `HF_ENDPOINT` (https://huggingface.co), through
the proxy that `HTTPS_PROXY` names, with `HF_TOKEN` where it is set.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final, NoReturn
from urllib.parse import quote, urljoin, urlsplit

from backend.errors import ModelError, SettingsError, UsageError

if TYPE_CHECKING:
    import httpx

_ENDPOINT: Final = "https://huggingface.co"

# Seconds to connect, and between two pieces of an answer.
_CONNECT_TIMEOUT: Final = 10.0
_READ_TIMEOUT: Final = 30.0
_MOST_REDIRECTS: Final = 5

_REPO = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_PAGE = re.compile(r"https?://[^/]+/([^/]+/[^/]+)/(?:resolve|blob)/([^/]+)/([^?#]+)(?:[?#].*)?")
# Bigger models come in parts, "-00001-of-00003.gguf".
_PART_OF_SEVERAL = re.compile(r"-\d{5}-of-\d{5}\.gguf$", re.IGNORECASE)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_CONTENT_RANGE = re.compile(r"bytes (\d+)-")


class DownloadError(ModelError):
    """A file could not be downloaded."""


class TransientError(DownloadError):
    """The connection failed in a way that may pass; `retry_after` is the server's wish, or 0 s."""

    def __init__(self, message: str, *, retry_after: float = 0.0, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class HubFile:
    """A GGUF file: `path` inside the repository `repo` ("owner/name") at `revision`."""

    repo: str
    path: str
    revision: str = "main"

    @property
    def name(self) -> str:
        """The file's name without its folders."""
        return PurePosixPath(self.path).name

    @property
    def url(self) -> str:
        """Where its bytes are."""
        path = quote(self.path)
        return f"{endpoint()}/{self.repo}/resolve/{quote(self.revision, safe='')}/{path}"


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """What the hub says of a file: `size` in bytes, `revision` the commit it was found at."""

    size: int
    sha256: str
    revision: str


def hub_file(repo: str, path: str, revision: str = "main") -> HubFile:
    """Return a file that the user named.

    Raises:
        UsageError: it cannot be the name of a GGUF file on the hub, or is one part of several.
    """
    parts = PurePosixPath(path).parts
    if not _REPO.fullmatch(repo) or ".." in repo:
        raise UsageError(
            f"“{repo}” is not a repository on the hub.",
            hint="A repository is OWNER/NAME, for example Qwen/Qwen3-8B-GGUF.",
        )
    if not path.lower().endswith(".gguf") or ".." in parts or path.startswith("/"):
        raise UsageError(
            f"“{path}” is not a GGUF file in a repository.",
            hint="Give the file's name as the repository's page shows it; it ends in .gguf.",
        )
    if _PART_OF_SEVERAL.search(path):
        raise UsageError(
            f"“{path}” is one part of a model in several files; Charlie runs models of one file.",
            hint="Choose a smaller quantisation, or serve it elsewhere and use it as an endpoint.",
        )
    return HubFile(repo, "/".join(parts), revision)


def parse_hub_file(text: str) -> HubFile | None:
    """Return the file that "OWNER/NAME/FILE.gguf" or the address of its page names; else None.

    Raises:
        UsageError: as `hub_file`.
    """
    if page := _PAGE.fullmatch(text):
        return hub_file(page[1], page[3], page[2])
    owner, _, rest = text.partition("/")
    name, _, path = rest.partition("/")
    if not path.lower().endswith(".gguf") or owner in {"", ".", "..", "~"} or ":" in owner:
        return None
    return hub_file(f"{owner}/{name}", path)


def endpoint() -> str:
    """Return the hub's address, from `HF_ENDPOINT`."""
    return (os.environ.get("HF_ENDPOINT", "").strip() or _ENDPOINT).rstrip("/")


def describe(file: HubFile) -> RemoteFile:
    """Ask the hub for a file's size and checksum.

    Raises:
        DownloadError: the hub cannot be reached, does not have the file, does not hand it out,
            or names no checksum. A `TransientError` if trying again may help.
        SettingsError: `HF_ENDPOINT` or the proxy's address cannot be used.
    """
    url = file.url
    with _client(file) as client:
        for _ in range(_MOST_REDIRECTS):
            answer = client.head(url, headers=_headers(url))
            target = answer.headers.get("Location", "")
            # A renamed repository redirects within the hub; the file itself lies elsewhere.
            if not answer.is_redirect or urlsplit(target).netloc:
                break
            url = urljoin(url, target)
        _check(file, answer)
        size = answer.headers.get("X-Linked-Size", "")
        if not size and not answer.is_redirect:
            size = answer.headers.get("Content-Length", "")
        digest = (answer.headers.get("X-Linked-Etag") or "").strip('W/"').lower()
        if not size.isdigit() or not _SHA256.fullmatch(digest):
            raise DownloadError(
                f"The hub names no checksum for {file.name}, so that it could not be verified.",
                hint=f"If you trust it, download it yourself: {_by_hand(file)}",
            )
        revision = answer.headers.get("X-Repo-Commit") or file.revision
        return RemoteFile(int(size), digest, revision)


def read(file: HubFile, remote: RemoteFile, offset: int) -> Iterator[tuple[int, bytes]]:
    """Yield the file's bytes from `offset` on, each piece with its place in the file.

    A server that cannot begin in the middle begins at 0.

    Raises:
        DownloadError, SettingsError: as `describe`.
    """
    url = HubFile(file.repo, file.path, remote.revision).url
    headers = _headers(url)
    if offset:
        headers["Range"] = f"bytes={offset}-"
    with (
        _client(file) as client,
        # httpx drops the token where a redirect leaves the hub.
        client.stream("GET", url, headers=headers, follow_redirects=True) as answer,
    ):
        _check(file, answer)
        part = _CONTENT_RANGE.match(answer.headers.get("Content-Range", ""))
        place = int(part[1]) if part and answer.status_code == 206 else 0
        # As it arrives: a piece size would keep back what came before the connection broke.
        for data in answer.iter_raw():
            yield place, data
            place += len(data)


@contextmanager
def _client(file: HubFile) -> Iterator[httpx.Client]:
    """Yield a client; turn what it raises into sentences."""
    # httpx takes 115 ms to import, and the screen must not wait for it.
    import httpx  # noqa: PLC0415

    try:
        client = httpx.Client(timeout=httpx.Timeout(_READ_TIMEOUT, connect=_CONNECT_TIMEOUT))
    except (ValueError, ImportError, httpx.InvalidURL) as error:
        raise SettingsError(
            f"The proxy in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY cannot be used: {error}.",
            hint="Give it as http://HOST:PORT, or unset it.",
        ) from error
    with client:
        try:
            yield client
        except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise SettingsError(
                f"HF_ENDPOINT is “{endpoint()}”, which is not an address.",
                hint=f"Set it to an address such as {_ENDPOINT}, or unset it.",
            ) from error
        except httpx.RequestError as error:
            raise TransientError(
                f"{urlsplit(endpoint()).netloc} cannot be reached, or the connection broke.",
                hint="Check the connection (and HTTPS_PROXY, if you are behind a proxy). "
                f"On a machine without one, fetch the file elsewhere: {_by_hand(file)}",
            ) from error


def _headers(url: str) -> dict[str, str]:
    headers = {"User-Agent": "charlie-journal", "Accept-Encoding": "identity"}
    token = os.environ.get("HF_TOKEN", "").strip()
    host = urlsplit(url).hostname
    # In clear text a token would be anybody's.
    if token and (url.startswith("https:") or host in {"localhost", "127.0.0.1", "::1"}):
        headers["Authorization"] = f"Bearer {token}"
    return headers


def _check(file: HubFile, answer: httpx.Response) -> None:
    """Raise what an answer that is not the file means.

    The hub names the reason in X-Error-Code; without a token it answers 401 for a repository
    that does not exist, as for one that is private.
    """
    if answer.is_success or answer.is_redirect:
        return
    code = answer.headers.get("X-Error-Code", "")
    if code == "GatedRepo":
        _refuse(
            f"The repository {file.repo} asks for consent to its terms.",
            f"Sign in and agree on {endpoint()}/{file.repo}, make a token under "
            f"{endpoint()}/settings/tokens, set HF_TOKEN to it and try again.",
        )
    if code in {"EntryNotFound", "RevisionNotFound"}:
        _refuse(
            f"The repository {file.repo} has no file {file.path}.",
            f"Its files are listed on {endpoint()}/{file.repo}/tree/{file.revision}.",
        )
    if code == "RepoNotFound" or answer.status_code in {401, 403, 404}:
        _refuse(
            f"There is no repository {file.repo} on the hub, or it is private.",
            "Check its name; for a private one set HF_TOKEN.",
        )
    if answer.status_code in {408, 429} or answer.is_server_error:
        wish = answer.headers.get("Retry-After", "")
        raise TransientError(
            f"The hub answers {answer.status_code} ({answer.reason_phrase}).",
            retry_after=float(wish) if wish.isdigit() else 0.0,
            hint="Try again later.",
        )
    _refuse(
        f"The hub answers {answer.status_code} ({answer.reason_phrase}) for {file.path}.",
        f"Try to download it yourself: {_by_hand(file)}",
    )


def _refuse(message: str, hint: str) -> NoReturn:
    raise DownloadError(message, hint=hint)


def _by_hand(file: HubFile) -> str:
    return f"{file.url}, then: charlie model use PATH/{file.name}"
