"""Instants as integers, and entry ids that sort as a journal reads.

An entry's id is its place in time: ids ascend by local date, then by instant, then by the order
of writing. Every index that ends in an entry's id (full text, mentions, journals) is therefore
in reading order by itself, and the newest fifty of a hundred thousand matches are found without
looking at the rest.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from backend import dates
from backend.errors import UsageError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_MS_A_DAY = 86_400_000
_EPOCH_DAY = _EPOCH.toordinal()

#: The instants that a journal can hold, in milliseconds since 1970: the years 2 to 9998, where a
#: day can be computed in every zone.
FIRST_MS = (date(2, 1, 1).toordinal() - _EPOCH_DAY) * _MS_A_DAY
LAST_MS = (date(9999, 1, 1).toordinal() - _EPOCH_DAY) * _MS_A_DAY - 1

# A local day, taken over all zones, lies within the three UTC days around it: 259,200,000 ms,
# which 28 bits hold. Day numbers up to the year 9999 take 22 bits, so 13 of 63 are left to tell
# entries of the same millisecond apart.
_INSTANT_BITS = 28
_TWIN_BITS = 13
_DAY_SHIFT = _INSTANT_BITS + _TWIN_BITS

#: Entries that one local day and millisecond can hold.
TWINS = 1 << _TWIN_BITS


def to_ms(instant: datetime) -> int:
    """Return milliseconds since 1970 in UTC, rounded down; negative before.

    Raises:
        ValueError: `instant` has no time zone.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return (instant - _EPOCH) // _MILLISECOND


def from_ms(ms: int) -> datetime:
    """Return the instant `ms` milliseconds after 1970, in UTC.

    What is stored may be damaged: a number that stands for no instant counts as the nearest one.
    """
    return _EPOCH + min(max(ms, FIRST_MS), LAST_MS) * _MILLISECOND


def stored_day(text: str) -> date:
    """Return a local day as it is stored; the first of 1970 for what is damaged and is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return _EPOCH.date()


def now_ms() -> int:
    """Return this instant in milliseconds since 1970."""
    return to_ms(dates.now())


def local_day(instant: datetime, zone: str) -> date:
    """Return the writer's day of an instant, in the IANA zone `zone`.

    Raises:
        UsageError: the instant is outside the years 2 to 9998, where days cannot be computed.
    """
    if not 1 < instant.year < 9999:
        raise UsageError(
            f"The year {instant.year} is outside of what a journal can hold.",
            safe="Nothing was saved.",
            hint="Use a date from the year 2 to the year 9998.",
        )
    return dates.local_date(instant, zone)


def first_id(day: date, ms: int) -> int:
    """Return the lowest id of an entry of the local `day` at instant `ms`."""
    start_of_window = (day.toordinal() - _EPOCH_DAY - 1) * _MS_A_DAY
    return day.toordinal() << _DAY_SHIFT | (ms - start_of_window) << _TWIN_BITS


def place(entry_id: int) -> tuple[date, int] | None:
    """Return the local day and instant (in ms) that an entry's id stands for, or None."""
    ordinal = entry_id >> _DAY_SHIFT
    if not 1 <= ordinal <= date.max.toordinal():
        return None
    start_of_window = (ordinal - _EPOCH_DAY - 1) * _MS_A_DAY
    since = (entry_id >> _TWIN_BITS) & ((1 << _INSTANT_BITS) - 1)
    return date.fromordinal(ordinal), start_of_window + since


def day(entry_id: int) -> date:
    """Return the local day that an entry's id stands for."""
    return date.fromordinal(entry_id >> _DAY_SHIFT)


def day_sql(column: str) -> str:
    """Return SQL for the local day of the id in `column`, as an ordinal."""
    return f"({column} >> {_DAY_SHIFT})"


def id_range(first: date | None, last: date | None) -> tuple[int, int]:
    """Return the lowest and highest id of the local days from `first` to `last` inclusive."""
    low = 0 if first is None else first.toordinal() << _DAY_SHIFT
    high = (1 << 63) - 1 if last is None else ((last.toordinal() + 1) << _DAY_SHIFT) - 1
    return low, high
