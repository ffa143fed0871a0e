"""The language of searches, parsed. Nothing here touches the database.

    words "a phrase" -not @name @"Full Name" #tag in:2024-05 from:DATE to:DATE journal:NAME

All parts must hold. A part may be excluded by a hyphen before it. `in:`, `from:` and `to:` take
a year, a month or a day; `to:` includes what it names. Whatever is not one of these forms is a
word, so that "12:30" or "re: rent" may be searched for as they are.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta

from backend import dates
from backend.errors import QueryError

_FIELD = re.compile(r"(in|from|to|journal):", re.IGNORECASE)
_PERIOD = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_RELATIVE_DAYS = {"today": 0, "yesterday": 1}


@dataclass(frozen=True, slots=True)
class Words:
    """A word or a phrase of the text; a prefix matches every word it begins."""

    text: str
    is_excluded: bool = False
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Name:
    """A mention of an entity by name."""

    name: str
    is_excluded: bool = False
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag, without its mark; `work` also stands for `work/garden`."""

    tag: str
    is_excluded: bool = False
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Journal:
    """A journal by name."""

    name: str
    is_excluded: bool = False
    is_prefix: bool = False


Part = Words | Name | Tag | Journal


@dataclass(slots=True)
class Query:
    """A parsed query: all `parts` hold, on local days from `first` to `last`, both included."""

    parts: list[Part] = field(default_factory=list)
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class _Token:
    """A piece of the query: its place, its value, and whether it was quoted."""

    position: int
    mark: str
    value: str
    is_quoted: bool
    is_excluded: bool
    is_last: bool


def parse(source: str, *, as_typed: bool = False) -> Query:
    """Understand a query.

    Args:
        source: what the user typed.
        as_typed: it is still being typed: the last part is taken for the beginning of one, and
            what is not finished is left out instead of being an error.

    Raises:
        QueryError: a part cannot be understood, or nothing is left to search for.
    """
    query = Query()
    for token in _tokens(source, as_typed=as_typed):
        try:
            _add(query, token, as_typed=as_typed)
        except QueryError:
            if not (as_typed and token.is_last):
                raise
    if not as_typed and not query.parts and query.first is None and query.last is None:
        raise QueryError(
            "There is nothing to search for." if source.strip() else "The search is empty.",
            hint="Give words, “a phrase”, @name, #tag, in:2024, from:2024-05-01 or journal:name.",
        )
    return query


def is_searchable(text: str) -> bool:
    """Whether the index holds any word of `text`: letters, digits, private-use characters."""
    return any(
        unicodedata.category(character)[0] in "LN" or unicodedata.category(character) == "Co"
        for character in text
    )


def _tokens(source: str, *, as_typed: bool) -> list[_Token]:
    tokens: list[_Token] = []
    end = len(source)
    position = 0
    while position < end:
        if source[position].isspace():
            position += 1
            continue
        start = position
        is_excluded = source[position] == "-" and position + 1 < end
        is_excluded = is_excluded and not source[position + 1].isspace()
        position += is_excluded
        mark = ""
        if source[position] in "@#":
            mark = source[position]
            position += 1
        elif matched := _FIELD.match(source, position):
            mark = matched.group(1).lower()
            position = matched.end()
        is_quoted = position < end and source[position] in '"“”„'
        if is_quoted:
            value, position = _quoted(source, position, as_typed=as_typed)
        else:
            stop = position
            while stop < end and not source[stop].isspace() and source[stop] not in '"“”„':
                stop += 1
            value, position = source[position:stop], stop
        tokens.append(_Token(start, mark, value, is_quoted, is_excluded, position >= end))
    return tokens


def _quoted(source: str, opening: int, *, as_typed: bool) -> tuple[str, int]:
    """The text between quotes and the position behind the closing one."""
    for position in range(opening + 1, len(source)):
        if source[position] in '"“”„':
            return source[opening + 1 : position], position + 1
    if as_typed:
        return source[opening + 1 :], len(source)
    raise QueryError(
        f"The quote at character {opening + 1} is not closed.", hint="Add a closing quote."
    )


def _add(query: Query, token: _Token, *, as_typed: bool) -> None:
    excluded = token.is_excluded
    is_prefix = as_typed and token.is_last and not token.is_quoted
    value = token.value.strip()
    if token.mark in ("", "@", "#") and not is_searchable(value):
        # An ampersand or a dash between words says nothing; a lone mark is a word not begun.
        return
    match token.mark:
        case "":
            query.parts.append(Words(value, excluded, is_prefix))
        case "@":
            query.parts.append(Name(value, excluded, is_prefix))
        case "#":
            query.parts.append(Tag(value.strip("/"), excluded, is_prefix))
        case "journal":
            if not value:
                raise _incomplete(token)
            query.parts.append(Journal(value, excluded, is_prefix))
        case _:
            if excluded:
                raise QueryError(
                    f"“-{token.mark}:” at character {token.position + 1} cannot be excluded.",
                    hint="Use from: and to: to name the days that are wanted.",
                )
            _add_period(query, token, value)


def _add_period(query: Query, token: _Token, value: str) -> None:
    if not value:
        raise _incomplete(token)
    first, last = _period(token, value)
    if token.mark in ("in", "from"):
        query.first = first if query.first is None else max(query.first, first)
    if token.mark in ("in", "to"):
        query.last = last if query.last is None else min(query.last, last)


def _period(token: _Token, value: str) -> tuple[date, date]:
    """The first and last day that a year, a month or a day names."""
    lowered = value.lower()
    if lowered in _RELATIVE_DAYS:
        today = dates.local_date(dates.now(), dates.local_zone())
        day = today - timedelta(days=_RELATIVE_DAYS[lowered])
        return day, day
    matched = _PERIOD.fullmatch(value)
    try:
        if matched is None:
            raise ValueError
        year, month, day_of_month = (part and int(part) for part in matched.groups())
        first = date(year, month or 1, day_of_month or 1)
        if day_of_month:
            return first, first
        last_month = month or 12
        return first, date(year, last_month, calendar.monthrange(year, last_month)[1])
    except ValueError:
        raise QueryError(
            f"“{value}” at character {token.position + 1} is not a day, a month or a year.",
            hint="Write it like 2024, 2024-05, 2024-05-17, today or yesterday.",
        ) from None


def _incomplete(token: _Token) -> QueryError:
    example = "journal:travel" if token.mark == "journal" else f"{token.mark}:2024-05"
    return QueryError(
        f"“{token.mark}:” at character {token.position + 1} names nothing.",
        hint=f"Write it like {example}, without a space.",
    )
