"""A language model small enough to be made by a test: random weights, real llama.cpp.

What it writes means nothing, but everything around it is real: loading, the tokenizer's control
tokens, the chat template, grammars, a context that overflows. The same seed makes the same bytes.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import gguf
import numpy as np

CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n"
    "{{ message.content | trim }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
SPECIALS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")


def write_tiny_model(
    path: Path,
    *,
    seed: int = 1,
    width: int = 64,
    layers: int = 2,
    context: int = 32_768,
    template: str | None = CHAT_TEMPLATE,
    fillers: int = 0,
    pooling: gguf.PoolingType | None = None,
    file_type: gguf.GGMLQuantizationType = gguf.GGMLQuantizationType.F32,
) -> Path:
    """Write a qwen3 decoder of `layers` layers, about a token a byte; returns `path`.

    `width` must be a multiple of 64: four heads, two for keys and values. `fillers` is how many
    tokens of several letters there are besides, which no text is made of but any answer may be;
    `pooling` makes it a model that turns texts into vectors.
    """
    random = np.random.default_rng(seed)
    heads, key_heads, inner = 4, 2, 2 * width
    size = width // heads
    tokens = [*_byte_tokens(), *_fillers(fillers)]
    writer = gguf.GGUFWriter(path, "qwen3")
    writer.add_name(f"tiny {seed}")
    writer.add_context_length(context)
    writer.add_embedding_length(width)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(inner)
    writer.add_head_count(heads)
    writer.add_head_count_kv(key_heads)
    writer.add_key_length(size)
    writer.add_value_length(size)
    writer.add_rope_freq_base(10_000.0)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list([*tokens, *SPECIALS])
    normal, control = gguf.TokenType.NORMAL, gguf.TokenType.CONTROL
    writer.add_token_types([normal] * len(tokens) + [control] * len(SPECIALS))
    # llama.cpp wants merges of a "gpt2" vocabulary; this one joins nothing that occurs.
    writer.add_token_merges(["Ā ā"])
    writer.add_eos_token_id(len(tokens) + SPECIALS.index("<|im_end|>"))
    writer.add_pad_token_id(len(tokens))
    writer.add_add_bos_token(False)
    if template is not None:
        writer.add_chat_template(template)
    if pooling is not None:
        writer.add_pooling_type(pooling)

    def add(name: str, *shape: int) -> None:
        weights = (random.standard_normal(shape) * 0.1).astype(np.float32)
        if file_type is gguf.GGMLQuantizationType.F32:
            writer.add_tensor(name, weights)
        else:
            writer.add_tensor(name, gguf.quantize(weights, file_type), raw_dtype=file_type)

    def add_ones(name: str, count: int) -> None:
        writer.add_tensor(name, np.ones(count, np.float32))

    words = len(tokens) + len(SPECIALS)
    add("token_embd.weight", words, width)
    add_ones("output_norm.weight", width)
    add("output.weight", words, width)
    for layer in range(layers):
        block = f"blk.{layer}."
        add_ones(block + "attn_norm.weight", width)
        add(block + "attn_q.weight", heads * size, width)
        add(block + "attn_k.weight", key_heads * size, width)
        add(block + "attn_v.weight", key_heads * size, width)
        add(block + "attn_output.weight", width, heads * size)
        add_ones(block + "attn_q_norm.weight", size)
        add_ones(block + "attn_k_norm.weight", size)
        add_ones(block + "ffn_norm.weight", width)
        add(block + "ffn_gate.weight", inner, width)
        add(block + "ffn_up.weight", inner, width)
        add(block + "ffn_down.weight", width, inner)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _byte_tokens() -> list[str]:
    """The 256 byte tokens of GPT-2: printable bytes as themselves, others from U+0100 on."""
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = [byte for byte in range(256) if byte not in printable]
    return [
        chr(byte) if byte in printable else chr(256 + others.index(byte)) for byte in range(256)
    ]


def _fillers(count: int) -> list[str]:
    """Words of several letters, every other with a space before it ("Ġ" in a token's spelling)."""
    letters = "etaoinshrdlcumwfgypbvk"
    found: dict[str, None] = {}
    for length in range(2, 6):
        for word in map("".join, itertools.product(letters, repeat=length)):
            if len(found) >= count:
                return list(found)[:count]
            found[word] = found["Ġ" + word] = None
    return list(found)
