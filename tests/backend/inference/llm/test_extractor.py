"""Reading entries with the tiny model: it talks nonsense, and every guarantee holds."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest

from backend.errors import ModelAnswerError, ModelError, TaggingCancelledError
from backend.inference.hints import Hints
from backend.inference.llm.dspy_lm import DspyLM
from backend.inference.llm.extractor import LanguageModelExtractor
from backend.inference.llm.llm import LanguageModel
from backend.records import EntityType, Span
from tests.backend.inference.llm.conftest import CHUNK_TOKENS
from tests.backend.inference.llm.texts import ADVERSARIAL

SECRET = "Met Xanthippe in Ouagadougou."


def check(text: str, spans: list[Span]) -> None:
    end = 0
    for span in spans:
        assert end <= span.start < span.end <= len(text)
        assert text[span.start : span.end] == text[span.start : span.end].strip()
        assert span.type in EntityType
        assert 0 <= span.confidence <= 1
        end = span.end


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_any_entry_is_read(reader: LanguageModelExtractor, name: str) -> None:
    text = ADVERSARIAL[name][:900]
    told: list[tuple[int, int]] = []
    check(text, reader.tag(text, progress=lambda done, total: told.append((done, total))))
    assert told == sorted(told)
    assert told[-1] == (len(text), len(text))


def test_a_draw_finds_names_that_are_there(model: LanguageModel) -> None:
    drawing = LanguageModelExtractor(DspyLM(model, max_tokens=2_000, temperature=2.0))
    text = "Ann and Bob went to Rome for yoga."
    spans = drawing.tag(text)
    check(text, spans)
    assert spans


def test_the_same_entry_is_read_the_same_way(reader: LanguageModelExtractor) -> None:
    text = "Ann and Bob went to Rome for yoga."
    assert reader.tag(text) == reader.tag(text)


def test_hints_are_taken(reader: LanguageModelExtractor) -> None:
    known = {"Ann": EntityType.PERSON, "Nobody": EntityType.PERSON}
    check("Ann came.", reader.tag("Ann came.", hints=lambda: Hints("2026-05-03", known)))


def test_a_long_entry_is_read_in_parts_to_its_end(reader: LanguageModelExtractor) -> None:
    text = "Ann went. " * (CHUNK_TOKENS // 4)
    told: list[int] = []
    check(text, reader.tag(text, progress=lambda done, _total: told.append(done)))
    assert told == sorted(told)
    assert told[-1] == len(text)


def test_stopping_in_mid_prompt_is_obeyed_and_the_reader_reads_on(
    reader: LanguageModelExtractor,
) -> None:
    text = "Ann went to Rome. " * 30
    told: list[int] = []
    with pytest.raises(TaggingCancelledError):
        reader.tag(text, progress=lambda done, _: told.append(done), cancelled=lambda: bool(told))
    assert told[-1] < len(text)
    check("Ann came.", reader.tag("Ann came."))


def test_stopping_from_another_thread_is_obeyed(reader: LanguageModelExtractor) -> None:
    text = "Ann went to Rome. " * 300
    stop = threading.Event()
    timer = threading.Timer(0.3, stop.set)
    timer.start()
    told: list[int] = []
    with pytest.raises(TaggingCancelledError):
        reader.tag(text, progress=lambda done, _: told.append(done), cancelled=stop.is_set)
    timer.join()
    assert max(told, default=0) < len(text)


def test_an_answer_that_is_cut_twice_is_reported_without_a_word_of_the_entry(
    model: LanguageModel, caplog: pytest.LogCaptureFixture
) -> None:
    brief = LanguageModelExtractor(DspyLM(model, max_tokens=5))
    with caplog.at_level(logging.DEBUG), pytest.raises(ModelAnswerError) as caught:
        brief.tag(SECRET)
    told = " ".join([*caught.value.lines(), caplog.text])
    assert "tiny.gguf" in told
    assert "smaller parts" in caplog.text
    assert "Xanthippe" not in told
    assert "Ouaga" not in told


def test_a_context_that_is_too_small_is_refused_with_the_number(tiny_path: Path) -> None:
    with (
        LanguageModel(tiny_path, context=1_024, threads=1) as small,
        pytest.raises(ModelError, match=r"context of 1024 tokens is too small.* it takes \d+"),
    ):
        LanguageModelExtractor(DspyLM(small)).tag("Met Ann.")


def test_a_closed_reader_says_so(tiny_path: Path) -> None:
    reader = LanguageModelExtractor(DspyLM(str(tiny_path), context=8_192))
    reader.close()
    reader.close()
    with pytest.raises(RuntimeError, match="closed"):
        reader.tag("Met Ann.")
