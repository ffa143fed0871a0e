"""Entries read again: by the worker, or once by another model."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

import backend
from backend.database.journal import extractions
from backend.errors import (
    ModelAnswerError,
    ModelUnavailableError,
    TaggingCancelledError,
    UsageError,
    WorkerError,
)
from backend.records import EntityType, Entry, Span
from backend.services import endpoints, models
from backend.services.reextraction import reextract_with, request_reextraction
from backend.services.supervision import scheduling
from tests.backend.inference.llm.fake_server import Answered, Asked, FakeServer, listing
from tests.backend.services.work import SUPERVISOR, are_extracted, running, wait_until

NONSENSE = Answered("I would rather not.")


@pytest.fixture
def server() -> Iterator[FakeServer]:
    """An endpoint called "cellar", not chosen, that finds Anna."""
    with FakeServer() as running_server:
        running_server.answer = lambda _: listing(people=["Anna"])
        endpoints.add_endpoint(endpoints.make_endpoint(running_server.url, "m"), name="cellar")
        yield running_server


@pytest.fixture
def entries() -> list[Entry]:
    """Entries of four days in May, read by a model that found something else."""
    made = []
    for day in (1, 2, 3, 4):
        moment = datetime(2026, 5, day, 12, tzinfo=UTC)
        entry = backend.add_entry(f"Anna came on day {day}.", created_at=moment)
        extractions.store_extraction(entry.uuid, 1, "old", [Span(5, 9, EntityType.PLACE, 0.5)])
        made.append(entry)
    return made


def found(entry: Entry) -> list[tuple[str, str | None]]:
    return [(mention.text, mention.model) for mention in backend.get_entry(entry.uuid).mentions]


def test_another_model_reads_here_and_now(server: FakeServer, entries: list[Entry]) -> None:
    told: list[tuple[int, int]] = []
    result = reextract_with("cellar", progress=lambda *state: told.append(state))
    assert (result.extracted, result.failures) == (4, ())
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert all(found(entry) == [("Anna", "cellar")] for entry in entries)
    assert are_extracted(*entries)
    assert models.chosen_model() == models.BUILT_IN


def test_only_what_is_young_enough_is_read(server: FakeServer, entries: list[Entry]) -> None:
    assert reextract_with("cellar", date(2026, 5, 3)).extracted == 2
    assert [found(entry)[0][1] for entry in entries] == ["old", "old", "cellar", "cellar"]


def test_a_run_that_was_stopped_goes_on(server: FakeServer, entries: list[Entry]) -> None:
    with pytest.raises(TaggingCancelledError):
        reextract_with("cellar", cancelled=lambda: len(server.asked) > 2)
    begun = len(server.asked)
    assert reextract_with("cellar").extracted == 4
    assert len(server.asked) < begun + 4
    assert len({asked.entry for asked in server.asked}) == 4


def test_one_entry_that_cannot_be_read_hinders_no_other(
    server: FakeServer, entries: list[Entry]
) -> None:
    def balk(asked: Asked) -> Answered:
        return NONSENSE if "day 2" in asked.entry else listing(people=["Anna"])

    server.answer = balk
    result = reextract_with("cellar")
    assert result.extracted == 3
    ((uuid, error),) = result.failures
    assert uuid == entries[1].uuid
    assert isinstance(error, ModelAnswerError)
    assert found(entries[1]) == [("came", "old")]


def test_a_model_that_cannot_read_at_all_is_told(server: FakeServer, entries: list[Entry]) -> None:
    server.answer = lambda _: NONSENSE
    with pytest.raises(ModelAnswerError):
        reextract_with("cellar")
    server.answer = lambda _: Answered("", status=503)
    with pytest.raises(ModelUnavailableError):
        reextract_with("cellar")
    assert all(found(entry) == [("came", "old")] for entry in entries)


def test_an_unknown_model_is_told() -> None:
    with pytest.raises(UsageError):
        reextract_with("nosuch")


def test_the_worker_reads_again_what_it_is_asked_to(entries: list[Entry]) -> None:
    assert request_reextraction(date(2026, 5, 2)) == 3
    with running(SUPERVISOR):
        wait_until(lambda: are_extracted(*entries))
    assert found(entries[0]) == [("came", "old")]
    assert all(("came", "old") not in found(entry) for entry in entries[1:])


def test_nothing_is_asked_for_while_inference_is_off(entries: list[Entry]) -> None:
    scheduling.set_inference_enabled(False)
    with pytest.raises(WorkerError):
        request_reextraction()
    assert are_extracted(*entries)
