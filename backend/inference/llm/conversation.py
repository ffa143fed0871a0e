"""What DSPy asks a model, as plain messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from backend.dspy_cache import dspy
from backend.inference.llm.chat_format import Message

lm15 = dspy.lm15

#: The extension of a request's configuration that holds a grammar (GBNF, its root "root").
GRAMMAR: Final = "grammar"


def conversation(request: Any) -> list[Message]:
    """Return the system message and the messages of a `dspy.lm15.Request`.

    Raises `dspy.lm15.UnsupportedFeatureError` for anything but text.
    """
    return list(_messages(request))


def _messages(request: Any) -> Iterator[Message]:
    if request.system:
        system = request.system
        yield "system", system if isinstance(system, str) else _text(system)
    for message in request.messages:
        role = "system" if message.role == "developer" else message.role
        yield role, _text(message.parts)


def _text(parts: Any) -> str:
    for part in parts:
        if not isinstance(part, lm15.TextPart):
            raise lm15.UnsupportedFeatureError(
                f"Charlie's models read text alone, not {part.type}", feature="messages"
            )
    return "\n".join(part.text for part in parts)
