"""An OpenAI-compatible server on loopback that answers whatever a test tells it to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Asked:
    """A request as it arrived."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def entry(self) -> str:
        """The entry in the prompt."""
        return str(self.body["messages"][-1]["content"]).partition("entry:\n")[2]


@dataclass(frozen=True)
class Answered:
    """What to answer; a `str` is the answer's text, bytes are the whole body."""

    content: str | bytes = '{"names":{"people":[],"places":[],"organizations":[],"activities":[]}}'
    status: int = 200
    finish_reason: str = "stop"
    headers: dict[str, str] = field(default_factory=dict)


def listing(**names: list[str]) -> Answered:
    """An answer that lists names."""
    empty: dict[str, list[str]] = {
        "people": [],
        "places": [],
        "organizations": [],
        "activities": [],
    }
    return Answered(json.dumps({"names": empty | names}))


class FakeServer:
    """`with FakeServer() as server`: set `answer`; look at `asked`."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answer: Callable[[Asked], Answered] = lambda _asked: Answered()
        #: Set when a client has gone away before it was answered.
        self.abandoned = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                body = json.loads(self.rfile.read(length))
                asked = Asked(self.path, dict(self.headers), body)
                outer.asked.append(asked)
                answered = outer.answer(asked)
                data = _encoded(answered)
                try:
                    self.send_response(answered.status)
                    for name, value in answered.headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except OSError:
                    outer.abandoned.set()

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> FakeServer:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _encoded(answered: Answered) -> bytes:
    if isinstance(answered.content, bytes):
        return answered.content
    message = {"role": "assistant", "content": answered.content}
    choice = {"index": 0, "message": message, "finish_reason": answered.finish_reason}
    usage = {"prompt_tokens": 10, "completion_tokens": 5}
    return json.dumps({"choices": [choice], "usage": usage}).encode()
