"""A conversation as a language model wants it written, in tokens.

Every model brings a template (Jinja) that puts control tokens around the messages. The template is
filled with placeholders, and what stands around them is the only text in which control tokens
count: a "<|im_end|>" in an entry stays what it looks like.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from pathlib import Path

from backend.inference.gguf.modelfile import damaged
from backend.inference.llm.vocabulary import Vocabulary

log = logging.getLogger("charlie.model")

#: A role ("system", "user" or "assistant") and what was said.
Message = tuple[str, str]

# What most models without a template were trained on.
_CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


class ChatFormat:
    """The template of a model, `template` as in its file (None where it has none).

    Rendered once for each sequence of roles, so that the same beginning gives the same tokens.
    """

    def __init__(self, path: Path, template: str | None, vocabulary: Vocabulary) -> None:
        self._path = path
        self._vocabulary = vocabulary
        self._template = template or _CHATML
        self._markup: dict[tuple[str, ...], list[list[int]] | None] = {}

    def tokens(self, messages: Sequence[Message]) -> list[int]:
        """Return the prompt that asks for an answer to `messages`.

        Where the template knows no system message, that becomes the beginning of the next one.
        Raises `ModelError` if the template cannot be used at all.
        """
        markup = self._around([role for role, _ in messages])
        if markup is None and messages[0][0] == "system" and len(messages) > 1:
            (_, system), (role, content), *others = messages
            messages = [(role, f"{system}\n\n{content}"), *others]
            markup = self._around([role for role, _ in messages])
        if markup is None:
            damaged(self._path, "its chat template does not work")
        prompt = list(markup[0])
        for (_, content), after in zip(messages, markup[1:], strict=True):
            prompt += self._vocabulary.tokens(content)
            prompt += after
        start = self._vocabulary.start
        return prompt if prompt[: len(start)] == start else start + prompt

    def _around(self, roles: Sequence[str]) -> list[list[int]] | None:
        """Return the tokens before, between and after messages of these roles; None on failure."""
        key = tuple(roles)
        if key not in self._markup:
            parts = self._render(roles)
            self._markup[key] = (
                None
                if parts is None
                else [self._vocabulary.tokens(part, markup=True) for part in parts]
            )
        return self._markup[key]

    def _render(self, roles: Sequence[str]) -> list[str] | None:
        # They come with llama_cpp, which the screen's process must not load.
        from jinja2 import TemplateError  # noqa: PLC0415
        from llama_cpp.llama_chat_format import Jinja2ChatFormatter  # noqa: PLC0415

        words = self._vocabulary
        places = [f"part{number}-{secrets.token_hex(8)}" for number in range(len(roles))]
        try:
            text: str = Jinja2ChatFormatter(
                self._template, words.name(words.last), words.name(words.first)
            )(
                messages=[
                    {"role": role, "content": place}  # type: ignore[misc]
                    for role, place in zip(roles, places, strict=True)
                ],
                # Models that can think aloud before they answer are asked not to.
                enable_thinking=False,
            ).prompt
        except (TemplateError, ValueError, TypeError, KeyError, AttributeError) as error:
            log.info("The chat template fails with roles %s: %s", roles, error)
            return None
        parts = []
        for place in places:
            before, found, text = text.partition(place)
            if not found:
                return None
            parts.append(before)
        return [*parts, text]
