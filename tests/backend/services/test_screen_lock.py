"""The passphrase of the screen: set, tried, changed, removed."""

from __future__ import annotations

import json

import pytest

import backend
from backend.errors import UsageError
from backend.preferences import LOCK_AFTER, SCREEN_LOCK, StoredPreference
from backend.services import screen_lock
from backend.services.screen_lock import WrongPassphraseError


def test_none_is_asked_for_at_first() -> None:
    assert screen_lock.status() == screen_lock.LockStatus(has_passphrase=False, after=None)
    assert screen_lock.is_right("anything")


def test_a_passphrase_is_known_again_and_not_kept() -> None:
    screen_lock.set_passphrase("Öpen sesame")
    assert screen_lock.status().has_passphrase
    # The same letters as other code points.
    assert screen_lock.is_right("O\u0308pen sesame")
    assert not screen_lock.is_right("öpen sesame")
    assert not screen_lock.is_right("")
    kept = backend.get_preference(SCREEN_LOCK)
    assert kept is not None
    assert "sesame" not in SCREEN_LOCK.to(kept).json


def test_the_same_passphrase_is_kept_as_something_else_each_time() -> None:
    screen_lock.set_passphrase("one")
    before = backend.get_preference(SCREEN_LOCK)
    screen_lock.set_passphrase("one", current="one")
    after = backend.get_preference(SCREEN_LOCK)
    assert before is not None
    assert after is not None
    assert after.salt != before.salt


def test_it_is_changed_by_who_knows_it() -> None:
    screen_lock.set_passphrase("one")
    for wrong in (None, "", "two"):
        with pytest.raises(WrongPassphraseError) as caught:
            screen_lock.set_passphrase("two", current=wrong)
        assert "--forgotten" in (caught.value.hint or "")
    screen_lock.set_passphrase("two", current="one")
    assert screen_lock.is_right("two")


def test_it_is_removed_by_who_knows_it_or_says_it_is_forgotten() -> None:
    screen_lock.set_passphrase("one")
    with pytest.raises(WrongPassphraseError):
        screen_lock.remove_passphrase(current="two")
    screen_lock.remove_passphrase(current="one")
    assert not screen_lock.status().has_passphrase
    screen_lock.set_passphrase("one")
    screen_lock.remove_passphrase(is_forgotten=True)
    assert not screen_lock.status().has_passphrase


@pytest.mark.parametrize("passphrase", ["", " ", "\n"])
def test_an_empty_one_is_refused(passphrase: str) -> None:
    with pytest.raises(UsageError):
        screen_lock.set_passphrase(passphrase)
    assert not screen_lock.status().has_passphrase


@pytest.mark.parametrize(
    ("kept", "after"), [("5", 5), ("never", None), ("7", None), (5, None), (None, None)]
)
def test_the_minutes_are_those_that_can_be_chosen(kept: object, after: int | None) -> None:
    backend.set_preferences(StoredPreference(LOCK_AFTER.name, json.dumps(kept)))
    assert screen_lock.status().after == after


@pytest.mark.parametrize("damaged", ["{", "17", '{"salt": 1}', '{"salt": "01", "hash": "02"}'])
def test_a_damaged_hash_does_not_open_the_lock(damaged: str) -> None:
    screen_lock.set_passphrase("one")
    backend.set_preferences(StoredPreference(SCREEN_LOCK.name, damaged))
    assert screen_lock.status().has_passphrase
    assert not screen_lock.is_right("one")
    assert not screen_lock.is_right("")
    screen_lock.remove_passphrase(is_forgotten=True)
    assert not screen_lock.status().has_passphrase


def test_the_wait_after_wrong_tries_survives_a_new_start(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000_000.0
    monkeypatch.setattr("time.time", lambda: now)
    assert screen_lock.seconds_until_next_try() == 0
    assert [screen_lock.note_wrong_try() for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    # Whatever this process remembered, the file tells.
    assert screen_lock.seconds_until_next_try() == 60
    now += 61
    assert screen_lock.seconds_until_next_try() == 0
    now -= 10_000
    assert screen_lock.seconds_until_next_try() == 60
    screen_lock.forget_wrong_tries()
    assert screen_lock.seconds_until_next_try() == 0
    assert screen_lock.note_wrong_try() == 1
