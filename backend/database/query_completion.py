"""What the part of a query at the cursor may become: fields, names, tags, journals, days."""

from __future__ import annotations

import re
from datetime import timedelta

from backend import dates
from backend.database.completion import complete_journals, complete_names, complete_tags
from backend.database.query import FIELDS, QUOTES, RELATIVE_DAYS, Piece, divide, is_unicode
from backend.records import Completion, QueryCompletion, QueryOffer

# The beginning of a field is offered from so many letters on; one is the beginning of any word.
_SHORTEST_FIELD = 2
_YEARS_BACK = 5
_YEAR = re.compile(r"[0-9]{4}-")


def complete_query(
    query: str, cursor: int, *, journal: str | None = None, limit: int = 6
) -> QueryCompletion | None:
    """What the part of `query` that ends at the code point `cursor` may become; None for nothing.

    Names and journals with a space in them come quoted, as the query needs them.

    Args:
        query: what was typed so far.
        cursor: where the next letter would go.
        journal: names and tags of this journal alone; of all if None.
        limit: how many offers at most.
    """
    pieces = divide(query[:cursor], as_typed=True) if is_unicode(query) else []
    if not pieces or not pieces[-1].is_open:
        return None
    piece = pieces[-1]
    end = cursor
    while end < len(query) and not query[end].isspace() and query[end] not in QUOTES:
        end += 1
    offers = tuple(_offers(piece, journal, limit))
    return QueryCompletion(piece.start, end, offers) if offers else None


def _offers(piece: Piece, journal: str | None, limit: int) -> list[QueryOffer]:
    before = "-" if piece.is_excluded else ""
    match piece.mark:
        case "":
            return _fields(piece, before)
        case "@":
            return _quoted(f"{before}@", complete_names(piece.value, journal=journal, limit=limit))
        case "#":
            return _quoted(f"{before}#", complete_tags(piece.value, journal=journal, limit=limit))
        case "journal":
            return _quoted(f"{before}journal:", complete_journals(piece.value, limit=limit))
        case field:
            days = [day for day in _days(piece.value) if day.startswith(piece.value.lower())]
            return [QueryOffer(f"{field}:{day} ") for day in days[:limit] if not before]


def _fields(piece: Piece, before: str) -> list[QueryOffer]:
    typed = piece.value.lower()
    if len(typed) < _SHORTEST_FIELD:
        return []
    # Days cannot be excluded.
    fields = FIELDS if not before else ("journal",)
    return [QueryOffer(f"{before}{field}:") for field in fields if field.startswith(typed)]


def _quoted(mark: str, found: list[Completion]) -> list[QueryOffer]:
    offers = []
    for each in found:
        text = each.text
        if any(map(str.isspace, text)):
            text = f'"{text}"'
        # What has a quote in it cannot be written down.
        if not any(quote in each.text for quote in QUOTES):
            offers.append(QueryOffer(f"{mark}{text} ", each))
    return offers


def _days(typed: str) -> list[str]:
    """Days, months and years that may be meant: the latest ones, and the months of a year."""
    today = dates.today()
    last_month = today.replace(day=1) - timedelta(days=1)
    months = [f"{day:%Y-%m}" for day in (today, last_month)]
    years = [str(today.year - back) for back in range(_YEARS_BACK) if today.year > back]
    year = _YEAR.match(typed)
    others = [f"{year[0]}{month:02}" for month in range(1, 13)] if year else []
    return list(dict.fromkeys([*RELATIVE_DAYS, *months, *years, *others]))
