"""An OpenAI-compatible server as DSPy's language model.

Nothing is sent but the requests that are asked for, to the address that the user gave: no
redirects are followed, and a server on this machine is never reached through a proxy. Many
threads may ask at once; each may stop waiting at any time, which closes its connection.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx

from backend import settings
from backend.dspy_cache import dspy
from backend.inference.llm import cancellation
from backend.inference.llm.conversation import conversation
from backend.inference.models.own_models import Endpoint

lm15 = dspy.lm15

# Seconds to connect, and to wait for an answer: a server without a GPU takes minutes for one.
_CONNECT_TIMEOUT: Final = 10.0
_ANSWER_TIMEOUT: Final = 600.0
# Seconds for a whole answer: one that comes a byte at a time never takes too long for one of them.
_LONGEST: Final = 900.0
# Seconds between two questions whether to stop waiting.
_PATIENCE: Final = 0.05
# Bytes of an answer; more is no answer to what is asked here.
_MOST_BYTES: Final = 4 << 20
# Seconds that a server may ask to be left alone.
_LONGEST_WAIT: Final = 3600.0

# What servers understand differs. Tried in this order until one is not refused, which is then
# kept: a schema; JSON without one; neither; the words that OpenAI's reasoning models insist on.
_DIALECTS: Final = (
    frozenset({"schema", "temperature", "max_tokens"}),
    frozenset({"json", "temperature", "max_tokens"}),
    frozenset({"temperature", "max_tokens"}),
    frozenset({"schema", "max_completion_tokens"}),
)
# Answers that say that a request is not understood.
_NOT_UNDERSTOOD: Final = frozenset({400, 415, 422, 501})

_ERRORS: Final = {
    401: (lm15.AuthError, "the server refuses the key"),
    402: (lm15.BillingError, "the server wants to be paid"),
    403: (lm15.AuthError, "the server refuses the key"),
    404: (lm15.UnsupportedModelError, "the server knows no such model"),
    408: (lm15.TimeoutError, "the server took too long"),
    429: (lm15.RateLimitError, "the server is busy"),
    504: (lm15.TimeoutError, "the server took too long"),
}

_FINISH_REASONS: Final = {"length": "length", "content_filter": "content_filter"}


class EndpointEngine:
    """Answers DSPy's requests by asking `endpoint`, with `key` as the bearer token if there is one.

    `complete` raises `dspy.lm15` errors (with `retry_after` in seconds where the server says it)
    and `TaggingCancelledError`.
    """

    supports_response_schema = True
    supported_params = frozenset({"response_format", "max_tokens", "temperature"})

    def __init__(self, endpoint: Endpoint, key: str | None = None) -> None:
        self.label = f"the model {endpoint.model} at {endpoint.host}"
        #: Servers do not say how much theirs is; it must be at least this.
        self.context = settings.LLAMA_CPP_N_CTX
        self._url = f"{endpoint.url}/chat/completions"
        self._model = endpoint.model
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._is_local = endpoint.is_this_machine
        self._dialect = 0
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._client: httpx.AsyncClient | None = None

    def complete(self, request: Any) -> Any:
        """Ask once; a `dspy.lm15.Response`."""
        first = self._dialect
        for number in range(first, len(_DIALECTS)):
            status, headers, data = self._post(self._body(request, _DIALECTS[number]))
            is_last = number == len(_DIALECTS) - 1
            if status in _NOT_UNDERSTOOD and not is_last and not _is_overflow(data):
                continue
            if status == httpx.codes.OK:
                self._dialect = number
                return _response(request.model, data)
            raise _error(status, headers, data)
        raise AssertionError("there is at least one dialect")

    def count(self, text: str) -> int:
        """Estimate how many tokens a text takes, rather too many.

        English has a token for four bytes of UTF-8, few scripts more than one for two.
        """
        return len(text.encode("utf-8", "replace")) // 2 + 1

    def close(self) -> None:
        """Close the connections; further calls do nothing."""
        with self._lock:
            loop, thread, client = self._loop, self._thread, self._client
            self._loop = self._thread = self._client = None
        if loop is None or thread is None or client is None:
            return
        asyncio.run_coroutine_threadsafe(client.aclose(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

    def _body(self, request: Any, dialect: frozenset[str]) -> dict[str, Any]:
        config = request.config
        body: dict[str, Any] = {
            "model": self._model,
            "messages": [{"role": role, "content": text} for role, text in conversation(request)],
        }
        limit = config.max_tokens or settings.MODEL_CONFIG.max_tokens
        for word in dialect & {"max_tokens", "max_completion_tokens"}:
            body[word] = limit
        if "temperature" in dialect and config.temperature is not None:
            body["temperature"] = config.temperature
        asked = config.response_format
        wants_schema = asked and asked["type"] == "json_schema"
        if asked and ("json" in dialect or ("schema" in dialect and not wants_schema)):
            body["response_format"] = {"type": "json_object"}
        elif asked and "schema" in dialect:
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {
                    "name": asked.get("name", "answer"),
                    "schema": asked["schema"],
                    "strict": True,
                },
            }
        return body

    def _post(self, body: Mapping[str, Any]) -> tuple[int, httpx.Headers, bytes]:
        """Send a request and wait, ready to stop."""
        loop, client = self._connect()
        future = asyncio.run_coroutine_threadsafe(_ask(client, self._url, body), loop)
        watcher = cancellation.current()
        while not concurrent.futures.wait([future], timeout=_PATIENCE).done:
            if watcher.cancelled():
                future.cancel()
                cancellation.stop()
        try:
            return future.result()
        except httpx.ConnectError as error:
            raise lm15.TransportError("the server cannot be reached") from error
        except (httpx.TimeoutException, TimeoutError) as error:
            raise lm15.TimeoutError("the server took too long") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise lm15.TransportError("the connection failed") from error

    def _connect(self) -> tuple[asyncio.AbstractEventLoop, httpx.AsyncClient]:
        """Return the event loop that requests run in, started with the first of them."""
        with self._lock:
            if self._loop is None or self._client is None:
                self._loop = asyncio.new_event_loop()
                self._client = httpx.AsyncClient(
                    headers=self._headers,
                    timeout=httpx.Timeout(_ANSWER_TIMEOUT, connect=_CONNECT_TIMEOUT),
                    limits=httpx.Limits(max_connections=None),
                    trust_env=not self._is_local,
                )
                self._thread = threading.Thread(
                    target=self._loop.run_forever, name="endpoint", daemon=True
                )
                self._thread.start()
            return self._loop, self._client


async def _ask(
    client: httpx.AsyncClient, url: str, body: Mapping[str, Any]
) -> tuple[int, httpx.Headers, bytes]:
    async with asyncio.timeout(_LONGEST), client.stream("POST", url, json=body) as response:
        data = bytearray()
        async for piece in response.aiter_bytes():
            data += piece
            if len(data) > _MOST_BYTES:
                raise httpx.DecodingError("the answer is too long")
        return response.status_code, response.headers, bytes(data)


def _response(model: str, data: bytes) -> Any:
    """Return a server's answer as DSPy's."""
    try:
        answer = json.loads(data)
        choice = answer["choices"][0]
        text = choice["message"]["content"] or ""
        usage = answer.get("usage") or {}
        return lm15.Response(
            id=None,
            model=model,
            message=lm15.Message.assistant(str(text)),
            finish_reason=_FINISH_REASONS.get(choice.get("finish_reason"), "stop"),
            usage=lm15.Usage(
                input_tokens=usage.get("prompt_tokens"),
                output_tokens=usage.get("completion_tokens"),
            ),
        )
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise lm15.ServerError("the answer is not of the form that OpenAI's interface has") from (
            error
        )


def _error(status: int, headers: httpx.Headers, data: bytes) -> Exception:
    """Return the error for a status, without the server's own words, which may quote the entry."""
    if status == httpx.codes.REQUEST_ENTITY_TOO_LARGE or (status < 500 and _is_overflow(data)):
        kind, message = lm15.ContextLengthError, "the text is too long for the server's model"
    elif status in _ERRORS:
        kind, message = _ERRORS[status]
    elif status >= 500:
        kind, message = lm15.ServerError, "the server failed"
    else:
        kind, message = lm15.InvalidRequestError, "the server does not understand the request"
    error: Exception = kind(message, status=status, retry_after=_retry_after(headers))
    return error


def _is_overflow(data: bytes) -> bool:
    """Whether an error says that the prompt is too long, in the words of one server or another."""
    text = data[:4096].lower()
    return b"context" in text and any(word in text for word in (b"length", b"size", b"exceed"))


def _retry_after(headers: httpx.Headers) -> float | None:
    """Return the seconds that a server asks to be left alone, from a number or a date."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            moment = parsedate_to_datetime(value)
        except ValueError:
            return None
        seconds = (moment.astimezone(UTC) - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), _LONGEST_WAIT)
