"""A language model in a GGUF file, run by llama.cpp: tokens in, an answer out."""

from __future__ import annotations

import ctypes
import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from backend import settings
from backend.errors import ModelError
from backend.inference.gguf.memory import require_memory
from backend.inference.gguf.model_info import read_file_info
from backend.inference.gguf.modelfile import damaged
from backend.inference.gguf.runtime import llama_cpp
from backend.inference.llm import cancellation
from backend.inference.llm.chat_format import ChatFormat, Message
from backend.inference.llm.sampling import Sampler
from backend.inference.llm.vocabulary import Vocabulary

log = logging.getLogger("charlie.model")

# Tokens of a prompt that are computed at once: the time between two looks at whether to stop.
# A GPU, which cannot be stopped inside, computes more in that time.
_SLICE = 128
_GPU_SLICE = 512

# Seconds between two questions whether to stop; llama.cpp asks before every operation.
_PATIENCE = 0.02

# What `llama_decode` answers when it was told to stop.
_ABORTED = 2

# llama.cpp's own way to say all layers, however many there are.
_ALL_LAYERS = 0x7FFFFFFF


class ContextOverflowError(ValueError):
    """A prompt and its answer are longer than the context; nothing was computed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model wrote. `is_cut` says that it would have gone on; counts are in tokens.

    Of the prompt, the first `reused_tokens` did not have to be computed again.
    """

    text: str
    is_cut: bool
    prompt_tokens: int
    reused_tokens: int
    tokens: int


class LanguageModel:
    """A model file, loaded and ready to answer. One thread at a time; others wait.

    Args:
        path: the GGUF file.
        context: the most tokens it sees at once; the setting, or its own limit if that is less.
        threads: how many threads compute; as many as there are processors to use.
        progress: told the share that is loaded, 0 to 1.
        cancelled: asked while loading; once it is true, loading stops.

    Raises:
        ModelError: the file is missing, damaged or no language model, or memory is short.
        TaggingCancelledError: `cancelled` was true; nothing stays loaded.
    """

    def __init__(
        self,
        path: Path,
        *,
        context: int | None = None,
        threads: int | None = None,
        progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._model: Any = None
        self._context: Any = None
        # The tokens whose keys and values the context holds.
        self._held: list[int] = []
        info = read_file_info(path)
        if info.is_tagger or not info.context:
            damaged(path, "it is not a language model")
        #: The most tokens of a prompt and its answer together.
        self.context = min(context or settings.LLAMA_CPP_N_CTX, info.context)
        has_gpu = require_memory(path, info, self.context)
        self._slice = min(_GPU_SLICE if has_gpu else _SLICE, self.context)
        self._library = library = llama_cpp()
        self._load(
            cancellation.Watch(progress or (lambda _share: None), cancelled or (lambda: False))
        )
        self._require_writer()
        self._make_context(threads or processors())
        self._vocabulary = Vocabulary(library, self._model)
        template = library.llama_model_chat_template(self._model, None)
        self._format = ChatFormat(
            path, template.decode("utf-8", "replace") if template else None, self._vocabulary
        )
        self._watch = cancellation.current()
        self._asked = 0.0
        self._abort = library.ggml_abort_callback(self._is_unwanted)
        library.llama_set_abort_callback(self._context, self._abort, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free the model; waits for an answer in the making; further calls do nothing."""
        with self._lock:
            self._held = []
            if self._context is not None:
                self._library.llama_free(self._context)
                self._context = None
            if self._model is not None:
                self._library.llama_model_free(self._model)
                self._model = None

    def count(self, text: str) -> int:
        """Return how many tokens a text takes."""
        with self._lock:
            self._require_open()
            return len(self._vocabulary.tokens(text))

    def answer(
        self,
        messages: Sequence[Message],
        *,
        limit: int,
        grammar: str | None = None,
        temperature: float = 0.0,
        seed: int = 0,
    ) -> Answer:
        """Answer the last of `messages` with at most `limit` tokens.

        What the last prompt began with is not computed again, so what stays the same belongs at
        the beginning. The caller may follow how far it is, and stop it (`cancellation.watched`).

        Raises:
            ContextOverflowError: prompt and `limit` do not fit into the context.
            GrammarError: `grammar` cannot be used.
            TaggingCancelledError: it was stopped; the model can be used again at once.
            ModelError: llama.cpp failed.
            RuntimeError: the model was closed.
        """
        with self._lock:
            self._require_open()
            prompt = self._format.tokens(messages)
            if len(prompt) + limit > self.context:
                raise ContextOverflowError(
                    f"{len(prompt)} tokens and an answer of {limit} exceed {self.context}"
                )
            self._watch = cancellation.current()
            self._asked = 0.0
            with Sampler(self._library, self._vocabulary, grammar, temperature, seed) as sampler:
                reused = self._keep_beginning(prompt)
                self._read(prompt[reused:])
                text, tokens, is_cut = self._write(sampler, limit)
        return Answer(text, is_cut, len(prompt), reused, tokens)

    def _load(self, watcher: cancellation.Watch) -> None:
        stopped = False

        def loaded(share: float, _data: object) -> bool:
            nonlocal stopped
            watcher.progress(share)
            stopped = watcher.cancelled()
            return not stopped

        library = self._library
        callback = library.llama_progress_callback(loaded)
        parameters = library.llama_model_default_params()
        layers = settings.LLAMA_CPP_GPU_LAYERS
        parameters.n_gpu_layers = _ALL_LAYERS if layers < 0 else layers
        parameters.progress_callback = callback
        # Q8_0 layers crash in the buffers for AMX.
        parameters.use_extra_bufts = b"AMX_INT8 = 1" not in library.llama_print_system_info()
        self._model = library.llama_model_load_from_file(os.fsencode(self.path), parameters)
        if stopped:
            self.close()
            cancellation.stop()
        if not self._model:
            damaged(self.path, "llama.cpp does not accept it")

    def _require_writer(self) -> None:
        """Refuse models that turn texts into vectors: asking one for a token ends the process."""
        library = self._library
        vocabulary = library.llama_model_get_vocab(self._model)
        writes = library.llama_model_has_decoder(self._model)
        if not writes or library.llama_vocab_type(vocabulary) in {
            library.LLAMA_VOCAB_TYPE_NONE,
            library.LLAMA_VOCAB_TYPE_WPM,
        }:
            self.close()
            damaged(self.path, "it is not a language model")

    def _make_context(self, threads: int) -> None:
        options = self._library.llama_context_default_params()
        options.n_ctx = self.context
        options.n_batch = options.n_ubatch = self._slice
        options.n_seq_max = 1
        options.n_threads = options.n_threads_batch = threads
        options.no_perf = True
        self._context = self._library.llama_init_from_model(self._model, options)
        if not self._context:
            self.close()
            raise ModelError(
                f"llama.cpp cannot make a context of {self.context} tokens for {self.path}.",
                safe="Your entries are untouched; they are read when a model works again.",
                hint="Memory may be short: set LLAMA_CTX_SIZE to less, or choose a smaller model.",
            )
        pooling = self._library.llama_pooling_type(self._context)
        if pooling != self._library.LLAMA_POOLING_TYPE_NONE:
            self.close()
            damaged(self.path, "it is not a language model, but makes vectors of texts")

    def _keep_beginning(self, prompt: Sequence[int]) -> int:
        """Forget what the context holds from where `prompt` differs; how many tokens are left."""
        # The last token is always computed: its answer is what the next token is chosen from.
        most = min(len(self._held), len(prompt) - 1)
        same = next((n for n in range(most) if self._held[n] != prompt[n]), most)
        self._forget_from(same)
        return len(self._held)

    def _forget_from(self, place: int) -> None:
        memory = self._library.llama_get_memory(self._context)
        # Recurrent models cannot go back by a few tokens, and those with a sliding window have
        # forgotten what lies before it.
        is_whole = self._library.llama_memory_seq_pos_min(memory, 0) <= 0
        if is_whole and self._library.llama_memory_seq_rm(memory, 0, place, -1):
            del self._held[place:]
        else:
            self._library.llama_memory_clear(memory, True)
            self._held = []

    def _read(self, tokens: Sequence[int]) -> None:
        """Compute a prompt's tokens, slice by slice."""
        for place in range(0, len(tokens), self._slice):
            self._compute(tokens[place : place + self._slice])
            self._watch.progress(min(1.0, (place + self._slice) / len(tokens)))

    def _write(self, sampler: Sampler, limit: int) -> tuple[str, int, bool]:
        """Return the answer, its tokens, and whether it was cut."""
        written = bytearray()
        for number in range(limit):
            logits = self._library.llama_get_logits_ith(self._context, -1)
            token = sampler.choose(np.ctypeslib.as_array(logits, (self._vocabulary.size,)))
            if token is None or self._vocabulary.ends_answer(token):
                return written.decode("utf-8", "replace"), number, token is None
            written += self._vocabulary.piece(token)
            if number + 1 < limit:
                self._compute([token])
        return written.decode("utf-8", "replace"), limit, True

    def _compute(self, tokens: Sequence[int]) -> None:
        """Compute tokens that follow those held; the context is left as it was if that fails."""
        if self._watch.cancelled():
            cancellation.stop()
        array = (self._library.llama_token * len(tokens))(*tokens)
        batch = self._library.llama_batch_get_one(array, len(tokens))
        code = self._library.llama_decode(self._context, batch)
        if code == 0:
            self._held += tokens
            return
        self._forget_from(len(self._held))
        if code == _ABORTED:
            cancellation.stop()
        raise ModelError(
            f"The model {self.path.name} failed: llama.cpp's code is {code}.",
            safe="Your entries are untouched.",
            hint="Look into the worker's log, or choose another model with `charlie model use`.",
        )

    def _is_unwanted(self, _data: ctypes.c_void_p) -> bool:
        now = time.monotonic()
        if now - self._asked < _PATIENCE:
            return False
        self._asked = now
        return self._watch.cancelled()

    def _require_open(self) -> None:
        if self._context is None:
            raise RuntimeError("the model is closed")


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
