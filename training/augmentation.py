"""Variants of annotated texts: other names, other case, and pieces of an entry.

Every function takes and returns a `Document` whose offsets are exact.
"""

import random
import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from training.corpus import Document, Mention

_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]*_]*\s+|\n+")
_LINE_END = re.compile(r"\n+")


def cut(document: Document, start: int, end: int) -> Document:
    """Return the part `[start, end)`; no mention may cross its edges."""

    def inside(first: int, last: int) -> bool:
        return start <= first and last <= end

    return replace(
        document,
        text=document.text[start:end],
        mentions=tuple(
            Mention(m.start - start, m.end - start, m.type)
            for m in document.mentions
            if inside(m.start, m.end)
        ),
        ignored=tuple((a - start, b - start) for a, b in document.ignored if inside(a, b)),
    )


def lines(document: Document) -> list[Document]:
    """Return the lines that have something in them."""
    return [part for part in _split(document, _LINE_END) if part.text.strip()]


def sentences(document: Document, random_: random.Random, most: int = 4) -> list[Document]:
    """Return the text in parts of one to `most` sentences."""
    parts = _split(document, _SENTENCE_END)
    grouped = []
    position = 0
    first = 0
    while first < len(parts):
        count = random_.randint(1, most)
        length = sum(len(part.text) for part in parts[first : first + count])
        piece = cut(document, position, position + length)
        if piece.text.strip():
            grouped.append(piece)
        position += length
        first += count
    return grouped


def _split(document: Document, pattern: re.Pattern[str]) -> list[Document]:
    """Split after every match that lies outside mentions; the parts add up to the text."""
    parts = []
    start = 0
    for match in pattern.finditer(document.text):
        end = match.end()
        if any(m.start < end and match.start() < m.end for m in document.mentions):
            continue
        parts.append(cut(document, start, end))
        start = end
    if start < len(document.text):
        parts.append(cut(document, start, len(document.text)))
    return parts


def recase(document: Document, change: Callable[[str], str]) -> Document:
    """Return the text with every character through `change`; only lengths that stay count."""

    def one(character: str) -> str:
        changed = change(character)
        return changed if len(changed) == 1 else character

    return replace(document, text="".join(map(one, document.text)))


def title(document: Document) -> Document:
    """Return the text with Every Word Capitalised, as in headings."""
    text = re.sub(r"\b[a-z]", lambda match: match[0].upper(), document.text)
    return replace(document, text=text)


class Names:
    """Names seen in training, to exchange for one another within a type."""

    def __init__(self, documents: Iterable[Document]) -> None:
        found: dict[str, set[str]] = {}
        for document in documents:
            for mention in document.mentions:
                surface = document.text[mention.start : mention.end]
                if "\n" not in surface and surface[:1].isupper():
                    found.setdefault(mention.type, set()).add(surface)
        self._names = {kind: sorted(names) for kind, names in found.items()}

    def swap(
        self, document: Document, random_: random.Random, keep: Callable[[str], bool]
    ) -> Document:
        """Exchange names for others of their type, the same one for the same one.

        ACTIVITY stays, and so does a name of which `keep` is true. A lower-case name gets a
        lower-case one, an upper-case one an upper-case one.
        """
        chosen: dict[tuple[str, str], str] = {}
        pieces: list[str] = []
        mentions = []
        shifts: list[tuple[int, int]] = []
        position = length = 0
        for mention in document.mentions:
            before = document.text[position : mention.start]
            surface = document.text[mention.start : mention.end]
            if mention.type != "ACTIVITY" and not keep(surface):
                key = (surface.lower(), mention.type)
                if key not in chosen:
                    chosen[key] = random_.choice(self._names[mention.type])
                other = chosen[key]
                if surface.islower():
                    other = other.lower()
                elif surface.isupper() and len(surface) > 4:
                    other = other.upper()
                surface = other
            pieces += (before, surface)
            length += len(before)
            mentions.append(Mention(length, length + len(surface), mention.type))
            length += len(surface)
            position = mention.end
            shifts.append((position, length - position))
        pieces.append(document.text[position:])

        def moved(place: int) -> int:
            return place + next((by for at, by in reversed(shifts) if at <= place), 0)

        ignored = tuple((moved(start), moved(end)) for start, end in document.ignored)
        return replace(document, text="".join(pieces), mentions=tuple(mentions), ignored=ignored)


_FRAMES = ("- ", "* ", "# ", "## ", "> ", "• ", "- [ ] ", "1. ", "→ ")
_WRAPS = ("**", "*", "_", "~~", "`")
_EMOJI = "😀😂🥹😭❤️✨🎉🔥🙏💪🌧☀️🐶🎂🏃‍♀️🤦🏽‍♂️🫠👀💀🇮🇪"


def decorate(document: Document, random_: random.Random) -> Document:
    """Return the text dressed up: a Markdown prefix, emphasis round a name, emoji behind one."""
    text = document.text
    mentions = list(document.mentions)
    ignored = list(document.ignored)

    def insert(place: int, added: str, inside_right: bool) -> None:
        nonlocal text
        text = text[:place] + added + text[place:]

        def move(start: int, end: int) -> tuple[int, int]:
            shifts_end = end > place
            shifts_start = start > place or (start == place and inside_right)
            return start + len(added) * shifts_start, end + len(added) * shifts_end

        mentions[:] = [Mention(*move(m.start, m.end), m.type) for m in mentions]
        ignored[:] = [move(start, end) for start, end in ignored]

    for number in range(len(mentions)):
        if random_.random() < 0.25:
            current = mentions[number]
            if random_.random() < 0.5:
                wrap = random_.choice(_WRAPS)
                insert(current.end, wrap, True)
                insert(current.start, wrap, True)
            else:
                insert(current.end, random_.choice(("", " ")) + random_.choice(_EMOJI), True)
    if random_.random() < 0.5:
        insert(0, random_.choice(_FRAMES), True)
    return replace(document, text=text, mentions=tuple(mentions), ignored=tuple(ignored))
