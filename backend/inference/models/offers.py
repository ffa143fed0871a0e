"""The language models that Charlie offers for download, as data.

Sizes are the hub's own for these files (November 2026), and the hub is asked again before a
download. Layers, key/value heads and head size are those of the models' configuration files;
they decide how much memory a context takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from backend import settings
from backend.inference.gguf.footprint import cache_bytes, needed_memory
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
        """Estimate the bytes of memory (of the GPU, where all layers lie there) that it takes.

        Args:
            context: how many tokens it sees at once.
        """
        return needed_memory(self.size, self.cache_bytes, context)


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
    """Return the offer of that name, in any case of letters; None if there is none."""
    wanted = name.lower()
    return next((offer for offer in OFFERS if offer.name == wanted), None)
