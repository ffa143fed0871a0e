"""WordPiece for BERT's uncased vocabulary that remembers where every word came from.

llama.cpp's own tokenizer returns ids alone. A span must be cut out of what the user typed, so
this one normalises character by character and keeps, for each word, the code points
`[start, end)` of the original text it was read from.

The rules are those of BERT's uncased models: control and format characters vanish, characters
are decomposed (NFD), combining marks are dropped, letters are lowered, punctuation and CJK
ideographs stand alone. One rule is added: symbols and emoji stand alone too, otherwise
`Anna😀` would be one unknown word.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

UNKNOWN = "[UNK]"
START = "[CLS]"
END = "[SEP]"

# BERT gives up on longer words; it also bounds the work a pathological text can cause.
LONGEST_WORD = 100

# Distinct words kept with their pieces: about 10 MB at most, and a journal's vocabulary fits.
REMEMBERED_WORDS = 50_000


# llama.cpp writes "▁word" where the vocabulary has "word", and "ing" where it has "##ing".
_WORD_MARK = "\u2581"


class _Kind(Enum):
    """What a character does to the word being read."""

    LETTER = 1  # extends it
    ALONE = 2  # ends it and is a word of its own
    SPACE = 3  # ends it
    MARK = 4  # belongs to the character before, leaves no trace
    NOTHING = 5  # leaves no trace


# Blocks that BERT's reference calls CJK ideographs: (first, last) code point.
_IDEOGRAPHS = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B820, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)

_ASCII = re.compile(r"[A-Za-z0-9]+|[!-/:-@\[-`{-~]")
_CHUNK = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the text.

    `start` and `end` count code points of the original text; `pieces` are vocabulary ids
    (at least one).
    """

    start: int
    end: int
    pieces: tuple[int, ...]


class WordPiece:
    """Splits text into words and words into vocabulary ids.

    `vocabulary` holds one token per id, in order, continuation pieces written `##…`. Raises
    `ValueError` if one of the three special tokens is missing.
    """

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._ids = {token: number for number, token in enumerate(vocabulary)}
        for token in (UNKNOWN, START, END):
            if token not in self._ids:
                raise ValueError(f"the vocabulary lacks {token}")
        self.unknown = self._ids[UNKNOWN]
        self.start = self._ids[START]
        self.end = self._ids[END]
        self._pieces = lru_cache(maxsize=REMEMBERED_WORDS)(self._split)

    def words(self, text: str, start: int = 0, end: int | None = None) -> list[Word]:
        """Return the words of `text[start:end]`, offsets counted from the text's beginning."""
        found: list[Word] = []
        for chunk in _CHUNK.finditer(text, start, len(text) if end is None else end):
            if chunk[0].isascii():
                for match in _ASCII.finditer(text, chunk.start(), chunk.end()):
                    pieces = self._pieces(match[0].lower())
                    found.append(Word(match.start(), match.end(), pieces))
            else:
                self._read(text, chunk.start(), chunk.end(), found)
        return found

    def _read(self, text: str, start: int, end: int, found: list[Word]) -> None:
        """Append the words of `text[start:end]`, which holds no ASCII whitespace."""
        letters: list[str] = []
        first = last = start
        for position in range(start, end):
            kind, form = _character(text[position])
            if kind is _Kind.LETTER:
                if not letters:
                    first = position
                letters.append(form)
                last = position + 1
            elif kind is _Kind.MARK:
                if last == position:
                    last = position + 1
                    if not letters and found and found[-1].end == position:
                        found[-1] = Word(found[-1].start, last, found[-1].pieces)
            elif kind is not _Kind.NOTHING:
                if letters:
                    found.append(Word(first, last, self._pieces("".join(letters))))
                    letters.clear()
                if kind is _Kind.ALONE:
                    last = position + 1
                    found.append(Word(position, last, self._pieces(form)))
        if letters:
            found.append(Word(first, last, self._pieces("".join(letters))))

    def _split(self, word: str) -> tuple[int, ...]:
        """Return the ids of a normalised word: the longest known piece first, again and again."""
        if len(word) > LONGEST_WORD:
            return (self.unknown,)
        pieces = []
        begin = 0
        while begin < len(word):
            prefix = "##" if begin else ""
            for stop in range(len(word), begin, -1):
                number = self._ids.get(prefix + word[begin:stop])
                if number is not None:
                    pieces.append(number)
                    begin = stop
                    break
            else:
                return (self.unknown,)
        return tuple(pieces)


def original_tokens(tokens: Sequence[str]) -> list[str]:
    """Return a vocabulary as BERT writes it from the form that llama.cpp keeps."""
    return [
        token[1:]
        if token.startswith(_WORD_MARK)
        else token
        if len(token) > 2 and token.startswith("[") and token.endswith("]")
        else f"##{token}"
        for token in tokens
    ]


@lru_cache(maxsize=4096)
def _character(character: str) -> tuple[_Kind, str]:
    """Return what a character does and what it becomes."""
    category = unicodedata.category(character)
    if character.isspace() or category == "Zs":
        return _Kind.SPACE, ""
    if category == "Mn":
        return _Kind.MARK, ""
    if category[0] == "C" or character == "\N{REPLACEMENT CHARACTER}":
        return _Kind.NOTHING, ""
    form = "".join(
        part
        for part in unicodedata.normalize("NFD", character.lower())
        if unicodedata.category(part) != "Mn"
    )
    if not form:
        return _Kind.NOTHING, ""
    code = ord(character)
    if (
        category[0] in "PS"
        or (character.isascii() and not character.isalnum())
        or any(first <= code <= last for first, last in _IDEOGRAPHS)
    ):
        return _Kind.ALONE, form
    return _Kind.LETTER, form
