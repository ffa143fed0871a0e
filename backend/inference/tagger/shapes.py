"""The shape of a word: what BERT's uncased vocabulary throws away.

Every word gets a shape number, which joins how it is written with whether it begins a sentence,
and every line a style number. Both are embedded and added to the model's input; the shapes of a
word and of its neighbours are encoded once more by the label head.
"""

import unicodedata
from collections.abc import Sequence

from backend.inference.tagger.wordpiece import Word

NOTHING = 0  # no word: the special tokens and the neighbours beyond the edge
LOWER = 1
TITLE = 2
UPPER = 3
CAPITAL = 4  # a single capital letter
MIXED = 5  # McDonald, iPhone
DIGITS = 6
CODE = 7  # letters and digits with a capital: N12
MEASURE = 8  # letters and digits without one: 5k
STOP = 9  # . ! ? …
PUNCTUATION = 10
SYMBOL = 11  # emoji, markup
CASELESS = 12  # scripts without case

KINDS = 13
SHAPES = 2 * KINDS  # kind + KINDS if it begins a sentence
STYLES = 3  # no capitals in the line; some; nearly all

# Above this share of a line's cased letters, capitals say nothing.
_SHOUTING = 0.7

_STOPS = frozenset(".!?…:;。！？")
_MARKUP = frozenset("#*_~@`^<>|=+$%&/\\•")
# A full stop after one of these ends no sentence.
# fmt: off
_ABBREVIATIONS = frozenset((
    "mr", "mrs", "ms", "dr", "st", "prof", "rev", "fr", "sr", "jr", "hon", "capt", "sgt", "lt",
    "col", "gen", "vs", "etc", "mt",
))
# fmt: on


def word_shapes(text: str, words: Sequence[Word]) -> list[int]:
    """Return one number below `SHAPES` for each word."""
    shapes = []
    begins = True
    previous = ""
    end = words[0].start if words else 0
    for word in words:
        surface = text[word.start : word.end]
        if "\n" in text[end : word.start]:
            begins = True
        kind = _kind(surface)
        shapes.append(kind + KINDS if begins else kind)
        if kind == STOP:
            short = len(previous) == 1 or previous.lower() in _ABBREVIATIONS
            begins = begins or not (surface == "." and short)
        elif kind not in (PUNCTUATION, SYMBOL):
            begins = False
        previous = surface
        end = word.end
    return shapes


def line_style(text: str) -> int:
    """Return the style of a stretch of text: one number below `STYLES`."""
    capitals = sum(map(str.isupper, text))
    if not capitals:
        return 0
    small = sum(map(str.islower, text))
    return 2 if capitals > _SHOUTING * (capitals + small) else 1


def _kind(surface: str) -> int:
    """Return how a word is written."""
    if surface in _STOPS:
        return STOP
    letters = "".join(filter(str.isalpha, surface))
    digits = any(map(str.isdigit, surface))
    if letters and digits:
        return CODE if any(map(str.isupper, letters)) else MEASURE
    if letters:
        return _case(letters)
    if digits:
        return DIGITS
    punctuation = unicodedata.category(surface[0])[0] == "P" and surface not in _MARKUP
    return PUNCTUATION if punctuation else SYMBOL


def _case(letters: str) -> int:
    """Return the shape of a word of letters."""
    if letters.islower():
        return LOWER
    if letters.isupper():
        return UPPER if len(letters) > 1 else CAPITAL
    if letters.lower() == letters.upper():
        return CASELESS
    return TITLE if letters[0].isupper() and letters[1:].islower() else MIXED
