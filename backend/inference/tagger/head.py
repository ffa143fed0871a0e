"""What surrounds the encoder: the vectors that go in, and the labels that come out.

llama.cpp computes the transformer; the shapes of words, which it knows nothing of, are added to
its input here, and the label head is applied to its output. All arrays come from the model file.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from backend.inference.gguf.modelfile import Q8_0, ModelFile, damaged
from backend.inference.tagger.shapes import NOTHING, SHAPES, STYLES

Vectors = npt.NDArray[np.float32]

_WORDS = "token_embd.weight"
# A Q8_0 block: one float16 scale, then 32 int8 values (block_q8_0 in ggml-common.h).
_BLOCK = np.dtype([("scale", "<f2"), ("values", "i1", (32,))])

# sqrt(2 / pi) and the cubic coefficient of GELU's tanh form, which llama.cpp uses for BERT.
_GELU_SCALE = np.float32(0.7978845608028654)
_GELU_CUBIC = np.float32(0.044715)


class Head:
    """The shape embeddings and the label head of a model file.

    `width` is the model's embedding length, `labels` the names of the classes. Raises
    `ModelError` if the file lacks a part or a part has another size than the others ask for.
    """

    def __init__(self, file: ModelFile) -> None:
        words = file.tensors.get(_WORDS)
        if words is None or words.type != Q8_0 or len(words.shape) != 2:
            damaged(file.path, "its word embeddings are not in the form Charlie reads")
        self.width, rows = words.shape
        self._words = np.memmap(
            file.path, _BLOCK, "r", offset=words.offset, shape=(rows, self.width // 32)
        )
        self.labels = tuple(file.texts("charlie.labels"))
        hidden, reach = file.number("charlie.hidden"), file.number("charlie.neighbours")
        self._reach = reach
        self._shapes = file.numbers("charlie.head.shapes", SHAPES, self.width)
        self._styles = file.numbers("charlie.head.styles", STYLES, self.width)
        around = file.numbers("charlie.head.around")
        shape_width = around.size // SHAPES
        self._around = around.reshape(SHAPES, shape_width)
        seen = self.width + (2 * reach + 1) * shape_width
        self._hidden = file.numbers("charlie.head.hidden.weight", hidden, seen).T.copy()
        self._hidden_bias = file.numbers("charlie.head.hidden.bias", hidden)
        self._last = file.numbers("charlie.head.labels.weight", len(self.labels), hidden).T.copy()
        self._last_bias = file.numbers("charlie.head.labels.bias", len(self.labels))

    def inputs(self, pieces: Sequence[int], shapes: Sequence[int], style: int) -> Vectors:
        """Return the input vectors, pieces × width: embedding + shape + style.

        The embedding rows lie in the file as Q8_0 blocks and are scaled back here, as llama.cpp
        would: it adds the positions and the token type by itself.
        """
        rows = self._words[list(pieces)]
        vectors = rows["values"] * rows["scale"].astype(np.float32)[:, :, None]
        summed: Vectors = vectors.reshape(len(pieces), self.width)
        summed += self._shapes[list(shapes)]
        summed += self._styles[style]
        return summed

    def scores(self, states: Vectors, shapes: Sequence[int]) -> Vectors:
        """Return the scores, words × labels, from each word's first state and its shape."""
        edge = [NOTHING] * self._reach
        edged = np.array([*edge, *shapes, *edge])
        near = np.lib.stride_tricks.sliding_window_view(edged, 2 * self._reach + 1)
        seen = np.concatenate((states, self._around[near].reshape(len(states), -1)), axis=1)
        hidden = _gelu(seen @ self._hidden + self._hidden_bias)
        found: Vectors = hidden @ self._last + self._last_bias
        return found


def _gelu(values: Vectors) -> Vectors:
    """Return GELU in its tanh form."""
    inner = _GELU_SCALE * (values + _GELU_CUBIC * values**3)
    activated: Vectors = 0.5 * values * (1 + np.tanh(inner))
    return activated
