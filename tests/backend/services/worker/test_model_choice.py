"""Which model reads, through a real worker: endpoints that come and go, files, two in turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import backend
from backend.database.journal import extractions
from backend.records import Entry
from backend.services import endpoints, models
from backend.services.models import Fallback
from backend.services.supervision import scheduling
from backend.services.supervision.worker_status import ModelState, Phase, load_status
from tests.backend.inference.llm.fake_server import Answered, Asked, FakeServer, listing
from tests.backend.inference.tiny_gguf import write_tiny_model
from tests.backend.services.work import (
    SUPERVISOR,
    are_extracted,
    is_being_read,
    long_text,
    running,
    save,
    settle,
    times_read,
    wait_for_status,
    wait_until,
)

TEXT = "Lunch with Sarah Chen."


@pytest.fixture
def server() -> Iterator[FakeServer]:
    """An endpoint called "cellar", chosen, that finds Sarah Chen and nobody else."""
    with FakeServer() as running_server:
        running_server.answer = _find_sarah
        endpoint = endpoints.make_endpoint(running_server.url, "m")
        models.choose_model(endpoints.add_endpoint(endpoint, name="cellar"))
        yield running_server


def _find_sarah(asked: Asked) -> Answered:
    return listing(people=["Sarah Chen"] if "Sarah Chen" in asked.entry else [])


def _busy(_asked: Asked) -> Answered:
    return Answered("", status=503)


def found_by(entry: Entry) -> list[str | None]:
    """The models that found what the entry mentions."""
    return [mention.model for mention in backend.get_entry(entry.uuid).mentions]


def test_an_endpoint_reads_and_is_remembered(server: FakeServer) -> None:
    entry = save(TEXT)
    with running(SUPERVISOR):
        settle(entry)
    assert found_by(entry) == ["cellar"]
    assert [asked.entry.strip() for asked in server.asked] == [TEXT]


def test_a_language_model_is_told_the_day_and_the_names_of_the_journal(
    server: FakeServer,
) -> None:
    with running(SUPERVISOR):
        settle(save(TEXT))
        entry = save("Sarah Chen is back.")
        settle(entry)
    prompt = server.asked[-1].body["messages"][-1]["content"]
    day = backend.get_entry(entry.uuid).local_date
    assert f"date: {day}\nknown: Sarah Chen (person)\n" in prompt


def test_entries_wait_for_an_endpoint_that_is_away(server: FakeServer) -> None:
    server.answer = _busy
    entry = save(TEXT)
    with running(SUPERVISOR):
        status = wait_for_status(lambda status: bool(status.reason))
        assert status.phase is Phase.READY
        assert "cellar" in str(status.reason) or "127.0.0.1" in str(status.reason)
        assert not are_extracted(entry)
        server.answer = _find_sarah
        scheduling.wake()
        settle(entry)
    assert found_by(entry) == ["cellar"]


def test_the_built_in_model_reads_meanwhile_and_the_chosen_one_again(server: FakeServer) -> None:
    models.set_fallback(Fallback.BUILT_IN)
    server.answer = _busy
    entries = [save(TEXT), save("Sarah Chen called.")]
    with running(SUPERVISOR):
        wait_until(lambda: are_extracted(*entries))
        assert {name for entry in entries for name in found_by(entry)} == {"built-in"}
        assert extractions.count_provisional() == 2
        server.answer = _find_sarah
        scheduling.wake()
        wait_until(lambda: all(found_by(entry) == ["cellar"] for entry in entries))
        assert extractions.count_provisional() == 0
        settle(*entries)


def test_a_file_that_is_gone_is_stood_in_for(tmp_path: Path) -> None:
    path = write_tiny_model(tmp_path / "tiny.gguf")
    models.choose_model(models.add_file(path))
    models.set_fallback(Fallback.BUILT_IN)
    path.unlink()
    entry = save(TEXT)
    with running(SUPERVISOR):
        wait_until(lambda: are_extracted(entry))
    assert set(found_by(entry)) == {"built-in"}


def test_a_language_model_says_how_far_it_is_and_stops_when_it_is_switched_off(
    tmp_path: Path,
) -> None:
    models.choose_model(models.add_file(write_tiny_model(tmp_path / "tiny.gguf", layers=24)))
    entry = save(long_text(4_000))
    with running(SUPERVISOR):
        wait_until(lambda: is_being_read(entry))
        wait_for_status(
            lambda status: status.phase is Phase.EXTRACTING and status.share is not None
        )
        scheduling.set_inference_enabled(False)
        wait_for_status(
            lambda status: status.phase is Phase.READY and status.model is ModelState.UNLOADED
        )
        assert not are_extracted(entry)
        models.choose_model(models.BUILT_IN)
        scheduling.set_inference_enabled(True)
        settle(entry)
    assert set(found_by(entry)) == {"built-in"}


@pytest.mark.slow
def test_a_language_model_that_is_stopped_in_mid_prompt_reads_the_entry_later(
    tmp_path: Path,
) -> None:
    models.choose_model(models.add_file(write_tiny_model(tmp_path / "tiny.gguf", layers=12)))
    entry = save(long_text(400))
    with running(SUPERVISOR):
        for _ in range(2):
            wait_until(lambda: is_being_read(entry))
            scheduling.set_inference_enabled(False)
            wait_for_status(
                lambda status: status.phase is Phase.READY and status.model is ModelState.UNLOADED
            )
            assert not are_extracted(entry)
            scheduling.set_inference_enabled(True)
        shares: list[float] = []

        def is_done() -> bool:
            status = load_status()
            if status.entry == entry.uuid and status.model is ModelState.WARM:
                shares.extend([] if status.share is None else [status.share])
            return are_extracted(entry)

        wait_until(is_done)
        assert shares == sorted(shares)
        assert len(set(shares)) > 1
        settle(entry)
        assert times_read(entry) == 1


def test_two_models_take_turns(server: FakeServer) -> None:
    with running(SUPERVISOR):
        entries: list[Entry] = []
        for name in ("cellar", "built-in", "cellar"):
            models.choose_model(name)
            entries.append(save(f"{TEXT} It was {name}'s turn, number {len(entries)}."))
            wait_until(lambda: are_extracted(entries[-1]))
        assert [set(found_by(entry)) for entry in entries] == [{"cellar"}, {"built-in"}, {"cellar"}]
        settle(*entries)
        assert load_status().model is ModelState.UNLOADED
