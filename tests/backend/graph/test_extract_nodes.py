"""An entry's text through the real model into mentions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import backend
from backend.errors import TaggingCancelledError
from backend.graph.extract_nodes import Outcome, extract_nodes
from backend.inference import manager
from backend.journal import enqueue_entry
from tests.backend.services.work import long_text

_TEXT = "Had lunch with Sarah Chen in Lisbon. Sarah Chen paid."


@pytest.fixture(autouse=True)
def _free_the_model() -> Iterator[None]:
    yield
    manager.unload_all_models()


def test_what_it_finds_is_stored_with_the_entry() -> None:
    entry = backend.add_entry(_TEXT)
    assert extract_nodes(entry.uuid, entry.journal) is Outcome.STORED
    read = backend.get_entry(entry.uuid)
    assert read.is_extracted
    assert [mention.text for mention in read.mentions].count("Sarah Chen") == 2
    assert {entity.name: entity.count for entity in read.entities}["Sarah Chen"] == 2


def test_the_same_name_in_two_entries_is_one_entity() -> None:
    for text in (_TEXT, "Sarah Chen called."):
        entry = backend.add_entry(text)
        extract_nodes(entry.uuid, entry.journal)
    (found,) = [each for each in backend.list_entities() if each.name == "Sarah Chen"]
    assert found.count == 3


def test_what_was_read_is_not_read_again() -> None:
    entry = backend.add_entry(_TEXT)
    extract_nodes(entry.uuid, entry.journal)
    assert extract_nodes(entry.uuid, entry.journal) is Outcome.NOT_NEEDED
    assert extract_nodes("0" * 8, entry.journal) is Outcome.NOT_NEEDED


def test_a_text_that_was_read_before_needs_no_model() -> None:
    entry = backend.add_entry(_TEXT)
    extract_nodes(entry.uuid, entry.journal)
    backend.edit_entry(entry.uuid, "Something else.")
    extract_nodes(entry.uuid, entry.journal)
    backend.edit_entry(entry.uuid, _TEXT)
    manager.unload_all_models()
    assert extract_nodes(entry.uuid, entry.journal) is not Outcome.SUPERSEDED
    assert manager.MODELS["llm"] is None
    assert backend.get_entry(entry.uuid).mentions


def test_what_is_saved_while_it_reads_is_left_to_be_read() -> None:
    entry = backend.add_entry(long_text(500))
    asked: list[bool] = []

    def save_once() -> bool:
        if not asked:
            backend.edit_entry(entry.uuid, "Something else.")
        asked.append(True)
        return False

    assert extract_nodes(entry.uuid, entry.journal, cancelled=save_once) is Outcome.SUPERSEDED
    assert not backend.get_entry(entry.uuid).is_extracted


def test_it_stops_when_it_is_asked_to() -> None:
    entry = backend.add_entry(long_text(500))
    with pytest.raises(TaggingCancelledError):
        extract_nodes(entry.uuid, entry.journal, cancelled=lambda: True)
    assert not backend.get_entry(entry.uuid).is_extracted


def test_the_model_is_freed_when_nothing_waits() -> None:
    entry = backend.add_entry(_TEXT)
    extract_nodes(entry.uuid, entry.journal)
    assert manager.MODELS["llm"]
    assert manager.cleanup_if_no_work()
    assert not manager.MODELS["llm"]
    assert enqueue_entry(backend.add_entry("It waits.").uuid, "default")
    assert not manager.cleanup_if_no_work()
