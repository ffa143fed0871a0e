"""What a GGUF file says of the model in it, without llama.cpp.

The keys are those of the GGUF specification
(https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from backend.inference.gguf.footprint import cache_bytes, needed_memory
from backend.inference.gguf.modelfile import ModelFile, read_model_file


@dataclass(frozen=True, slots=True)
class FileInfo:
    """A model's file. `size` is in bytes, `context` the most tokens it was trained to see at once.

    `cache_bytes` is what a token of context takes in memory. What the file does not say is 0
    or empty.
    """

    is_tagger: bool
    architecture: str
    title: str
    licence: str
    context: int
    layers: int
    cache_bytes: int
    size: int

    def memory(self, context: int) -> int:
        """Estimate the bytes of memory it takes with `context` tokens, or its own limit."""
        return needed_memory(
            self.size, self.cache_bytes, min(context, self.context) if self.context else context
        )


def read_file_info(path: Path) -> FileInfo:
    """Read a file's header.

    Raises:
        ModelError: the file is missing, damaged or no GGUF file.
    """
    file = read_model_file(path)
    architecture = _text(file, "general.architecture")
    layers = _number(file, f"{architecture}.block_count")
    heads = _number(file, f"{architecture}.attention.head_count")
    # A model without grouped attention does not say how many heads keys and values have.
    key_heads = _number(file, f"{architecture}.attention.head_count_kv") or heads
    width = _number(file, f"{architecture}.embedding_length") // heads if heads else 0
    return FileInfo(
        is_tagger="charlie.format" in file.metadata,
        architecture=architecture,
        title=_text(file, "general.name"),
        licence=_text(file, "general.license"),
        context=_number(file, f"{architecture}.context_length"),
        layers=layers,
        cache_bytes=cache_bytes(
            layers,
            key_heads,
            _number(file, f"{architecture}.attention.key_length") or width,
            _number(file, f"{architecture}.attention.value_length") or width,
        ),
        size=path.stat().st_size,
    )


def _text(file: ModelFile, key: str) -> str:
    value = file.metadata.get(key)
    return value if isinstance(value, str) else ""


def _number(file: ModelFile, key: str) -> int:
    value = file.metadata.get(key)
    return value if isinstance(value, int) else 0
