"""Choosing the next token, within a grammar where there is one."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from types import ModuleType, TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from backend.inference.llm.vocabulary import Vocabulary

Logits = npt.NDArray[np.float32]

# llama.cpp's `llama_token_data`.
_CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])

# How many of the likeliest tokens are held against the grammar if the likeliest is not allowed,
# before all are: one takes 0.02 ms, 150,000 take as long as computing the token did.
_FEW = 64


class GrammarError(ValueError):
    """A grammar that llama.cpp cannot use."""


class Sampler:
    """Chooses the tokens of one answer: `with Sampler(…) as sampler`.

    `temperature` 0 always takes the likeliest; otherwise `seed` decides. Raises `GrammarError`
    if llama.cpp does not understand `grammar` (GBNF with a rule `root`): asking it to use such a
    grammar would end the process.
    """

    def __init__(
        self,
        library: ModuleType,
        vocabulary: Vocabulary,
        grammar: str | None,
        temperature: float,
        seed: int,
    ) -> None:
        self._library = library
        self._temperature = temperature
        self._random = np.random.default_rng(seed)
        self._grammar: Any = None
        if grammar is not None:
            # An empty grammar would be taken for none.
            text = grammar.encode("utf-8", "replace") or b"?"
            self._grammar = library.llama_sampler_init_grammar(vocabulary.pointer, text, b"root")
            if not self._grammar:
                raise GrammarError("llama.cpp does not understand the grammar")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._grammar:
            self._library.llama_sampler_free(self._grammar)
            self._grammar = None

    def choose(self, logits: Logits) -> int | None:
        """Return the next token and remember it; None where the grammar allows none."""
        token = self._drawn(logits) if self._temperature > 0 else self._likeliest(logits)
        if token is not None and self._grammar:
            self._library.llama_sampler_accept(self._grammar, token)
        return token

    def _likeliest(self, logits: Logits) -> int | None:
        if not self._grammar:
            return int(np.argmax(logits))
        for candidates in _ever_more(logits):
            allowed = self._allowed(candidates, logits)
            found = int(np.argmax(allowed))
            # The likeliest of the likely ones that are allowed is the likeliest of all of them.
            if np.isfinite(allowed[found]):
                return int(candidates[found])
        return None

    def _drawn(self, logits: Logits) -> int | None:
        candidates = np.arange(len(logits))
        allowed = self._allowed(candidates, logits) if self._grammar else logits
        # The largest of scores with Gumbel noise is a draw by their softmax.
        noise = self._random.gumbel(size=len(allowed))
        scores = allowed / self._temperature + noise
        found = int(np.argmax(scores))
        return found if np.isfinite(scores[found]) else None

    def _allowed(self, candidates: npt.NDArray[np.intp], logits: Logits) -> Logits:
        """Return the candidates' logits, minus infinity for those that the grammar forbids."""
        data = np.empty(len(candidates), _CANDIDATE)
        data["id"] = candidates
        data["logit"] = logits[candidates]
        data["p"] = 0
        place = ctypes.cast(data.ctypes.data, self._library.llama_token_data_p)
        array = self._library.llama_token_data_array(place, len(data), -1, False)
        self._library.llama_sampler_apply(self._grammar, ctypes.byref(array))
        found: Logits = data["logit"]
        return found


def _ever_more(logits: Logits) -> Iterator[npt.NDArray[np.intp]]:
    """Yield the likeliest token, the likeliest few, and all."""
    yield np.array([np.argmax(logits)])
    few = min(_FEW, len(logits))
    yield np.argpartition(logits, -few)[-few:]
    yield np.arange(len(logits))
