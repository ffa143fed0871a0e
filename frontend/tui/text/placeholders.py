"""Characters that must not reach a terminal, while they are being edited.

A text field paints what it holds, and Textual's splits its text at every character that
Python takes for a line break. So each character that a terminal would obey is exchanged for a
private one on its way into the field and exchanged back on its way out: what is saved is what
was there before, character for character.
"""

from __future__ import annotations

import re

from backend.text import for_terminal
from frontend.tui.text.pasting import unguard

# Everything `for_terminal` shows as something else, and "\r" wherever it stands. Surrogates
# are no part of any stored text.
_GUARDED = tuple(
    chr(code)
    for code in (*range(0x20), *range(0x7F, 0xA0), *range(0x2000, 0x2070))
    if chr(code) not in "\t\n" and for_terminal(chr(code)) != chr(code)
)
_BLOCK = 0x80

# Private-use planes 15 and 16, in blocks, the last first: the least likely to be in a text.
_BLOCKS = range(0x10FF00, 0xF0000, -_BLOCK)


class Placeholders:
    """Placeholders for one text field: private characters that `text` itself does not hold."""

    def __init__(self, text: str = "") -> None:
        taken = {ord(c) // _BLOCK for c in re.findall("[\U000f0000-\U0010ffff]", text)}
        base = next((b for b in _BLOCKS if b // _BLOCK not in taken), _BLOCKS[0])
        private = [chr(base + index) for index in range(len(_GUARDED))]
        self._in = str.maketrans(dict(zip(_GUARDED, private, strict=True)))
        self._out = str.maketrans(dict(zip(private, _GUARDED, strict=True)))
        self._shown = str.maketrans(
            {
                p: " " if c == "\r" else for_terminal(c)
                for c, p in zip(_GUARDED, private, strict=True)
            }
        )
        self._stray = re.compile(f"[{private[0]}-{private[-1]}]")

    def to_field(self, text: str) -> str:
        """`text` as the field may hold it; as long as `text`."""
        return text.translate(self._in)

    def from_field(self, text: str) -> str:
        """Return what `to_field` was given."""
        return text.translate(self._out)

    def clash_with(self, text: str) -> bool:
        """Whether `text` itself holds one of the private characters that are in use."""
        return self._stray.search(text) is not None

    def as_shown(self, text: str) -> str:
        """How a piece of the field's text is painted; as long as `text`."""
        return text.translate(self._shown)

    def from_clipboard(self, text: str) -> str:
        """Pasted text as the field may hold it.

        Terminals send line breaks as carriage returns. A character that is in use as a
        placeholder becomes U+FFFD.
        """
        lines = unguard(text).replace("\r\n", "\n").replace("\r", "\n")
        return self.to_field(self._stray.sub("\ufffd", lines))
