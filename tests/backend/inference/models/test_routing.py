"""Which model reads: the one rule."""

import json
import os
import subprocess
import sys
from math import inf
from pathlib import Path

import pytest

from backend import locations
from backend.database.journal.preferences import set_preference, set_preferences
from backend.errors import ModelError, ModelUnavailableError, UsageError
from backend.inference.models import routing
from backend.inference.models.catalog import BUILT_IN, resolve
from backend.inference.models.own_models import Endpoint, OwnModel, keep_own_model
from backend.inference.models.routing import (
    Route,
    Router,
    chosen_name,
    fallback,
    parallel,
)
from backend.preferences import FALLBACK, MODEL, PARALLEL, StoredPreference
from backend.records import Fallback

GONE = ModelError("The cellar is flooded.")


@pytest.fixture
def cellar() -> None:
    """An endpoint, chosen."""
    keep_own_model(OwnModel("cellar", endpoint=Endpoint("http://192.168.1.20/v1", "m")))
    set_preference(MODEL, "cellar")


def test_without_a_choice_the_built_in_one_reads() -> None:
    assert chosen_name() == BUILT_IN
    assert fallback() is Fallback.WAIT
    assert not locations.database_path().exists()


def test_the_choice_is_kept(cellar: None) -> None:
    assert chosen_name() == "cellar"
    assert Router().route().spec.name == "cellar"


def test_the_environment_goes_before_the_choice(cellar: None, charlie_home: Path) -> None:
    code = "from backend.inference.models.routing import chosen_name; print(chosen_name())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "CHARLIE_MODEL": "built-in"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == BUILT_IN


def test_a_choice_that_no_longer_exists_is_told() -> None:
    set_preference(MODEL, "forgotten")
    with pytest.raises(UsageError, match="forgotten"):
        Router().route()


def test_entries_wait_for_the_chosen_model(cellar: None) -> None:
    router = Router()
    route = router.route()
    assert (route.spec.name, route.instead_of) == ("cellar", None)
    with pytest.raises(ModelError, match="flooded"):
        router.failed(route, GONE)
    with pytest.raises(ModelError, match="flooded"):
        router.route()


def test_the_built_in_model_reads_meanwhile_if_the_user_said_so(cellar: None) -> None:
    set_preference(FALLBACK, Fallback.BUILT_IN)
    router = Router()
    for route in (router.failed(router.route(), GONE), router.route()):
        assert route.spec.name == BUILT_IN
        assert route.instead_of == "cellar"


def test_a_model_that_failed_is_tried_again_in_time(
    cellar: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routing, "RETRY_INTERVAL", 0.0)
    router = Router()
    with pytest.raises(ModelError):
        router.failed(router.route(), GONE)
    assert router.route().spec.name == "cellar"


def test_another_choice_is_tried_at_once(cellar: None) -> None:
    router = Router()
    with pytest.raises(ModelError):
        router.failed(router.route(), GONE)
    set_preference(MODEL, BUILT_IN)
    assert router.route().spec.name == BUILT_IN


def test_a_model_that_worked_is_not_held_against(
    cellar: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    router = Router()
    with pytest.raises(ModelError):
        router.failed(router.route(), GONE)
    monkeypatch.setattr("backend.inference.models.routing.time.monotonic", lambda: inf)
    router.worked(Route(resolve("cellar")))
    assert router.retry_at() is None


def test_an_answer_to_an_earlier_request_does_not_outweigh_a_failure(cellar: None) -> None:
    router = Router()
    with pytest.raises(ModelError):
        router.failed(router.route(), GONE)
    router.worked(Route(resolve("cellar")))
    with pytest.raises(ModelError, match="flooded"):
        router.route()


def test_a_server_that_is_away_is_tried_again_less_and_less_often(
    cellar: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr("backend.inference.models.routing.time.monotonic", lambda: now)
    router = Router()
    rests = []
    for _ in range(8):
        with pytest.raises(ModelUnavailableError):
            router.failed(router.route(), ModelUnavailableError("Away."))
        # Another request of the same time.
        with pytest.raises(ModelUnavailableError):
            router.failed(Route(resolve("cellar")), ModelUnavailableError("Away."))
        at = router.retry_at()
        assert at is not None
        rests.append(at - now)
        now = at
    assert rests == [1, 2, 4, 8, 16, 30, 30, 30]
    router.worked(router.route())
    assert router.retry_at() is None


@pytest.mark.parametrize(("asked", "kept"), [(90.0, 90.0), (3.0, 3.0), (0.0, 1.0)])
def test_a_server_is_left_alone_as_long_as_it_asks(
    cellar: None, monkeypatch: pytest.MonkeyPatch, asked: float, kept: float
) -> None:
    monkeypatch.setattr("backend.inference.models.routing.time.monotonic", lambda: 100.0)
    router = Router()
    with pytest.raises(ModelUnavailableError):
        router.failed(router.route(), ModelUnavailableError("Busy.", retry_after=asked))
    assert router.retry_at() == 100.0 + kept


def test_a_stand_in_that_works_does_not_bring_the_chosen_one_back(cellar: None) -> None:
    set_preference(FALLBACK, Fallback.BUILT_IN)
    router = Router()
    route = router.failed(router.route(), GONE)
    router.worked(route)
    assert router.route() == route


def test_a_stand_in_that_fails_has_none_itself(cellar: None) -> None:
    set_preference(FALLBACK, Fallback.BUILT_IN)
    router = Router()
    route = router.failed(router.route(), GONE)
    with pytest.raises(ModelError, match="damaged"):
        router.failed(route, ModelError("The built-in model is damaged."))


def test_the_built_in_model_reads_for_one_that_no_longer_exists() -> None:
    set_preference(MODEL, "forgotten")
    set_preference(FALLBACK, Fallback.BUILT_IN)
    assert Router().route().instead_of == "forgotten"


def test_nothing_stands_in_for_the_built_in_model() -> None:
    set_preference(FALLBACK, Fallback.BUILT_IN)
    router = Router()
    with pytest.raises(ModelError, match="flooded"):
        router.failed(router.route(), GONE)


def test_an_unknown_preference_means_wait() -> None:
    set_preferences(StoredPreference(FALLBACK.name, '"carry-on"'))
    assert fallback() is Fallback.WAIT


@pytest.mark.parametrize(
    ("kept", "used"), [(None, 4), (1, 1), (16, 16), (0, 4), (17, 4), ("many", 4), (2.5, 4)]
)
def test_how_many_are_read_at_once(kept: object, used: int) -> None:
    assert parallel() == PARALLEL.default
    set_preferences(StoredPreference(PARALLEL.name, json.dumps(kept)))
    assert parallel() == used
