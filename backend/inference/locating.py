"""From the names that a model lists to the places where a text mentions them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from backend.inference.words import is_word_border
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
    """The names that were read in the parts of a text, with the types they were given there."""

    def __init__(self) -> None:
        self._votes: defaultdict[str, Counter[EntityType]] = defaultdict(Counter)

    def add(self, names: Mapping[EntityType, Iterable[str]]) -> None:
        """Add what was read in one part; of a name listed twice the first type counts."""
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
    """A name without what the annotation guide leaves out; empty if nothing is left."""
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
    """Return where `text` mentions `names`, in order, not overlapping; longer names first.

    A name that is not in the text has no place. White space in a name stands for any in the text.
    """
    taken = bytearray(len(text))
    found = []
    for name in sorted(names, key=lambda name: (-len(name), name)):
        type_ = names[name]
        pattern = r"\s+".join(re.escape(word) for word in name.split())
        for match in re.finditer(pattern, text, re.IGNORECASE):
            start, end = match.span()
            if (
                not any(taken[start:end])
                and is_word_border(text, start)
                and is_word_border(text, end)
                and _is_same(match.group(), name, type_)
            ):
                taken[start:end] = b"\x01" * (end - start)
                found.append(Span(start, end, type_, CONFIDENCE))
    return sorted(found, key=lambda span: span.start)


def _is_same(found: str, name: str, type_: EntityType) -> bool:
    """Whether a spelling in the text is the name, or the name in other letters.

    "Will" is not in "I will", but "yoga" in "Yoga", and "new york" is "New York".
    """
    if type_ is EntityType.ACTIVITY or name == name.lower() or len(name.split()) > 1:
        return True
    return " ".join(found.split()) == name or (found.isupper() and len(found) > 3)
