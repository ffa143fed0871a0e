"""Instants, zones and the writer's local days."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from backend.errors import UsageError

_RELATIVE_DAYS = {"today": 0, "yesterday": 1}
_CLOCK = re.compile(r"(?:[T ]|^)(\d{1,2}:\d{2}(?::\d{2})?)$")


@cache
def local_zone() -> str:
    """IANA name of the zone the writer is in ("Europe/Lisbon"); "UTC" where it has no name."""
    # tzlocal takes 17 ms to import and only writing needs it.
    import tzlocal

    name = tzlocal.get_localzone_name()
    return name if name and _zone(name) else "UTC"


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)


def local_date(instant: datetime, zone: str) -> date:
    """The day that `instant` falls on in `zone` (an unknown zone counts as UTC)."""
    return instant.astimezone(_zone(zone) or UTC).date()


def local_time(instant: datetime, zone: str) -> datetime:
    """`instant` as the clock on the writer's wall showed it."""
    return instant.astimezone(_zone(zone) or UTC)


def parse_moment(value: str, zone: str, *, at: datetime | None = None) -> datetime:
    """The instant that a writer in `zone` means, in UTC.

    Understood: ISO dates and times ("2026-05-03", "2026-05-03 21:30", with an offset too),
    "today" and "yesterday" with or without a time. A day without a time means noon, which is on
    that day in every reading of it; today without a time means now.

    Args:
        value: what the writer typed.
        zone: IANA name of the writer's zone.
        at: the present instant; now if None.

    Raises:
        UsageError: it is not a date, or lies outside the years 1 to 9998.
    """
    present = at or now()
    text = value.strip().lower()
    here = _zone(zone) or UTC
    today = present.astimezone(here).date()
    if text in ("now", "today"):
        return present
    word, _, clock_text = text.partition(" ")
    try:
        if word in _RELATIVE_DAYS:
            day = today - timedelta(days=_RELATIVE_DAYS[word])
            clock = time.fromisoformat(_padded(clock_text)) if clock_text else time(12)
            moment = datetime.combine(day, clock, here)
        elif _CLOCK.search(text) or len(text) > len("2026-05-03"):
            moment = datetime.fromisoformat(text.upper())
            moment = moment if moment.tzinfo else moment.replace(tzinfo=here)
        else:
            moment = datetime.combine(date.fromisoformat(text), time(12), here)
        if not 1 < moment.year < 9999:
            raise ValueError
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise UsageError(
            f"“{value}” is not a date Charlie understands.",
            safe="Nothing was saved.",
            hint="Write it like 2026-05-03, 2026-05-03 21:30, today, or yesterday 21:30.",
        ) from None


def _padded(clock: str) -> str:
    return clock if len(clock.partition(":")[0]) == 2 else f"0{clock}"


@cache
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
