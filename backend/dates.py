"""Instants, zones and the writer's local days."""

from __future__ import annotations

import os
import re
import time
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

# The name of a zone that has no other, as `_offset_name` makes it.
_OFFSET = re.compile(r"([+-])([01]\d|2[0-3]):([0-5]\d)")

# Where most systems keep the zone of the machine.
_LOCAL_TIME = Path("/etc/localtime")
_TIME_ZONE = Path("/etc/timezone")


@cache
def local_zone() -> str:
    """Return the IANA name of the zone the writer is in, "Europe/Lisbon".

    Where it has none, as with rules that are spelt out in `TZ` ("JST-9"), it is the offset that
    the system's own library makes of them at this moment, "+09:00"; "UTC" where nothing is set.
    """
    name = _configured_zone()
    if name is None and os.environ.get("TZ", "").strip(":"):
        return _offset_name(time.localtime().tm_gmtoff)
    if name is None:
        # tzlocal takes 17 ms to import; it knows the many places where else a zone may be named.
        import tzlocal

        name = tzlocal.get_localzone_name()
    return name if name and _zone(name) else "UTC"


def _configured_zone() -> str | None:
    """Return the zone that this machine is set to, as tzlocal would; None if it has to be asked."""
    name = os.environ.get("TZ")
    if name is not None:
        # What POSIX leaves to the system, most take for a name.
        name = name.removeprefix(":")
    else:
        try:
            name = str(_LOCAL_TIME.readlink()).partition("/zoneinfo/")[2]
            # Where the two disagree, tzlocal says what counts.
            if _TIME_ZONE.exists() and _TIME_ZONE.read_text(encoding="utf-8").strip() != name:
                return None
        except (OSError, UnicodeError):
            return None
    return name if name and _zone(name) else None


def _offset_name(seconds: int) -> str:
    """Return a distance from UTC as the name of a zone: "+05:45", "UTC" for none."""
    minutes = round(seconds / 60)
    if not minutes:
        return "UTC"
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def now() -> datetime:
    """Return this instant, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return the day that it is where the writer is."""
    return local_date(now(), local_zone())


def local_date(instant: datetime, zone: str) -> date:
    """Return the day that `instant` falls on in `zone` (an unknown zone counts as UTC)."""
    return instant.astimezone(zone_info(zone)).date()


def local_time(instant: datetime, zone: str) -> datetime:
    """`instant` as the clock on the writer's wall showed it."""
    return instant.astimezone(zone_info(zone))


def zone_info(zone: str) -> tzinfo:
    """Return the rules of `zone`; those of UTC if it is unknown."""
    return _zone(zone) or UTC


def period(year: int, month: int | None = None, day: int | None = None) -> tuple[date, date]:
    """Return the first and the last day of a year, of a month of it, or of a day of that.

    Raises:
        ValueError: the calendar has none such.
    """
    first = date(year, 1 if month is None else month, 1 if day is None else day)
    if day is not None:
        return first, first
    if first.month == 12 or month is None:
        return first, date(year, 12, 31)
    return first, date(year, first.month + 1, 1) - timedelta(days=1)


def exists(moment: datetime) -> bool:
    """Whether a clock in the zone of `moment` ever showed its time of day on its day."""
    return moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None) == moment.replace(
        tzinfo=None
    )


def is_repeated(instant: datetime, zone: str) -> bool:
    """Whether a clock in `zone` shows the time of `instant` twice on that day."""
    local = instant.astimezone(zone_info(zone))
    return local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset() and exists(local)


@cache
def _zone(name: str) -> tzinfo | None:
    if matched := _OFFSET.fullmatch(name):
        distance = timedelta(hours=int(matched[2]), minutes=int(matched[3]))
        return timezone(-distance if matched[1] == "-" else distance)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
