"""Days, months and years as somebody types them who looks for what was written then."""

from __future__ import annotations

import re
from datetime import date, datetime

from backend import dates
from backend.dates import MONTHS
from backend.errors import UsageError
from backend.moments import parse_moment

_FIGURES = re.compile(r"([0-9]{4})(?:[-/.]([0-9]{1,2})(?:[-/.]([0-9]{1,2}))?)?")
_MONTH = re.compile(r"([a-z]{3,})\.?(?:[ ,]+([0-9]{4}))?")


def parse_period(value: str, zone: str, *, at: datetime | None = None) -> tuple[date, date]:
    """The first and the last day that a writer in `zone` means.

    Understood are years ("2024"), months ("2024-05", "may 2024", "may" for the last one), and
    the days that `backend.moments` understands; a day in figures may also be yet to come.

    Args:
        value: what was typed.
        zone: IANA name of the writer's zone (an unknown one counts as UTC).
        at: the present instant; now if None.

    Raises:
        UsageError: it is none of these.
    """
    text = " ".join(value.casefold().split())
    present = at or dates.now()
    try:
        if matched := _FIGURES.fullmatch(text):
            year, month, day = (int(part) if part else None for part in matched.groups())
            return dates.period(year or 0, month, day)
        if (matched := _MONTH.fullmatch(text)) and (month := _month(matched.group(1))):
            today = dates.local_date(present, zone)
            last = today.year - (month > today.month)
            return dates.period(int(matched.group(2) or last), month)
    except ValueError:
        raise UsageError(
            f"There is no “{value.strip()}” in the calendar.",
            hint="Write it like 2024, 2024-05, may 2024, 2024-05-17 or last friday.",
        ) from None
    day_meant = dates.local_date(parse_moment(value, zone, at=present), zone)
    return day_meant, day_meant


def _month(word: str) -> int | None:
    """The number of the month that a word, or its beginning, names."""
    found = [number for number, name in enumerate(MONTHS, 1) if name.lower().startswith(word)]
    return found[0] if len(found) == 1 else None
