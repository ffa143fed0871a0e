"""What a GGUF file's header says of the model in it."""

import struct
from pathlib import Path

import pytest

from backend.errors import ModelError
from backend.inference.gguf.footprint import cache_bytes
from backend.inference.gguf.model_info import read_file_info
from backend.inference.models.catalog import resolve
from backend.inference.models.offers import OFFERS, find_offer

QWEN3_4B: dict[str, str | int] = {
    "general.architecture": "qwen3",
    "general.name": "Qwen3-4B-Instruct-2507",
    "general.license": "apache-2.0",
    "qwen3.context_length": 262144,
    "qwen3.block_count": 36,
    "qwen3.embedding_length": 2560,
    "qwen3.attention.head_count": 32,
    "qwen3.attention.head_count_kv": 8,
    "qwen3.attention.key_length": 128,
    "qwen3.attention.value_length": 128,
}


def write_header(path: Path, values: dict[str, str | int]) -> Path:
    """A GGUF file without tensors (version 3; types 4, a 32-bit number, and 8, a string)."""

    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value.encode())) + value.encode()

    data = b"GGUF" + struct.pack("<IQQ", 3, 0, len(values))
    for key, value in values.items():
        data += text(key)
        data += (
            struct.pack("<II", 4, value)
            if isinstance(value, int)
            else struct.pack("<I", 8) + text(value)
        )
    path.write_bytes(data)
    return path


def test_reads_a_language_model(tmp_path: Path) -> None:
    info = read_file_info(write_header(tmp_path / "x.gguf", QWEN3_4B))
    assert not info.is_tagger
    assert (info.architecture, info.title) == ("qwen3", "Qwen3-4B-Instruct-2507")
    assert (info.context, info.layers, info.licence) == (262144, 36, "apache-2.0")
    offer = find_offer("Qwen3-4B")
    assert offer
    assert info.cache_bytes == offer.cache_bytes


def test_heads_that_are_not_grouped_share_the_width(tmp_path: Path) -> None:
    values: dict[str, str | int] = {
        "general.architecture": "llama",
        "llama.block_count": 2,
        "llama.embedding_length": 64,
        "llama.attention.head_count": 4,
    }
    info = read_file_info(write_header(tmp_path / "x.gguf", values))
    assert info.cache_bytes == cache_bytes(2, 4, 16, 16)


def test_a_context_beyond_the_models_own_takes_no_memory(tmp_path: Path) -> None:
    values = {**QWEN3_4B, "qwen3.context_length": 4096}
    info = read_file_info(write_header(tmp_path / "x.gguf", values))
    assert info.memory(4096) == info.memory(100_000)
    assert info.memory(1024) < info.memory(4096)


def test_a_file_that_says_nothing_is_no_error(tmp_path: Path) -> None:
    info = read_file_info(write_header(tmp_path / "x.gguf", {}))
    assert (info.architecture, info.context, info.cache_bytes) == ("", 0, 0)


def test_knows_charlies_own_taggers() -> None:
    assert read_file_info(resolve().local_file()).is_tagger


def test_another_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "x.gguf").write_text("not a model")
    with pytest.raises(ModelError, match="GGUF"):
        read_file_info(tmp_path / "x.gguf")


def test_offers_have_names_of_their_own_and_fit_their_memory() -> None:
    assert len({offer.name for offer in OFFERS}) == len(OFFERS)
    for offer in OFFERS:
        assert offer.name == offer.name.lower()
        assert offer.memory(8192) > offer.size
