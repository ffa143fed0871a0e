"""Pasted text on its way from the terminal, through Textual's parser, into a field.

Between the marks of a bracketed paste Textual still looks for escape sequences: an ESC that is
pasted comes out as keys that were never pressed, out of order and a tenth of a second late. So
ESC, and the NUL that Textual drops, are exchanged for private characters in front of the
parser and exchanged back behind it.
"""

from __future__ import annotations

_START, _END = "\x1b[200~", "\x1b[201~"

# Private characters of plane 16; a text that is pasted with these in it has U+FFFD there.
_GUARDS = {"\x1b": "\U0010f01b", "\x00": "\U0010f000"}
_GUARD = str.maketrans({**dict.fromkeys(_GUARDS.values(), "\ufffd"), **_GUARDS})
_UNGUARD = str.maketrans({guard: character for character, guard in _GUARDS.items()})


def unguard(text: str) -> str:
    """Return the text as it was pasted."""
    return text.translate(_UNGUARD)


class PasteGuard:
    """Guards what is pasted in the stream of what a terminal sends."""

    def __init__(self) -> None:
        self._is_inside = False
        # Outside a paste the last characters that were let through, inside it those that are
        # held back: either may be the first part of a mark.
        self._rest = ""

    def filter(self, text: str) -> str:
        """Return the next piece of the stream, as the parser may see it."""
        passed: list[str] = []
        while text:
            if self._is_inside:
                text = self._rest + text
                end = text.find(_END)
                if end < 0:
                    kept = _length_of_beginning(text, _END)
                    self._rest = text[len(text) - kept :]
                    passed.append(text[: len(text) - kept].translate(_GUARD))
                    break
                passed += (text[:end].translate(_GUARD), _END)
                text = text[end + len(_END) :]
                self._is_inside, self._rest = False, ""
            else:
                seen = len(self._rest)
                whole = self._rest + text
                start = whole.find(_START)
                if start < 0:
                    self._rest = whole[-(len(_START) - 1) :]
                    passed.append(text)
                    break
                inside = start + len(_START)
                passed.append(whole[seen:inside])
                text = whole[inside:]
                self._is_inside, self._rest = True, ""
        return "".join(passed)


def _length_of_beginning(text: str, mark: str) -> int:
    """How many characters at the end of `text` may be the beginning of `mark`."""
    return next(n for n in range(len(mark) - 1, -1, -1) if text.endswith(mark[:n]))
