"""A hub of this machine's own: answers HEAD and GET as huggingface.co does.

A real HTTP server on loopback. Files are handed out by a second server, as the real hub's are,
so that a token that leaves the hub would be seen.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class FakeHub:
    """What the hub holds and how it misbehaves; `requests` is what it was asked."""

    files: dict[str, bytes] = field(default_factory=dict)
    gated: bool = False
    stated_size: int | None = None
    stated_digest: str | None = None
    knows_ranges: bool = True
    # Bytes after which the next answers break off, an answer each.
    cuts: list[int] = field(default_factory=list)
    # Bytes after which an answer stands still until the test is over.
    stall_after: int | None = None
    # Status codes of the next answers.
    failures: list[int] = field(default_factory=list)
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    url: str = ""
    store_url: str = ""

    def asked(self, method: str) -> list[dict[str, str]]:
        """The headers of the requests with that method, in lower case."""
        return [headers for verb, _, headers in self.requests if verb == method]


class _Handler(BaseHTTPRequestHandler):
    hub: FakeHub
    is_store: bool

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _answer(self) -> None:
        hub = self.hub
        headers = {name.lower(): value for name, value in self.headers.items()}
        hub.requests.append(
            (f"{'store ' if self.is_store else ''}{self.command}", self.path, headers)
        )
        if hub.failures:
            self._end(hub.failures.pop(0))
            return
        if self.is_store:
            self._send(hub.files[self.path.lstrip("/")], headers.get("range", ""))
            return
        match = re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", self.path)
        name = f"{match[1]}/{match[3]}" if match else ""
        if name.startswith("old/"):
            self._end(307, {"Location": self.path.replace("/old/", "/new/", 1)})
        elif not any(known.startswith(f"{name.rpartition('/')[0]}/") for known in hub.files):
            self._end(401, {"X-Error-Code": "RepoNotFound"})
        elif hub.gated and headers.get("authorization") != "Bearer hf_consented":
            self._end(401, {"X-Error-Code": "GatedRepo"})
        elif name not in hub.files:
            self._end(404, {"X-Error-Code": "EntryNotFound"})
        else:
            data = hub.files[name]
            digest = hashlib.sha256(data).hexdigest()
            digest = digest if hub.stated_digest is None else hub.stated_digest
            size = len(data) if hub.stated_size is None else hub.stated_size
            self._end(
                302,
                {
                    "X-Linked-Etag": f'"{digest}"',
                    "X-Linked-Size": str(size),
                    "X-Repo-Commit": COMMIT,
                    "Location": f"{hub.store_url}/{name}",
                },
            )

    def _send(self, data: bytes, wanted: str) -> None:
        hub = self.hub
        begin = 0
        if wanted and hub.knows_ranges:
            begin = int(wanted.removeprefix("bytes=").rstrip("-"))
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {begin}-{len(data) - 1}/{len(data)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(data) - begin))
        self.end_headers()
        end = len(data)
        if hub.cuts:
            end = begin + hub.cuts.pop(0)
        if hub.stall_after is not None:
            end = hub.stall_after
        self.wfile.write(data[begin:end])
        self.wfile.flush()
        if hub.stall_after is not None:
            hub.over.wait(60)
        self.close_connection = True

    def _end(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()


@contextmanager
def fake_hub() -> Iterator[FakeHub]:
    """A running hub; set `HF_ENDPOINT` to its `url`."""
    hub = FakeHub()
    servers = []
    threads = []
    for is_store in (False, True):
        handler = type("Handler", (_Handler,), {"hub": hub, "is_store": is_store})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        url = f"http://127.0.0.1:{server.server_address[1]}"
        if is_store:
            hub.store_url = url
        else:
            hub.url = url
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        servers.append(server)
        threads.append(thread)
    try:
        yield hub
    finally:
        hub.over.set()
        for server, thread in zip(servers, threads, strict=True):
            server.shutdown()
            thread.join()
            server.server_close()
