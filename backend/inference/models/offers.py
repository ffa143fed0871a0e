"""The language models that Charlie offers for download, as data.

Sizes are the hub's own for these files (November 2026), and the hub is asked again before a
download. Layers, key/value heads and head size are those of the models' configuration files;
they decide how much memory a context takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from backend import settings
from backend.preferences import MODEL

#: The tagger that comes with Charlie; no other model may bear its name.
BUILT_IN: Final = MODEL.default


@dataclass(frozen=True, slots=True)
class Offer:
    """A GGUF file on the Hugging Face hub.

    `size` is in bytes; `cache_bytes` is what one token of context takes in memory.
    """

    name: str
    repo: str
    file: str
    size: int
    cache_bytes: int
    licence: str
    description: str

    def memory(self, context: int) -> int:
        """Bytes of memory (of the GPU, where all layers lie there) with `context` tokens."""
        return needed_memory(self.size, self.cache_bytes, context)


def cache_bytes(layers: int, heads: int, key_size: int, value_size: int) -> int:
    """What one token takes in the cache of keys and values, in 16-bit numbers as llama.cpp does."""
    return layers * heads * (key_size + value_size) * 2


# A batch of 512 tokens yields a 32-bit number for each of the 151,936 words that the qwen3 models
# know, by far the largest of the buffers that llama.cpp keeps beside weights and cache.
_BUFFERS: Final = 512 * 151_936 * 4


def needed_memory(size: int, per_token: int, context: int) -> int:
    """Estimate the bytes that a model takes: weights, cache of `context` tokens, buffers."""
    return size + per_token * context + _BUFFERS


OFFERS: Final = (
    Offer(
        name="qwen3-1.7b",
        repo="ggml-org/Qwen3-1.7B-GGUF",
        file="Qwen3-1.7B-Q4_K_M.gguf",
        size=1_282_439_264,
        cache_bytes=cache_bytes(28, 8, 128, 128),
        licence="Apache-2.0",
        description="small, for a laptop without a GPU",
    ),
    Offer(
        name="qwen3-4b",
        repo=settings.MODEL_REPO_ID,
        file=f"Qwen3-4B-Instruct-2507-{settings.MODEL_QUANTIZATION}.gguf",
        size=2_497_281_120,
        cache_bytes=cache_bytes(36, 8, 128, 128),
        licence="Apache-2.0",
        description="the recommended one, for a GPU of 6 GB or a patient processor",
    ),
    Offer(
        name="qwen3-8b",
        repo="Qwen/Qwen3-8B-GGUF",
        file="Qwen3-8B-Q4_K_M.gguf",
        size=5_027_783_488,
        cache_bytes=cache_bytes(36, 8, 128, 128),
        licence="Apache-2.0",
        description="bigger and slower, for a GPU of 8 GB or more",
    ),
)

#: What `charlie model download` fetches when it is not told which.
DEFAULT_OFFER: Final = "qwen3-4b"


def find_offer(name: str) -> Offer | None:
    """The offer of that name, in any case of letters."""
    wanted = name.lower()
    return next((offer for offer in OFFERS if offer.name == wanted), None)
