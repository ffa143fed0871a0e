"""Reading with a server: what is sent, what is believed, how failures are told."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email.utils import format_datetime

import pytest

from backend.dates import now
from backend.errors import (
    ModelAnswerError,
    ModelError,
    ModelUnavailableError,
    TaggingCancelledError,
)
from backend.inference.hints import Hints
from backend.inference.llm import endpoint_engine
from backend.inference.llm.dspy_lm import DspyLM
from backend.inference.llm.extractor import LanguageModelExtractor
from backend.inference.models.own_models import Endpoint
from backend.records import EntityType
from tests.backend.inference.llm.fake_server import Answered, Asked, FakeServer, listing
from tests.backend.inference.llm.texts import ADVERSARIAL

TEXT = "Met Ann in Rome. Ann likes yoga."


def names(reader: LanguageModelExtractor, text: str) -> list[tuple[str, str]]:
    spans = reader.tag(text)
    return [(text[span.start : span.end], span.type) for span in spans]


def test_names_become_mentions(distant: LanguageModelExtractor, server: FakeServer) -> None:
    server.answer = lambda _: listing(people=["Ann"], places=["Rome"], activities=["yoga"])
    assert names(distant, TEXT) == [
        ("Ann", EntityType.PERSON),
        ("Rome", EntityType.PLACE),
        ("Ann", EntityType.PERSON),
        ("yoga", EntityType.ACTIVITY),
    ]


def test_invented_names_are_no_mentions(
    distant: LanguageModelExtractor, server: FakeServer
) -> None:
    server.answer = lambda _: listing(people=["Eve", "An", "Ann in Paris"], places=["Romeo"])
    assert names(distant, TEXT) == []


def test_what_is_sent(
    distant: LanguageModelExtractor, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {"Rome": EntityType.PLACE, "Bob": EntityType.PERSON}
    distant.tag(TEXT, hints=lambda: Hints("2026-05-03", known))
    (asked,) = server.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.body["model"] == "some-model"
    assert asked.body["temperature"] == 0
    assert asked.body["max_tokens"] == 1_024
    assert asked.body["response_format"]["json_schema"]["strict"] is True
    assert asked.body["messages"][-1]["content"] == (
        f"date: 2026-05-03\nknown: Rome (place)\nentry:\n{TEXT}"
    )
    assert "Authorization" not in asked.headers
    assert set(asked.body) == {
        "model",
        "messages",
        "temperature",
        "max_tokens",
        "response_format",
    }


def test_the_key_is_sent_as_a_header(
    endpoint: Endpoint, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHARLIE_API_KEY", "a-key")
    with LanguageModelExtractor(DspyLM(endpoint)) as reader:
        reader.tag(TEXT)
    assert server.asked[0].headers["Authorization"] == "Bearer a-key"
    assert "a-key" not in json.dumps(server.asked[0].body)


def test_opening_asks_for_nothing(distant: LanguageModelExtractor, server: FakeServer) -> None:
    assert distant.tag(" \n") == []
    assert server.asked == []


def test_a_server_on_this_machine_is_reached_past_any_proxy(
    endpoint: Endpoint, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    server.answer = lambda _: listing(people=["Ann"])
    with LanguageModelExtractor(DspyLM(endpoint)) as reader:
        assert names(reader, "Ann") == [("Ann", EntityType.PERSON)]


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_any_entry_is_sent_and_read(
    distant: LanguageModelExtractor, server: FakeServer, name: str
) -> None:
    text = ADVERSARIAL[name]
    server.answer = lambda asked: listing(people=asked.entry.split()[:3])
    for span in distant.tag(text):
        assert text[span.start : span.end].strip()


def test_thirty_thousand_words_are_read_in_parts(
    distant: LanguageModelExtractor, server: FakeServer
) -> None:
    text = " ".join(f"Name{number} went out. Then it rained." for number in range(5_000))
    server.answer = lambda asked: listing(
        people=[word for word in asked.entry.split() if word.startswith("Name")][:40]
    )
    found = {name for name, _ in names(distant, text)}
    assert len(text.split()) >= 30_000
    assert found >= {f"Name{number}" for number in range(5_000)}
    assert max(len(asked.entry) for asked in server.asked) < 2_000


def test_half_a_character_is_sent_as_a_question_mark(
    distant: LanguageModelExtractor, server: FakeServer
) -> None:
    server.answer = lambda _: listing(people=["Ann"])
    assert names(distant, "\ud83d Ann") == [("Ann", EntityType.PERSON)]
    assert server.asked[0].entry == "? Ann"


def refusing(*words: str) -> Callable[[Asked], Answered]:
    """A server that does not know some of the words of a request."""

    def answer(asked: Asked) -> Answered:
        body = json.dumps({key: value for key, value in asked.body.items() if key != "messages"})
        if any(word in body for word in words):
            return Answered(b'{"error": {"message": "unsupported parameter"}}', 400)
        return listing(people=["Ann"])

    return answer


@pytest.mark.parametrize(
    ("words", "requests"),
    [
        (["json_schema"], 2),
        (["json_schema", "json_object"], 3),
        (['"max_tokens"', "temperature"], 4),
    ],
)
def test_plainer_words_are_found_for_servers_that_know_fewer(
    distant: LanguageModelExtractor, server: FakeServer, words: list[str], requests: int
) -> None:
    server.answer = refusing(*words)
    assert names(distant, "Ann") == [("Ann", EntityType.PERSON)]
    assert len(server.asked) == requests
    # And are kept.
    assert names(distant, "Ann") == [("Ann", EntityType.PERSON)]
    assert len(server.asked) == requests + 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 408, 529])
def test_a_busy_or_failing_server_is_asked_again_later(
    distant: LanguageModelExtractor, server: FakeServer, status: int
) -> None:
    server.answer = lambda _: Answered(b"busy", status, headers={"Retry-After": "7"})
    with pytest.raises(ModelUnavailableError, match=str(status)) as caught:
        distant.tag(TEXT)
    assert caught.value.retry_after == 7
    assert caught.value.safe
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [("0", 0, 0), ("1.5", 1.5, 1.5), ("-3", 0, 0), ("1e9", 3_600, 3_600), ("date", 40, 60)],
)
def test_when_to_ask_again_is_a_number_or_a_date(
    distant: LanguageModelExtractor, server: FakeServer, value: str, low: float, high: float
) -> None:
    value = (
        format_datetime(now() + timedelta(seconds=60), usegmt=True) if value == "date" else value
    )
    server.answer = lambda _: Answered(b"", 429, headers={"Retry-After": value})
    with pytest.raises(ModelUnavailableError) as caught:
        distant.tag(TEXT)
    assert caught.value.retry_after is not None
    assert low <= caught.value.retry_after <= high


def test_a_time_that_is_none_is_left_out(
    distant: LanguageModelExtractor, server: FakeServer
) -> None:
    server.answer = lambda _: Answered(b"", 429, headers={"Retry-After": "soon"})
    with pytest.raises(ModelUnavailableError) as caught:
        distant.tag(TEXT)
    assert caught.value.retry_after is None


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "refuses the key"),
        (403, "refuses the key"),
        (402, "does not work"),
        (404, "no such thing"),
        (405, "does not work"),
        (307, "does not work"),
    ],
)
def test_a_server_that_refuses_is_not_asked_again(
    distant: LanguageModelExtractor, server: FakeServer, status: int, words: str
) -> None:
    server.answer = lambda asked: Answered(
        asked.entry.encode(), status, headers={"Location": "http://127.0.0.1:9/"}
    )
    with pytest.raises(ModelError, match=words) as caught:
        distant.tag(TEXT)
    assert not isinstance(caught.value, ModelUnavailableError)
    assert "Ann" not in " ".join(caught.value.lines())
    assert len(server.asked) == 1


def test_a_server_that_is_not_there_is_named() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with (
        LanguageModelExtractor(DspyLM(Endpoint(f"http://{address}/v1", "m"))) as reader,
        pytest.raises(ModelUnavailableError, match=f"the model m at {address} cannot be reached"),
    ):
        reader.tag(TEXT)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"choices": []}', b"\xff\xfe", b"null"])
def test_an_answer_of_another_form_is_a_failing_server(
    distant: LanguageModelExtractor, server: FakeServer, body: bytes
) -> None:
    server.answer = lambda _: Answered(body)
    with pytest.raises(ModelUnavailableError):
        distant.tag(TEXT)


def test_an_answer_without_end_is_not_read_to_it(
    distant: LanguageModelExtractor, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint_engine, "_MOST_BYTES", 100)
    server.answer = lambda _: Answered(b"x" * 10_000)
    with pytest.raises(ModelUnavailableError):
        distant.tag(TEXT)


def test_a_server_that_does_not_answer_is_given_up(
    endpoint: Endpoint, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint_engine, "_ANSWER_TIMEOUT", 0.2)
    done = threading.Event()

    def answer(_: Asked) -> Answered:
        done.wait(30)
        return Answered()

    server.answer = answer
    with LanguageModelExtractor(DspyLM(endpoint)) as reader:
        with pytest.raises(ModelUnavailableError, match="took too long"):
            reader.tag(TEXT)
        done.set()


def test_a_cut_or_broken_answer_is_asked_for_again_in_smaller_parts(
    distant: LanguageModelExtractor, server: FakeServer
) -> None:
    text = ("Met Ann. It rained. " * 6).strip()
    whole = listing(people=["Ann"])
    for first in (Answered('{"names":{"people":["Ann"'), Answered(whole.content, 200, "length")):
        server.asked.clear()
        server.answer = lambda _, first=first: first if len(server.asked) == 1 else whole  # type: ignore[misc]
        assert len(names(distant, text)) == 6
        assert [len(asked.entry) < len(text) for asked in server.asked][:2] == [False, True]


def test_a_text_that_is_too_long_for_the_server_is_sent_in_smaller_parts(
    distant: LanguageModelExtractor, server: FakeServer
) -> None:
    text = "Met Ann. It rained. " * 6
    overflow = Answered(b'{"error": {"message": "exceeds the context size"}}', 400)
    server.answer = lambda asked: overflow if len(asked.entry) > 100 else listing(people=["Ann"])
    assert len(names(distant, text)) == 6


def test_answers_that_stay_broken_are_that_entrys_failure(
    distant: LanguageModelExtractor, server: FakeServer
) -> None:
    server.answer = lambda _: Answered("I cannot help with that, Ann.")
    with pytest.raises(ModelAnswerError) as caught:
        distant.tag(TEXT)
    assert "Ann" not in " ".join(caught.value.lines())
    assert len(server.asked) == 2
    server.answer = lambda _: listing(people=["Ann"])
    assert names(distant, "Ann") == [("Ann", EntityType.PERSON)]


def test_stopping_while_waiting_closes_the_connection(
    distant: LanguageModelExtractor, server: FakeServer
) -> None:
    waiting, go_on = threading.Event(), threading.Event()

    def answer(_: Asked) -> Answered:
        waiting.set()
        go_on.wait(30)
        # More than the socket takes from one who has hung up.
        return Answered(b"x" * 20_000_000)

    server.answer = answer
    with pytest.raises(TaggingCancelledError):
        distant.tag(TEXT, cancelled=waiting.is_set)
    go_on.set()
    assert server.abandoned.wait(30)
    server.answer = lambda _: listing(people=["Ann"])
    assert names(distant, "Ann") == [("Ann", EntityType.PERSON)]


def test_several_entries_are_read_at_once(
    distant: LanguageModelExtractor, server: FakeServer
) -> None:
    # Nobody is answered before all six have asked.
    together = threading.Barrier(6, timeout=300)

    def answer(asked: Asked) -> Answered:
        together.wait()
        return listing(people=[asked.entry.split()[1]])

    server.answer = answer
    texts = [f"Met Name{number} today" for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda text: names(distant, text), texts))
    assert found == [[(f"Name{number}", EntityType.PERSON)] for number in range(6)]


def test_stopping_one_reading_leaves_the_others(
    distant: LanguageModelExtractor, server: FakeServer
) -> None:
    together = threading.Barrier(3, timeout=300)
    both_wait, stopped = threading.Event(), threading.Event()

    def answer(asked: Asked) -> Answered:
        together.wait()
        stopped.wait(30)
        return listing(people=[asked.entry.split()[1]])

    server.answer = answer
    with ThreadPoolExecutor(2) as pool:
        stays = pool.submit(names, distant, "Met Ann")
        leaves = pool.submit(distant.tag, "Met Bob", cancelled=both_wait.is_set)
        together.wait()
        both_wait.set()
        with pytest.raises(TaggingCancelledError):
            leaves.result(30)
        stopped.set()
        assert stays.result(30) == [("Ann", EntityType.PERSON)]


def test_a_closed_reader_opens_no_connection(endpoint: Endpoint, server: FakeServer) -> None:
    reader = LanguageModelExtractor(DspyLM(endpoint))
    reader.tag(TEXT)
    reader.close()
    reader.close()
    assert len(server.asked) == 1
    assert not [thread for thread in threading.enumerate() if thread.name == "endpoint"]
