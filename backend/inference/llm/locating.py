"""From the names that a model lists to the places where a text mentions them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from backend.inference.llm.words import units
from backend.records import EntityType, Span

#: A language model does not say how sure it is of a name.
CONFIDENCE: Final = 0.9

# What stands before a name without being of it, of the annotation guide. Titles are those of the
# languages that the annotated journals are written in.
_TITLE = re.compile(
    r"(?:(?:dr|mr|mrs|ms|prof)\b\.?|(?:mister|miss|professor|doctor|sir|frau|herr|señora?|madame"
    r"|monsieur)\b)\s+(?=\S)",
    re.IGNORECASE,
)
_OWNER = re.compile(r"(?:my|our|his|her|their|your)\s+(?=\S)", re.IGNORECASE)
_ARTICLE = re.compile(r"the\s+(?=\S)")
_POSSESSIVE = re.compile(r"['’]s$")
# A full stop after a word of more than three letters ends a sentence, not a name.
_FULL_STOP = re.compile(r"(?<=\w{4})\.$")

_PRONOUNS: Final = frozenset(
    {"i", "me", "myself", "we", "us", "you", "he", "him", "she", "her", "they", "them", "it"}
)


class Sightings:
    """The names that were found in the parts of a text, with the types they were given there."""

    def __init__(self) -> None:
        self._votes: defaultdict[str, Counter[EntityType]] = defaultdict(Counter)

    def add(self, names: Mapping[EntityType, Iterable[str]]) -> None:
        """Add what was found in one part; of a name listed twice the first type counts."""
        seen = set()
        for type_, listed in names.items():
            for name in listed:
                plain = plain_name(name, type_)
                if plain and plain not in seen:
                    seen.add(plain)
                    self._votes[plain][type_] += 1

    def types(self) -> dict[str, EntityType]:
        """Each name's most frequent type."""
        return {name: votes.most_common(1)[0][0] for name, votes in self._votes.items()}


def plain_name(name: str, type_: EntityType) -> str:
    """Return a name without what the annotation guide leaves out; empty if nothing is left."""
    plain = _FULL_STOP.sub("", name.strip().strip('"“”„«»,;:()[]'))
    if type_ is EntityType.PERSON:
        plain = _POSSESSIVE.sub("", plain)
        while extra := _OWNER.match(plain) or _TITLE.match(plain):
            plain = plain[extra.end() :]
        if plain.lower() in _PRONOUNS:
            return ""
    elif article := _ARTICLE.match(plain):
        plain = plain[article.end() :]
    return plain if any(character.isalnum() for character in plain) else ""


def locate(text: str, names: Mapping[str, EntityType]) -> list[Span]:
    """Return where `text` mentions `names`, in order, not overlapping; longer names go first.

    Whole words only. A name that is not in the text has no place. White space in a name stands
    for any in the text.
    """
    # Looked up by first word: searching the text for each name took ten seconds for 30,000 words.
    patterns: defaultdict[str, list[tuple[list[_Word], str]]] = defaultdict(list)
    for name in names:
        if words := _words(name):
            patterns[words[0].folded].append((words, name))
    written = _words(text)
    found = []
    for place, first in enumerate(written):
        for words, name in patterns.get(first.folded, ()):
            last = place + len(words)
            if _reads_as(written[place:last], words):
                start, end = first.start, written[last - 1].end
                if _is_same(text[start:end], name, names[name]):
                    found.append(Span(start, end, names[name], CONFIDENCE))
    taken = bytearray(len(text))
    kept = []
    for span in sorted(found, key=lambda span: (span.start - span.end, span.start)):
        if not any(taken[span.start : span.end]):
            taken[span.start : span.end] = b"\x01" * (span.end - span.start)
            kept.append(span)
    return sorted(kept, key=lambda span: span.start)


@dataclass(frozen=True, slots=True)
class _Word:
    """A unit of a text; `gap` says whether something stands between it and the one before."""

    start: int
    end: int
    folded: str
    gap: bool


def _words(text: str) -> list[_Word]:
    found: list[_Word] = []
    last = 0
    for unit in units(text):
        folded = text[unit.start : unit.end].casefold()
        found.append(_Word(unit.start, unit.end, folded, unit.start > last))
        last = unit.end
    return found


def _reads_as(written: Sequence[_Word], words: Sequence[_Word]) -> bool:
    """Return whether a piece of a text is a name, in letters of any case."""
    return len(written) == len(words) and all(
        here.folded == there.folded and (number == 0 or here.gap == there.gap)
        for number, (here, there) in enumerate(zip(written, words, strict=True))
    )


def _is_same(found: str, name: str, type_: EntityType) -> bool:
    """Whether a spelling in the text is the name, or the name in other letters.

    "Will" is not in "I will", but "yoga" in "Yoga", and "new york" is "New York".
    """
    if type_ is EntityType.ACTIVITY or name == name.lower() or len(name.split()) > 1:
        return True
    return found == name or (found.isupper() and len(found) > 3)
