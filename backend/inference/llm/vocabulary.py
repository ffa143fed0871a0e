"""A language model's tokens, and text as tokens."""

from __future__ import annotations

import ctypes
from types import ModuleType
from typing import Any


class Vocabulary:
    """The vocabulary of a loaded model; not to be used after the model is freed.

    `size` is the number of tokens, `start` what every prompt begins with (one token or none).
    """

    def __init__(self, library: ModuleType, model: Any) -> None:
        self._library = library
        self.pointer = library.llama_model_get_vocab(model)
        self.size = int(library.llama_vocab_n_tokens(self.pointer))
        begin = int(library.llama_vocab_bos(self.pointer))
        needs_start = bool(library.llama_vocab_get_add_bos(self.pointer))
        self.start = [begin] if needs_start and begin >= 0 else []
        self._pieces: dict[int, bytes] = {}

    def tokens(self, text: str, *, markup: bool = False) -> list[int]:
        """Return `text` as tokens, without a start token.

        Only in `markup`, which must never be an entry's text, does "<|im_end|>" mean the token of
        that name; elsewhere it is nothing but these ten characters.
        """
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        while True:
            tokens = (self._library.llama_token * room)()
            count = self._library.llama_tokenize(
                self.pointer, data, len(data), tokens, room, False, markup
            )
            if count >= 0:
                return list(tokens[:count])
            room = -count

    def piece(self, token: int) -> bytes:
        """Return the bytes that a token stands for; none for a control token."""
        if token not in self._pieces:
            buffer = ctypes.create_string_buffer(64)
            count = self._library.llama_token_to_piece(self.pointer, token, buffer, 64, 0, False)
            if count < 0:
                buffer = ctypes.create_string_buffer(-count)
                count = self._library.llama_token_to_piece(
                    self.pointer, token, buffer, -count, 0, False
                )
            self._pieces[token] = buffer.raw[:count]
        return self._pieces[token]

    def name(self, token: int) -> str:
        """Return a token as a chat template writes it; empty for a token that there is not."""
        if token < 0:
            return ""
        found: bytes = self._library.llama_vocab_get_text(self.pointer, token)
        return found.decode("utf-8", "replace")

    @property
    def first(self) -> int:
        """The token that begins a text; negative where there is none."""
        return int(self._library.llama_vocab_bos(self.pointer))

    @property
    def last(self) -> int:
        """The token that ends a text; negative where there is none."""
        return int(self._library.llama_vocab_eos(self.pointer))

    def ends_answer(self, token: int) -> bool:
        """Whether a model that writes this token has finished."""
        return bool(self._library.llama_vocab_is_eog(self.pointer, token))
