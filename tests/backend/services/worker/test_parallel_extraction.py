"""Several entries at once, through a real worker and a server on loopback."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator

import pytest

import backend
from backend.errors import UsageError
from backend.inference import manager
from backend.journal import enqueue_entry
from backend.records import Entry
from backend.services import endpoints, models
from backend.services.supervision import scheduling
from backend.services.supervision.worker_status import ModelState, Phase, load_status
from tests.backend.inference.llm.fake_server import Answered, Asked, FakeServer, listing
from tests.backend.services.work import (
    PATIENCE,
    SUPERVISOR,
    are_extracted,
    running,
    save,
    settle,
    times_read,
    wait_for_status,
    wait_until,
)


class Crowd:
    """Lets requests in, and answers them when it is told to, or when so many are there at once."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.most = 0
        self._inside = 0
        self._lock = threading.Lock()
        self.wanted = 0

    def answer(self, _asked: Asked) -> Answered:
        with self._lock:
            self._inside += 1
            self.most = max(self.most, self._inside)
            if self._inside == self.wanted:
                self.opened.set()
        self.opened.wait(PATIENCE)
        with self._lock:
            self._inside -= 1
        return listing(people=["Sarah Chen"])


@pytest.fixture
def crowd() -> Iterator[Crowd]:
    """What waits in the server; let in at the end, whatever happened."""
    waiting = Crowd()
    yield waiting
    waiting.opened.set()


@pytest.fixture
def server(crowd: Crowd) -> Iterator[FakeServer]:
    """An endpoint, chosen, whose answers `crowd` holds back."""
    with FakeServer() as running_server:
        running_server.answer = crowd.answer
        endpoint = endpoints.make_endpoint(running_server.url, "m")
        models.choose_model(endpoints.add_endpoint(endpoint, name="cellar"))
        yield running_server


def save_some(count: int) -> list[Entry]:
    return [save(f"Walk number {number} with Sarah Chen.") for number in range(count)]


def texts_asked(server: FakeServer) -> Counter[str]:
    return Counter(asked.entry.strip() for asked in server.asked)


def test_as_many_as_the_user_said_are_read_at_once_and_each_of_them_once(
    server: FakeServer, crowd: Crowd
) -> None:
    models.set_parallel(3)
    crowd.wanted = 3
    entries = save_some(10)
    with running(SUPERVISOR):
        settle(*entries)
        assert [times_read(entry) for entry in entries] == [1] * 10
    assert crowd.most == 3
    assert texts_asked(server) == {entry.text: 1 for entry in entries}
    for entry in entries:
        assert [mention.text for mention in backend.get_entry(entry.uuid).mentions] == [
            "Sarah Chen"
        ]


def test_the_status_tells_how_many(server: FakeServer, crowd: Crowd) -> None:
    models.set_parallel(2)
    entries = save_some(3)
    with running(SUPERVISOR):
        status = wait_for_status(lambda status: len(status.entries) == 2)
        assert status.phase is Phase.EXTRACTING
        assert status.entry == status.entries[0]
        assert set(status.entries) < {entry.uuid for entry in entries}
        crowd.opened.set()
        settle(*entries)
        assert load_status().entries == ()


def test_one_at_a_time_if_the_user_said_so(server: FakeServer, crowd: Crowd) -> None:
    models.set_parallel(1)
    crowd.opened.set()
    entries = save_some(5)
    with running(SUPERVISOR):
        settle(*entries)
    assert crowd.most == 1


def test_switching_off_stops_all_of_them_and_loses_none(server: FakeServer, crowd: Crowd) -> None:
    entries = save_some(6)
    with running(SUPERVISOR):
        wait_until(lambda: len(server.asked) == 4)
        scheduling.set_inference_enabled(False)
        wait_for_status(
            lambda status: status.phase is Phase.READY and status.model is ModelState.UNLOADED
        )
        assert not any(are_extracted(entry) for entry in entries)
        crowd.opened.set()
        assert len(server.asked) == 4
        scheduling.set_inference_enabled(True)
        settle(*entries)
        assert [times_read(entry) for entry in entries] == [1] * 6


def test_a_busy_server_is_left_alone_for_as_long_as_it_asks(
    server: FakeServer, crowd: Crowd
) -> None:
    crowd.opened.set()
    turns = iter(range(1000))

    def busy_at_first(asked: Asked) -> Answered:
        if next(turns) < 5:
            return Answered("", status=429, headers={"Retry-After": "1"})
        return crowd.answer(asked)

    server.answer = busy_at_first
    entries = save_some(6)
    with running(SUPERVISOR):
        settle(*entries)
        assert [times_read(entry) for entry in entries] == [1] * 6


def test_a_text_that_is_replaced_while_it_is_read_is_read_as_it_is_now(
    server: FakeServer, crowd: Crowd
) -> None:
    first, *others = save_some(3)
    with running(SUPERVISOR):
        wait_until(lambda: len(server.asked) == 3)
        edited = backend.edit_entry(first.uuid, "Sarah Chen moved away.")
        assert enqueue_entry(edited.uuid, edited.journal)
        crowd.opened.set()
        settle(edited, *others)
        assert times_read(first) == 1
    assert texts_asked(server)["Sarah Chen moved away."] == 1
    assert backend.get_entry(first.uuid).mentions[0].start == 0


def test_a_model_in_the_worker_reads_one_at_a_time(server: FakeServer, crowd: Crowd) -> None:
    models.set_parallel(8)
    assert manager.threads_at_once() == 8
    models.choose_model(models.BUILT_IN)
    assert manager.threads_at_once() == 1


def test_the_choice_of_another_model_waits_for_nobody(server: FakeServer, crowd: Crowd) -> None:
    entries = save_some(2)
    with running(SUPERVISOR):
        wait_until(lambda: len(server.asked) == 2)
        models.choose_model(models.BUILT_IN)
        late = save("Omar called from Lisbon.")
        wait_until(lambda: are_extracted(late))
        assert not any(are_extracted(entry) for entry in entries)
        crowd.opened.set()
        settle(*entries, late)
    assert {mention.model for mention in backend.get_entry(late.uuid).mentions} == {"built-in"}


@pytest.mark.parametrize("number", [0, 17, -1])
def test_refuses_a_number_that_is_none(number: int) -> None:
    with pytest.raises(UsageError, match="from 1 to 16"):
        models.set_parallel(number)
