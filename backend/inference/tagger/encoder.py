"""The transformer, computed by llama.cpp: vectors in, one state per vector out."""

import ctypes
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from backend.errors import ModelError
from backend.inference.gguf.modelfile import damaged
from backend.inference.gguf.runtime import llama_cpp

Vectors = npt.NDArray[np.float32]


class Encoder:
    """A loaded model with one context; not for two threads at once.

    `longest` is the most vectors one call may have, `threads` how many threads compute.
    Raises `ModelError` if llama.cpp refuses the file. The file must have been verified.
    """

    def __init__(self, path: Path, width: int, longest: int, threads: int) -> None:
        library = llama_cpp()
        self._library = library
        self._width = width
        self._longest = longest
        self._model: Any = None
        self._context: Any = None
        self._batch: Any = None
        settings = library.llama_model_default_params()
        settings.n_gpu_layers = 0  # a window is too short to be worth a GPU's trip
        settings.use_extra_bufts = False  # Q8_0 layers crash in AMX buffers
        self._model = library.llama_model_load_from_file(str(path).encode(), settings)
        if not self._model:
            damaged(path, "llama.cpp does not accept it")
        options = library.llama_context_default_params()
        options.n_ctx = options.n_batch = options.n_ubatch = longest
        options.n_seq_max = 1
        options.n_threads = options.n_threads_batch = threads
        options.embeddings = True
        options.pooling_type = library.LLAMA_POOLING_TYPE_NONE
        self._context = library.llama_init_from_model(self._model, options)
        if not self._context:
            self.close()
            damaged(path, "llama.cpp cannot make a context of it (is memory short?)")
        self._batch = library.llama_batch_init(longest, width, 1)
        for place in range(longest):
            self._batch.pos[place] = place
            self._batch.n_seq_id[place] = 1
            self._batch.seq_id[place][0] = 0
            self._batch.logits[place] = 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def encode(self, vectors: Vectors) -> Vectors:
        """Return the last layer's states, n × width, for n ≤ `longest` input vectors.

        Raises `ModelError` if llama.cpp fails, `RuntimeError` if the encoder was closed.
        """
        if self._batch is None:
            raise RuntimeError("the encoder is closed")
        count = len(vectors)
        if vectors.shape != (count, self._width) or not 0 < count <= self._longest:
            raise ValueError(f"cannot encode vectors of shape {vectors.shape}")
        plain = np.ascontiguousarray(vectors, dtype=np.float32)
        ctypes.memmove(self._batch.embd, plain.ctypes.data, plain.nbytes)
        self._batch.n_tokens = count
        code = self._library.llama_encode(self._context, self._batch)
        if code:
            raise ModelError(
                f"The model could not read this text: llama.cpp failed with code {code}.",
                safe="Your entries are untouched.",
                hint="Try again; if it happens again, report it with the entry's length.",
            )
        states = self._library.llama_get_embeddings(self._context)
        found: Vectors = np.ctypeslib.as_array(states, shape=(count, self._width)).copy()
        return found

    def close(self) -> None:
        """Free what llama.cpp holds; further calls do nothing."""
        if self._batch is not None:
            self._library.llama_batch_free(self._batch)
            self._batch = None
        if self._context is not None:
            self._library.llama_free(self._context)
            self._context = None
        if self._model is not None:
            self._library.llama_model_free(self._model)
            self._model = None
