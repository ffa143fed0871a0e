"""How well an entry fits the words of a query.

BM25 as in Robertson and Zaragoza, "The Probabilistic Relevance Framework" (2009), with its
usual constants. FTS5's own `bm25` counts the entries of every word again for each query, which
takes 15 ms for a word that is in all of 100,000 entries; here the caller says how rare each
word is.
"""

from __future__ import annotations

import math
from typing import Any

import apsw

_SATURATION = 1.2
_LENGTH_WEIGHT = 0.75
# A word in a title weighs as much as this many in the text.
_TITLE_WEIGHT = 4.0

_TITLE, _TEXT = 0, 1


def relevance(row: apsw.FTS5ExtensionApi, *weights: Any) -> float:
    """Return how well an entry fits, the lower the better. An auxiliary function of FTS5.

    Args:
        row: the entry and the query.
        weights: what each of the query's first phrases counts for, see `rarity`.
    """
    average = row.column_total_size(_TEXT) / row.row_count or 1.0
    length = 1 - _LENGTH_WEIGHT + _LENGTH_WEIGHT * row.column_size(_TEXT) / average
    score = 0.0
    for phrase, weight in zip(range(row.phrase_count), weights, strict=False):
        locations = row.phrase_locations(phrase)
        frequency = _TITLE_WEIGHT * len(locations[_TITLE]) + len(locations[_TEXT])
        score -= weight * frequency * (_SATURATION + 1) / (frequency + _SATURATION * length)
    return score


def rarity(entries: int) -> float:
    """Return the weight of a phrase that so many entries hold."""
    return 1 / math.log2(entries + 2)
