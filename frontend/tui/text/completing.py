"""What may complete the word at the cursor, while it is typed.

A word that begins with "@" may become a name, one that begins with "#" a tag. Of a name that is
taken the mark is left out: "@gr" becomes "Grandma", for a name in a text is a name by itself,
and only a search needs the mark.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from backend.records import Completion

#: How many are offered.
MOST = 6

# Names are not longer than this before they are found.
_LONGEST = 40
# What a tag is made of says `facets.py`; what cannot be in one ends the word here.
_WORD = re.compile(
    r"(?:^|(?<=[\s(\[{“„‚\"'—–]))(?:(@)([\w’'-]*)|(#)([^\s#\[\](){}<>.,;:!?\"'`*]+))\Z"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word with a mark, from column `start`, where its mark is, to the cursor."""

    start: int
    mark: str
    typed: str

    @property
    def end(self) -> int:
        """The column after its last character."""
        return self.start + 1 + len(self.typed)


def word_at(line: str, column: int) -> Word | None:
    """Return the word that ends at `column` and may be completed, or None."""
    if line[column : column + 1].isalnum():
        return None
    first = max(0, column - _LONGEST - 2)
    matched = _WORD.search(line[first:column])
    if matched is None or (first and matched.start() == 0):
        return None
    name_mark, name, tag_mark, tag = matched.groups()
    return Word(first + matched.start(), name_mark or tag_mark, name or tag or "")


@dataclass(slots=True)
class Completing:
    """The word that is being typed and what is offered for it.

    Attributes:
        word: the word, None where there is none.
        offered: what it may become, the likeliest first; nothing is shown where it is empty.
        chosen: the place in `offered` of the one that is taken next.
    """

    word: Word | None = None
    offered: Sequence[Completion] = ()
    chosen: int = 0
    # Where the writer said no: (line, column) of a mark.
    _line: int = 0
    _refused: tuple[int, int] | None = field(default=None)

    @property
    def is_open(self) -> bool:
        """Whether anything is offered."""
        return bool(self.offered)

    def typed(self, line: str, place: tuple[int, int]) -> bool:
        """Return whether there is a word to look for after a change of the text.

        The cursor is at `place` (line, column), `line` is the line it is on. What was offered and
        still fits stays until something else is found.
        """
        word = word_at(line, place[1])
        if word is not None and (place[0], word.start) == self._refused:
            word = None
        elif word is None:
            self._refused = None
        goes_on = (
            word is not None
            and self.word is not None
            and (place[0], word.start, word.mark) == (self._line, self.word.start, self.word.mark)
            and word.typed.startswith(self.word.typed)
        )
        kept = [each for each in self.offered if _fits(each, word)] if word and goes_on else []
        if kept != list(self.offered):
            self.offered, self.chosen = kept, 0
        self.word, self._line = word, place[0]
        return word is not None

    def moved(self, place: tuple[int, int]) -> None:
        """Note that the cursor went to `place`: away from the word, if that does not end there."""
        if self.word is not None and place != (self._line, self.word.end):
            self.close()

    def found(self, word: Word, offered: Sequence[Completion]) -> None:
        """`offered` was found for `word`, unless that is not what is typed any more."""
        if word == self.word:
            self.offered = [each for each in offered if _fits(each, word)][:MOST]
            self.chosen = 0

    def move(self, steps: int) -> None:
        """Choose another one."""
        if self.offered:
            self.chosen = (self.chosen + steps) % len(self.offered)

    def accept(self) -> tuple[Word, str] | None:
        """Return the word and what it is to be replaced by; nothing is offered after that."""
        if self.word is None or not self.offered:
            return None
        taken = self.word, _as_text(self.offered[self.chosen], self.word)
        self.close()
        return taken

    def refuse(self) -> None:
        """Offer nothing for this word any more."""
        if self.word is not None:
            self._refused = (self._line, self.word.start)
        self.close()

    def close(self) -> None:
        """Offer nothing."""
        self.word, self.offered, self.chosen = None, (), 0


def _as_text(completion: Completion, word: Word) -> str:
    return completion.text if word.mark == "@" else f"#{completion.text}"


def _fits(completion: Completion, word: Word) -> bool:
    """Whether `completion` is more than what was typed, and begins like it."""
    typed, text = word.typed.casefold(), completion.text.casefold()
    if word.mark == "#":
        return text.startswith(typed) and text != typed
    return text.startswith(typed) or f" {typed}" in text
