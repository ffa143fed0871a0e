"""A tiny language model, written once, run by the real llama.cpp; and a server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.inference.llm.dspy_lm import DspyLM
from backend.inference.llm.extractor import LanguageModelExtractor
from backend.inference.llm.llm import LanguageModel
from backend.inference.models.own_models import Endpoint
from tests.backend.inference.llm.fake_server import FakeServer
from tests.backend.inference.tiny_gguf import write_tiny_model

# A token of the tiny model is a byte, so it needs more of them than a real one does.
CONTEXT = 16_384
MAX_TOKENS = 4_096
CHUNK_TOKENS = 200


@pytest.fixture(scope="session")
def tiny_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Path of a tiny language model."""
    return write_tiny_model(tmp_path_factory.mktemp("models") / "tiny.gguf")


@pytest.fixture(scope="session")
def model(tiny_path: Path) -> Iterator[LanguageModel]:
    """The tiny language model, loaded."""
    # Several threads would wait for one another longer than they compute.
    with LanguageModel(tiny_path, context=CONTEXT, threads=1) as loaded:
        yield loaded


@pytest.fixture
def lm(model: LanguageModel) -> DspyLM:
    """The tiny language model as DSPy's."""
    return DspyLM(model, max_tokens=MAX_TOKENS)


@pytest.fixture
def reader(lm: DspyLM) -> LanguageModelExtractor:
    """A reader that reads with the tiny language model."""
    return LanguageModelExtractor(lm, chunk_tokens=CHUNK_TOKENS)


@pytest.fixture
def server() -> Iterator[FakeServer]:
    """An OpenAI-compatible server that answers as the test says."""
    with FakeServer() as running:
        yield running


@pytest.fixture
def endpoint(server: FakeServer) -> Endpoint:
    """The server as the user would have named it."""
    return Endpoint(server.url, "some-model")


@pytest.fixture
def distant(endpoint: Endpoint) -> Iterator[LanguageModelExtractor]:
    """A reader that reads with the server's model."""
    with LanguageModelExtractor(DspyLM(endpoint)) as opened:
        yield opened
