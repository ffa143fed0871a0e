"""The shipped model, loaded once: these tests run the real file through the real llama.cpp."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.inference.gguf.modelfile import read_model_file
from backend.inference.loader import load_tagger
from backend.inference.models.catalog import resolve
from backend.inference.tagger.tagger import Tagger
from backend.inference.tagger.wordpiece import WordPiece, original_tokens


@pytest.fixture(scope="session")
def model_path() -> Path:
    """Path of the shipped model."""
    return resolve().path


@pytest.fixture(scope="session")
def tagger() -> Iterator[Tagger]:
    """The shipped model, loaded."""
    with load_tagger(resolve()) as loaded:
        yield loaded


@pytest.fixture(scope="session")
def tokenizer(model_path: Path) -> WordPiece:
    """The shipped model's tokenizer."""
    tokens = read_model_file(model_path).texts("tokenizer.ggml.tokens")
    return WordPiece(original_tokens(tokens))
