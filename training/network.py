"""The tagger as it is trained: MiniLM with shape embeddings and a label head, in PyTorch.

Everything here has its twin at run time: llama.cpp computes the encoder (hence the tanh form of
GELU, the only one it has for BERT), `backend.inference.tagger` the input vectors and the head.
"""

import math
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from backend.inference.tagger.shapes import SHAPES, STYLES

WIDTH = 384
LAYERS = 6
HEADS = 12
INNER = 1536
POSITIONS = 512
EPSILON = 1e-12  # of layer normalisation, from the base model's config
DROPOUT = 0.1

NEIGHBOURS = 2  # words on either side whose shape the head reads
SHAPE_WIDTH = 12  # of one neighbour's shape at the head
HIDDEN = 256  # of the head


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows of equal padded length.

    `pieces`, `shapes`, `styles` and `padding` (true where there is none) are
    windows × pieces; `firsts` (words) indexes the flattened pieces by each word's first one;
    `around` is words × (2 `NEIGHBOURS` + 1) shapes; `targets` (words) are label numbers.
    """

    pieces: Tensor
    shapes: Tensor
    styles: Tensor
    padding: Tensor
    firsts: Tensor
    around: Tensor
    targets: Tensor


class Layer(nn.Module):
    """One transformer layer, post-normalised as BERT is.

    Attention weights are not dropped out: drawing those masks took a quarter of the time.
    """

    def __init__(self) -> None:
        super().__init__()
        self.query = nn.Linear(WIDTH, WIDTH)
        self.key = nn.Linear(WIDTH, WIDTH)
        self.value = nn.Linear(WIDTH, WIDTH)
        self.output = nn.Linear(WIDTH, WIDTH)
        self.attention_norm = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.up = nn.Linear(WIDTH, INNER)
        self.down = nn.Linear(INNER, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, state: Tensor, bias: Tensor) -> Tensor:
        """Map windows × pieces × `WIDTH` to the same; `bias` is added to attention."""
        windows, pieces, _ = state.shape
        head = WIDTH // HEADS

        def split(projected: Tensor) -> Tensor:
            return projected.view(windows, pieces, HEADS, head).transpose(1, 2)

        query, key = split(self.query(state)), split(self.key(state))
        scores = query @ key.transpose(2, 3) / math.sqrt(head) + bias
        attended = scores.softmax(-1) @ split(self.value(state))
        merged = attended.transpose(1, 2).reshape(windows, pieces, WIDTH)
        state = self.attention_norm(state + self.dropout(self.output(merged)))
        inner = functional.gelu(self.up(state), approximate="tanh")
        normal: Tensor = self.norm(state + self.dropout(self.down(inner)))
        return normal


class Network(nn.Module):
    """Encoder, shape embeddings and head. The word embeddings are frozen."""

    def __init__(self, words: int, labels: int) -> None:
        super().__init__()
        self.words = nn.Embedding(words, WIDTH)
        self.words.weight.requires_grad_(False)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        self.kinds = nn.Embedding(2, WIDTH)
        self.shapes = nn.Embedding(SHAPES, WIDTH)
        self.styles = nn.Embedding(STYLES, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.around = nn.Embedding(SHAPES, SHAPE_WIDTH)
        self.hidden = nn.Linear(WIDTH + (2 * NEIGHBOURS + 1) * SHAPE_WIDTH, HIDDEN)
        self.labels = nn.Linear(HIDDEN, labels)
        self.dropout = nn.Dropout(DROPOUT)
        for embedding in (self.shapes, self.styles):
            nn.init.zeros_(embedding.weight)
        nn.init.normal_(self.around.weight, std=0.3)

    def forward(self, batch: Batch) -> Tensor:
        """Return the scores, words × labels."""
        places = torch.arange(batch.pieces.shape[1])
        state = self.words(batch.pieces) + self.shapes(batch.shapes) + self.styles(batch.styles)
        state = state + self.positions(places) + self.kinds.weight[0]
        state = self.dropout(self.norm(state))
        bias = torch.zeros(batch.padding.shape).masked_fill(batch.padding, -1e4)[:, None, None, :]
        for layer in self.layers:
            state = layer(state, bias)
        firsts = state.reshape(-1, WIDTH)[batch.firsts]
        seen = torch.cat((firsts, self.around(batch.around).flatten(1)), dim=1)
        hidden = functional.gelu(self.hidden(self.dropout(seen)))
        scores: Tensor = self.labels(self.dropout(hidden))
        return scores


_NAMES = {
    "attention.self.query": "query",
    "attention.self.key": "key",
    "attention.self.value": "value",
    "attention.output.dense": "output",
    "attention.output.LayerNorm": "attention_norm",
    "intermediate.dense": "up",
    "output.dense": "down",
    "output.LayerNorm": "norm",
}


def load_base(network: Network, weights: Path) -> None:
    """Fill the encoder with the base model's weights (safetensors, BERT's names)."""
    base = load_file(weights)
    own = {
        "words.weight": base["embeddings.word_embeddings.weight"],
        "positions.weight": base["embeddings.position_embeddings.weight"],
        "kinds.weight": base["embeddings.token_type_embeddings.weight"],
        "norm.weight": base["embeddings.LayerNorm.weight"],
        "norm.bias": base["embeddings.LayerNorm.bias"],
    }
    for number in range(LAYERS):
        for theirs, ours in _NAMES.items():
            for part in ("weight", "bias"):
                name = f"encoder.layer.{number}.{theirs}.{part}"
                own[f"layers.{number}.{ours}.{part}"] = base[name]
    missing = network.load_state_dict(own, strict=False).missing_keys
    fresh = ("shapes.", "styles.", "around.", "hidden.", "labels.")
    if any(not name.startswith(fresh) for name in missing):
        raise ValueError(f"the base model lacks weights: {missing}")
