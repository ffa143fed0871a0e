"""The piece of an entry that shows why it was found."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

import apsw

Highlights = tuple[tuple[int, int], ...]

#: The longest snippet, in code points.
MAX_LENGTH = 240

# Words of a snippet, and how many of them come before the first that was searched for.
_WORDS = 24
_LEAD = 6
# Code points before the first name that a snippet shows.
_NAME_LEAD = 60
# Places of each phrase that are looked at; FTS5's own `snippet` compares all with all, which
# takes minutes where a word is in a long entry a hundred thousand times.
_PLACES = 50
# The same for `places`, which is asked of one entry alone.
_MOST_PLACES = 2_000
# Bytes of a text that are divided into words at once.
_CHUNK = 16_384

_TEXT = 1
_SPACES = re.compile(r"\s+")
_BYTE_SPACE = re.compile(rb"[ \n\t\r]")


def excerpt(row: apsw.FTS5ExtensionApi, *_unused: object) -> str:
    """Return the words of a text around those searched for, as JSON for `decode`.

    An auxiliary function of FTS5.
    """
    places = sorted(
        (start, start + len(tokens), phrase)
        for phrase, tokens in enumerate(row.phrases)
        for start in row.phrase_column_offsets(phrase, _TEXT)[:_PLACES]
    )
    first = max(0, _densest(places) - _LEAD)
    utf8 = row.column_text(_TEXT)
    before, words = _words(row, utf8, first)
    if not words:
        return json.dumps((*one_line([(utf8.decode()[: 4 * MAX_LENGTH], False)]), None))
    position = _behind_space(utf8, before, words[0][0])
    pieces: list[tuple[str, bool]] = [("…", False)] if first else []
    offset: int | None = None
    for start, end, _ in places:
        if start < first or end > first + len(words) or words[start - first][0] < position:
            continue
        low, high = words[start - first][0], words[end - first - 1][1]
        pieces += [(utf8[position:low].decode(), False), (utf8[low:high].decode(), True)]
        position = high
        if offset is None:
            offset = len(utf8[:low].decode())
    rest = utf8[position:]
    gap = _BYTE_SPACE.search(rest, words[-1][1] - position)
    is_cut = gap is not None and bool(rest[gap.end() :].strip())
    pieces.append(((rest[: gap.start()] if gap else rest).decode(), False))
    return json.dumps((*one_line(pieces, is_cut=is_cut), offset))


def decode(encoded: str) -> tuple[str, Highlights, int | None]:
    """Return the line, its highlighted ranges, and where the first of these is in the whole text.

    Args:
        encoded: what `excerpt` returned.
    """
    line, ranges, offset = json.loads(encoded)
    return line, tuple((low, high) for low, high in ranges), offset


def places(row: apsw.FTS5ExtensionApi, *_unused: object) -> str:
    """Return the ranges of the words and phrases that were searched for, as JSON.

    An auxiliary function of FTS5.
    """
    phrases = sorted(
        {
            (start, start + len(tokens) - 1)
            for phrase, tokens in enumerate(row.phrases)
            for start in row.phrase_column_offsets(phrase, _TEXT)[:_MOST_PLACES]
        }
    )
    wanted = {word for phrase in phrases for word in phrase}
    found = _ranges_of_words(row, row.column_text(_TEXT), wanted)
    return json.dumps([(found[first][0], found[last][1]) for first, last in phrases])


def _ranges_of_words(
    row: apsw.FTS5ExtensionApi, utf8: bytes, wanted: set[int]
) -> dict[int, tuple[int, int]]:
    """Return the ranges in code points of the words of these numbers."""
    ranges: dict[int, tuple[int, int]] = {}
    last = max(wanted, default=-1)
    seen = begin = offset = 0
    while begin < len(utf8) and seen <= last:
        gap = _BYTE_SPACE.search(utf8, begin + _CHUNK)
        piece = utf8[begin : gap.end() if gap else len(utf8)]
        found = row.tokenize(piece, None, include_colocated=False)
        position = 0
        for number, (start, end, *_) in enumerate(found, seen):
            if number in wanted:
                offset += len(piece[position:start].decode())
                length = len(piece[start:end].decode())
                ranges[number] = (offset, offset + length)
                offset += length
                position = end
        offset += len(piece[position:].decode())
        seen += len(found)
        begin += len(piece)
    return ranges


def around(text: str, ranges: Iterable[tuple[int, int]]) -> tuple[str, Highlights]:
    """Return the surroundings, on one line, of the first of some ascending ranges of `text`."""
    wanted = list(ranges)
    first = wanted[0][0] if wanted else 0
    start = max(0, first - _NAME_LEAD)
    if start:
        # Begin with a whole word, if there is one.
        gap = _SPACES.search(text, start, first)
        start = gap.end() if gap else start
    end = start + MAX_LENGTH
    pieces: list[tuple[str, bool]] = [("…", False)] if start else []
    position = start
    for low, high in wanted:
        if low < position or high > end:
            continue
        pieces += [(text[position:low], False), (text[low:high], True)]
        position = high
    pieces.append((text[position:end], False))
    return one_line(pieces, is_cut=end < len(text))


def _densest(places: list[tuple[int, int, int]]) -> int:
    """Return the number of the word with which a snippet shows the most of the phrases."""
    best, best_start = 0, 0
    for index, (start, _, _) in enumerate(places):
        phrases: set[int] = set()
        for _, end, phrase in places[index : index + _WORDS]:
            if end <= start + _WORDS - _LEAD:
                phrases.add(phrase)
        if len(phrases) > best:
            best, best_start = len(phrases), start
    return best_start


def _words(
    row: apsw.FTS5ExtensionApi, utf8: bytes, first: int
) -> tuple[int, list[tuple[int, int]]]:
    """Return where the words from number `first` on lie, and where the one before them ends."""
    words: list[tuple[int, int]] = []
    before = seen = begin = 0
    while begin < len(utf8) and len(words) < _WORDS:
        gap = _BYTE_SPACE.search(utf8, begin + _CHUNK)
        stop = gap.end() if gap else len(utf8)
        found = row.tokenize(utf8[begin:stop], None, include_colocated=False)
        low, high = max(0, first - seen), max(0, first + _WORDS - seen)
        words += [(begin + start, begin + end) for start, end, *_ in found[low:high]]
        if 0 < first - seen <= len(found):
            before = begin + found[first - seen - 1][1]
        seen += len(found)
        begin = stop
    return before, words


def _behind_space(utf8: bytes, low: int, high: int) -> int:
    """Return the byte behind the first space between two places; `high` if there is none."""
    if not low:
        return low
    gap = _BYTE_SPACE.search(utf8, low, high)
    return gap.end() if gap else high


def one_line(
    pieces: Iterable[tuple[str, bool]], *, is_cut: bool = False, limit: int = MAX_LENGTH
) -> tuple[str, Highlights]:
    """Join pieces with white space collapsed across them; the marked ones become ranges.

    Args:
        pieces: texts in a row, each with whether it is marked.
        is_cut: the text goes on behind them, which is shown.
        limit: the most code points of the line; what is longer is cut.
    """
    line = ""
    ranges: list[tuple[int, int]] = []
    for piece, is_marked in pieces:
        # A snippet is short, but what stands between two of its words need not be.
        collapsed = _SPACES.sub(" ", piece)
        if not line or line.endswith(" "):
            collapsed = collapsed.lstrip(" ")
        start = len(line)
        line += collapsed
        if len(line) > limit:
            line, is_cut = line[:limit], True
        end = start + len(line[start:].rstrip(" "))
        if is_marked and start < end:
            ranges.append((start, end))
    line = line.rstrip(" ")
    return (f"{line}…" if is_cut else line), tuple(ranges)
