"""The language of searches, parsed. Nothing here touches the database.

    words "a phrase" -not @name @"Full Name" #tag in:2024-05 from:DATE to:DATE journal:NAME

All parts must hold. A hyphen before a part excludes it, an asterisk behind a word, a name or a tag
stands for whatever follows three letters and more (`grand*`). `in:`, `on:`, `from:` and `to:` take
what `backend.moments.parse_period` understands: a year, a month, a week or a day, in figures or in
words, with hyphens for spaces (`from:last-friday`) or in quotes (`in:"last week"`); `to:` includes
what it names. Whatever has none of these forms is a word, so that "12:30", "re: rent" and "on:air"
are searched for as they stand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from backend.errors import AmbiguousDayError, QueryError, UsageError
from backend.text import has_content

if TYPE_CHECKING:
    from backend.moments import DateConventions

#: What a person types; longer ones are pasted by mistake and cost time for nothing.
MAX_LENGTH = 1_000

#: What may stand before a colon.
FIELDS = ("in", "on", "from", "to", "journal")
#: Each of them begins and ends a phrase.
QUOTES = '"“”„'

_FIELD = re.compile(rf"({'|'.join(FIELDS)}):", re.IGNORECASE)
# The field that is one only before a day: "on:" stands in texts too.
_MAY_BE_A_WORD = "on"
_DAYS = "Write it like 2024, 2024-05, 2024-05-17, yesterday, last-friday or last-week."
_FORMS = "Give words, “a phrase”, @name, #tag, in:2024, from:2024-05-01 or journal:name."


@dataclass(frozen=True, slots=True)
class Part:
    """One thing to look for; with `is_prefix`, whatever `value` begins.

    `span` are the code points of the query that say so.
    """

    value: str
    is_excluded: bool = False
    is_prefix: bool = False
    span: tuple[int, int] = field(default=(0, 0), compare=False)


class Words(Part):
    """A word or phrase of the text or the title."""

    __slots__ = ()


class Name(Part):
    """A mention of the entity of that name."""

    __slots__ = ()


class Tag(Part):
    """A tag without its mark; `work` also stands for `work/garden`."""

    __slots__ = ()


class Journal(Part):
    """A journal by name."""

    __slots__ = ()


_PARTS: dict[str, type[Part]] = {"": Words, "@": Name, "#": Tag, "journal": Journal}


@dataclass(slots=True)
class Query:
    """A parsed query: all `parts` hold, on local days from `first` to `last`, both included.

    `unfinished` is why the end of a query that is still being typed is left out, or None.
    """

    source: str = field(default="", compare=False)
    parts: list[Part] = field(default_factory=list)
    first: date | None = None
    last: date | None = None
    unfinished: QueryError | None = field(default=None, compare=False)

    def is_empty(self) -> bool:
        """Return whether nothing is asked for."""
        return not self.parts and self.first is None and self.last is None


class Piece(NamedTuple):
    """The code points `[start, end)` of a query, not understood yet.

    Attributes:
        mark: "@", "#", a field's name, or empty for a word.
        value: what follows the mark, without quotes.
        is_excluded: a hyphen stands before it.
        is_open: the end of the query touches it: it may yet grow.
    """

    start: int
    end: int
    mark: str
    value: str
    is_excluded: bool
    is_open: bool

    @property
    def place(self) -> str:
        return f"at character {self.start + 1}"

    def error(self, query: Query, message: str, *, hint: str) -> QueryError:
        """Return an error that says what is wrong with this piece of `query`."""
        return QueryError(
            message,
            hint=hint,
            query=query.source,
            start=self.start,
            length=self.end - self.start,
        )


def names_journal(source: str) -> bool:
    """Return whether a query, which may still be being typed, says in which journal to look."""
    return any(
        piece.mark == "journal" and not piece.is_excluded and is_searchable(piece.value)
        for piece in divide(source, as_typed=True)
    )


def parse(
    source: str,
    *,
    as_typed: bool = False,
    conventions: Callable[[], DateConventions] | None = None,
) -> Query:
    """Understand a query.

    Args:
        source: what the user typed.
        as_typed: it is still being typed. A part that the end of the query touches is taken for
            the beginning of one; if it is not understood yet it is left out.
        conventions: tells how the writer writes days and counts weeks, asked only if days are
            limited; as most do if None.

    Raises:
        QueryError: a part cannot be understood, or nothing is left to search for.
    """
    if len(source) > MAX_LENGTH:
        raise QueryError(
            f"The search has {len(source):,} characters; it may have {MAX_LENGTH:,}.", hint=_FORMS
        )
    if not is_unicode(source):
        raise QueryError("The search is not valid UTF-8.", hint="Convert it to UTF-8 first.")
    query = Query(source)
    for piece in divide(source, as_typed=as_typed):
        try:
            _add(query, piece, conventions, as_typed=as_typed)
        except QueryError as error:
            if not (as_typed and piece.is_open):
                raise
            query.unfinished = error
    if query.is_empty() and not as_typed:
        raise QueryError("There is nothing to search for.", hint=_FORMS)
    return query


def is_unicode(text: str) -> bool:
    """Return whether `text` can be encoded: no half of a surrogate pair stands alone."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def is_searchable(text: str) -> bool:
    """Return whether the index holds any of `text`: letters, digits, private-use characters."""
    return any(map(is_word_character, text))


def is_word_character(character: str) -> bool:
    """Return whether the index takes `character` for part of a word, as unicode61 does."""
    category = unicodedata.category(character)
    return category[0] in "LN" or category == "Co"


def divide(source: str, *, as_typed: bool) -> list[Piece]:
    """Return the pieces of a query.

    Args:
        source: what the user typed.
        as_typed: it is still being typed, and a quote need not be closed.

    Raises:
        QueryError: a quote is not closed.
    """
    pieces: list[Piece] = []
    position, end = 0, len(source)
    while position < end:
        if source[position].isspace():
            position += 1
            continue
        start = position
        is_excluded = source[position] == "-" and not source[position + 1 : position + 2].isspace()
        position += is_excluded
        mark = source[position : position + 1]
        if mark in ("@", "#"):
            position += 1
        elif matched := _FIELD.match(source, position):
            mark = matched.group(1).lower()
            position = matched.end()
        else:
            mark = ""
        value, position, is_open = _value(source, position, as_typed=as_typed)
        pieces.append(Piece(start, position, mark, value, is_excluded, is_open))
    return pieces


def _value(source: str, start: int, *, as_typed: bool) -> tuple[str, int, bool]:
    """Return a word or quoted phrase, the position behind it, and whether it may yet grow."""
    if source[start : start + 1] not in tuple(QUOTES):
        stop = start
        while stop < len(source) and not source[stop].isspace() and source[stop] not in QUOTES:
            stop += 1
        return source[start:stop], stop, stop == len(source)
    for stop in range(start + 1, len(source)):
        if source[stop] in QUOTES:
            return source[start + 1 : stop], stop + 1, False
    if as_typed:
        return source[start + 1 :], len(source), True
    raise QueryError(
        f"The quote at character {start + 1} is not closed.",
        hint="Add a closing quote.",
        query=source,
        start=start,
        length=len(source) - start,
    )


def _add(
    query: Query, piece: Piece, conventions: Callable[[], DateConventions] | None, *, as_typed: bool
) -> None:
    value = piece.value.strip()
    if piece.mark not in _PARTS:
        try:
            period = _period(value, conventions)
        except UsageError as error:
            if piece.mark != _MAY_BE_A_WORD:
                raise _not_days(query, piece, value, error) from None
            for word in _as_words(query.source, piece):
                _add(query, word, conventions, as_typed=as_typed)
            return
        _limit_days(query, piece, period)
    elif value.endswith("*") and is_searchable(value) and piece.mark in ("", "@", "#"):
        kind = _PARTS[piece.mark]
        query.parts.append(
            kind(value.rstrip("*"), piece.is_excluded, True, (piece.start, piece.end))
        )
    elif is_searchable(value) or (piece.mark == "#" and has_content(value)):
        kind = _PARTS[piece.mark]
        span = (piece.start, piece.end)
        query.parts.append(kind(value, piece.is_excluded, as_typed and piece.is_open, span))
    elif piece.mark == "journal":
        raise _incomplete(query, piece)
    # Else it is an ampersand or a dash between words, or a mark without a name: it says nothing.


def _as_words(source: str, piece: Piece) -> list[Piece]:
    """Return the pieces that `piece` is if its mark and its colon are part of a word."""
    value, stop, is_open = _value(source, piece.start + piece.is_excluded, as_typed=True)
    word = piece._replace(end=stop, mark="", value=value, is_open=is_open)
    if stop == piece.end:
        return [word]
    return [word, piece._replace(start=stop, mark="", is_excluded=False)]


def _limit_days(query: Query, piece: Piece, period: tuple[date, date]) -> None:
    if piece.is_excluded:
        raise _days_excluded(query, piece)
    first, last = period
    if piece.mark != "to":
        query.first = max(query.first or first, first)
    if piece.mark != "from":
        query.last = min(query.last or last, last)
    if query.first and query.last and query.first > query.last:
        raise piece.error(
            query,
            f"No day is both after {query.first} and before {query.last}.",
            hint="Check in:, from: and to:.",
        )


def _period(value: str, conventions: Callable[[], DateConventions] | None) -> tuple[date, date]:
    """Return the first and last day that a value means.

    Raises:
        UsageError: it means none, or tells a time of day, to which a search cannot be limited.
    """
    if not value:
        raise UsageError("There is no day.")
    # Its patterns take 5 ms to compile, and most commands import this module for nothing of it.
    from backend.moments import DateConventions, parse_period  # noqa: PLC0415

    return parse_period(value, conventions=(conventions or DateConventions)(), has_time=False)


def _not_days(query: Query, piece: Piece, value: str, error: UsageError) -> QueryError:
    if piece.is_excluded:
        return _days_excluded(query, piece)
    if not value:
        return _incomplete(query, piece)
    if isinstance(error, AmbiguousDayError):
        return piece.error(query, error.message, hint=error.hint or _DAYS)
    return piece.error(
        query, f"“{value}” {piece.place} is not a day, a month or a year.", hint=_DAYS
    )


def _days_excluded(query: Query, piece: Piece) -> QueryError:
    return piece.error(
        query,
        f"“-{piece.mark}:” {piece.place} cannot be understood: days cannot be excluded.",
        hint="Name the days that are wanted with from: and to:.",
    )


def _incomplete(query: Query, piece: Piece) -> QueryError:
    example = "journal:travel" if piece.mark == "journal" else f"{piece.mark}:2024-05"
    return piece.error(
        query,
        f"“{piece.mark}:” {piece.place} names nothing.",
        hint=f"Write it like {example}, without a space.",
    )
