"""One door to every kind of model."""

from pathlib import Path

import pytest

import backend.inference
from backend.errors import ModelError, ModelUnavailableError
from backend.inference import load_model
from backend.inference.loader import is_tagger, load
from backend.inference.models.catalog import resolve
from backend.inference.models.own_models import Endpoint, OwnModel, keep_own_model
from backend.inference.tagger.tagger import Tagger
from tests.backend.inference.tiny_gguf import write_tiny_model

TEXT = "Had tea with Priya at Harlow Court."


@pytest.fixture
def llm(tmp_path: Path) -> Path:
    return write_tiny_model(tmp_path / "tiny.gguf")


def test_the_built_in_model_is_a_tagger() -> None:
    with load(resolve()) as model:
        assert isinstance(model, Tagger)
        assert model.tag(TEXT)


def test_a_file_says_itself_what_it_is(llm: Path) -> None:
    assert is_tagger(resolve(str(resolve().path)))
    assert not is_tagger(resolve(str(llm)))


def test_a_language_model_reads(llm: Path) -> None:
    shares: list[float] = []
    with load(resolve(str(llm)), progress=shares.append) as model:
        for span in model.tag(TEXT):
            assert 0 <= span.start < span.end <= len(TEXT)
    assert shares
    assert shares == sorted(shares)


def test_an_endpoint_that_is_down_says_so_when_it_is_asked() -> None:
    keep_own_model(OwnModel("cellar", endpoint=Endpoint("http://127.0.0.1:9/v1", "m")))
    with load_model("cellar") as model, pytest.raises(ModelUnavailableError, match="reached"):
        model.tag(TEXT)


def test_what_is_not_downloaded_says_how_to_get_it() -> None:
    with pytest.raises(ModelError) as raised:
        load_model("qwen3-4b")
    assert raised.value.hint == "charlie model download qwen3-4b"


def test_dspys_language_model_is_a_name_of_the_package(llm: Path) -> None:
    with backend.inference.DspyLM(str(llm)) as lm:
        assert lm.model.startswith("local/")
    with pytest.raises(AttributeError):
        _ = backend.inference.nothing
