"""Loading a language model: what it is refused for, and that it is gone after."""

from __future__ import annotations

from pathlib import Path

import gguf
import psutil
import pytest

from backend import settings
from backend.errors import ModelError, TaggingCancelledError
from backend.inference.gguf import memory
from backend.inference.llm.llm import LanguageModel
from tests.backend.inference.tiny_gguf import write_tiny_model

HELLO = [("user", "hello")]


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no model file at .*gone\.gguf"):
        LanguageModel(tmp_path / "gone.gguf")


def test_a_file_that_is_cut_is_refused(tiny_path: Path, tmp_path: Path) -> None:
    data = tiny_path.read_bytes()
    for length in (3, 40, len(data) // 4, len(data) - 100):
        cut = tmp_path / "cut.gguf"
        cut.write_bytes(data[:length])
        with pytest.raises(ModelError, match=r"cut\.gguf cannot be used"):
            LanguageModel(cut)


def test_the_tagger_is_no_language_model(model_path: Path) -> None:
    with pytest.raises(ModelError, match="not a language model"):
        LanguageModel(model_path)


def test_an_encoder_is_no_language_model(model_path: Path, tmp_path: Path) -> None:
    encoder = tmp_path / "encoder.gguf"
    encoder.write_bytes(model_path.read_bytes().replace(b"charlie.format", b"another.format"))
    with pytest.raises(ModelError, match="not a language model"):
        LanguageModel(encoder, threads=1)


def test_a_model_that_makes_vectors_is_no_language_model(tmp_path: Path) -> None:
    path = write_tiny_model(tmp_path / "vectors.gguf", pooling=gguf.PoolingType.LAST)
    with pytest.raises(ModelError, match="makes vectors"):
        LanguageModel(path, threads=1)


def test_the_context_is_the_models_own_if_the_setting_exceeds_it(tmp_path: Path) -> None:
    path = write_tiny_model(tmp_path / "short.gguf", context=1_000)
    with LanguageModel(path, threads=1) as short:
        assert short.context == 1_000


def test_the_context_is_the_setting_if_the_model_has_more(tiny_path: Path) -> None:
    with LanguageModel(tiny_path, threads=1) as loaded:
        assert loaded.context == settings.LLAMA_CPP_N_CTX


def test_a_model_that_does_not_fit_into_memory_is_refused_with_the_numbers(
    tiny_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "available_memory", lambda: 200_000_000)
    with pytest.raises(ModelError, match=r"needs about 0\.\d GB of memory, and 0\.2 GB") as caught:
        LanguageModel(tiny_path)
    assert caught.value.safe
    assert "LLAMA_CTX_SIZE" in str(caught.value.hint)


def test_loading_tells_how_far_it_is(tiny_path: Path) -> None:
    shares: list[float] = []
    with LanguageModel(tiny_path, threads=1, progress=shares.append):
        pass
    assert shares == sorted(shares)
    assert shares[0] < 0.5
    assert shares[-1] == 1.0


def test_loading_can_be_stopped(tiny_path: Path) -> None:
    shares: list[float] = []
    with pytest.raises(TaggingCancelledError):
        LanguageModel(tiny_path, progress=shares.append, cancelled=lambda: len(shares) > 2)
    assert shares[-1] < 1.0


def test_a_closed_model_says_so_and_may_be_closed_again(tiny_path: Path) -> None:
    loaded = LanguageModel(tiny_path, threads=1)
    loaded.close()
    loaded.close()
    with pytest.raises(RuntimeError, match="closed"):
        loaded.answer(HELLO, limit=1)
    with pytest.raises(RuntimeError, match="closed"):
        loaded.count("hello")


def test_memory_is_given_back(tmp_path: Path) -> None:
    # A context of 64 MB is enough to be seen.
    path = write_tiny_model(tmp_path / "wide.gguf", width=256, layers=4)
    process = psutil.Process()
    before = process.memory_info().rss
    loaded = LanguageModel(path, context=32_768, threads=1)
    loaded.answer(HELLO, limit=1)
    during = process.memory_info().rss
    loaded.close()
    after = process.memory_info().rss
    assert during - before > 48_000_000
    assert during - after > (during - before) * 0.9


def test_two_models_in_turn_answer_as_each_does_alone(tiny_path: Path, tmp_path: Path) -> None:
    paths = [tiny_path, write_tiny_model(tmp_path / "other.gguf", seed=2)]
    answers = []
    for path in [*paths, *paths]:
        with LanguageModel(path, context=4_096, threads=1) as loaded:
            answers.append(loaded.answer(HELLO, limit=12).text)
    assert answers[:2] == answers[2:]
    assert answers[0] != answers[1]


@pytest.mark.parametrize(
    "template",
    [
        None,
        # No system message, as with Gemma's models.
        "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}"
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}{% endfor %}",
    ],
)
def test_models_without_a_template_or_a_system_message_answer(
    tmp_path: Path, template: str | None
) -> None:
    path = write_tiny_model(tmp_path / "plain.gguf", template=template)
    with LanguageModel(path, context=4_096, threads=1) as loaded:
        with_system = [("system", "Be short."), *HELLO]
        answer = loaded.answer(with_system, limit=2)
        assert answer.tokens == 2
        assert answer.prompt_tokens > loaded.answer(HELLO, limit=2).prompt_tokens


@pytest.mark.parametrize(
    "template", ["{{ undefined_function() }}", "{% for %}", "the same whatever is said"]
)
def test_a_template_that_does_not_work_is_reported(tmp_path: Path, template: str) -> None:
    path = write_tiny_model(tmp_path / "odd.gguf", template=template)
    with (
        LanguageModel(path, context=4_096, threads=1) as loaded,
        pytest.raises(ModelError, match="chat template"),
    ):
        loaded.answer(HELLO, limit=2)
