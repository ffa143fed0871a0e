"""What an endpoint serves, asked over a real socket."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from backend.errors import ModelError
from backend.inference.models.own_models import Endpoint
from backend.inference.models.probing import served_models


@contextmanager
def server(status: int, body: str, **headers: str) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A server that answers everything so; its base URL, and the headers it was sent."""
    seen: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append({"path": self.path, **dict(self.headers.items())})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: Any) -> None:
            pass

    listening = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listening.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.server_address[1]}/v1", seen
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()


def test_lists_the_models() -> None:
    answer = json.dumps({"object": "list", "data": [{"id": "qwen3:8b"}, {"id": "other"}]})
    with server(200, answer) as (url, seen):
        assert served_models(Endpoint(url, "m"), "secret") == ["qwen3:8b", "other"]
    assert seen[0]["path"] == "/v1/models"
    assert seen[0]["Authorization"] == "Bearer secret"


def test_without_a_key_none_is_sent() -> None:
    with server(200, '{"data": []}') as (url, seen):
        assert served_models(Endpoint(url, "m")) == []
    assert "Authorization" not in seen[0]


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (401, "", "asks for a key"),
        (403, "", "asks for a key"),
        (404, "", "no OpenAI-compatible server"),
        (200, "<html>", "no OpenAI-compatible server"),
        (200, '["a"]', "no OpenAI-compatible server"),
        (200, '{"data": [{}]}', "no OpenAI-compatible server"),
    ],
)
def test_other_answers_are_sentences(status: int, body: str, says: str) -> None:
    with server(status, body) as (url, _), pytest.raises(ModelError, match=says) as raised:
        served_models(Endpoint(url, "m"))
    assert raised.value.hint


def test_a_refused_key_is_told() -> None:
    with server(401, "") as (url, _), pytest.raises(ModelError, match="does not accept") as raised:
        served_models(Endpoint(url, "m"), "secret")
    assert "secret" not in " ".join(raised.value.lines())


def test_a_redirect_is_not_followed() -> None:
    with (
        server(200, '{"data": []}') as (target, asked),
        server(302, "", Location=f"{target}/models") as (url, _),
        pytest.raises(ModelError, match="302"),
    ):
        served_models(Endpoint(url, "m"), "secret")
    assert asked == []


def test_no_proxy_leads_back_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with server(200, '{"data": [{"id": "m"}]}') as (url, _):
        assert served_models(Endpoint(url, "m")) == ["m"]


def test_a_server_that_is_down_is_told() -> None:
    with server(200, "") as (url, _):
        pass
    with pytest.raises(ModelError, match="cannot be reached"):
        served_models(Endpoint(url, "m"))
