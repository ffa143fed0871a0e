"""Reading loose texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend import locations
from backend.database.redis import server as redis_server
from backend.errors import ModelError, UsageError
from backend.records import Span
from backend.services.text_extraction import TextExtractor


def extract_text(text: str, model: str | None = None) -> list[Span]:
    with TextExtractor(model) as extractor:
        return extractor.extract(text)


def test_a_text_has_its_spans() -> None:
    text = "Lunch with Sarah Chen in Lisbon 🏖️, then tea with Sarah Chen."
    spans = extract_text(text)
    assert [text[span.start : span.end] for span in spans].count("Sarah Chen") == 2


def test_a_loaded_model_reads_many() -> None:
    with TextExtractor() as extractor:
        assert extractor.extract("") == []
        first, second = extractor.extract("Omar called."), extractor.extract("Omar called.")
    assert first == second


def test_nothing_is_stored_and_nothing_started() -> None:
    extract_text("Omar called.")
    assert not locations.database_path().exists()
    assert not redis_server.is_running()


def test_a_model_that_is_none_is_refused(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(b"GGUF")
    with pytest.raises(ModelError):
        extract_text("Omar called.", str(damaged))
    with pytest.raises((ModelError, UsageError)):
        extract_text("Omar called.", "no such model")
