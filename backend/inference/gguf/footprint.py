"""How much memory a language model takes, estimated from the numbers in its file."""

from __future__ import annotations

from typing import Final

# A batch of 512 tokens yields a 32-bit number for each of the 151,936 words that the qwen3 models
# know, by far the largest of the buffers that llama.cpp keeps beside weights and cache.
_BUFFERS: Final = 512 * 151_936 * 4


def cache_bytes(layers: int, heads: int, key_size: int, value_size: int) -> int:
    """Return the bytes that one token takes in the cache of keys and values.

    llama.cpp keeps them as 16-bit numbers.

    Args:
        layers: of the model.
        heads: of keys and values, in each layer.
        key_size: numbers in a key of one head.
        value_size: numbers in a value of one head.
    """
    return layers * heads * (key_size + value_size) * 2


def needed_memory(size: int, per_token: int, context: int) -> int:
    """Estimate the bytes that a loaded model takes: weights, cache and buffers.

    Args:
        size: of its file, in bytes.
        per_token: bytes of one token in the cache, see `cache_bytes`.
        context: how many tokens it sees at once.
    """
    return size + per_token * context + _BUFFERS
