"""What a writer means by "yesterday 21:30", "12 may 2024", "last week" or "may 2024".

The one grammar of moments, days and periods, for every place where one is asked for. Only what
has one meaning is understood. Whatever else is typed is answered with what is wrong with it and
how to write it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import partial
from typing import Final

from backend import dates
from backend.dates import MONTHS, WEEKDAYS
from backend.errors import AmbiguousDayError, UsageError

_EXAMPLES = "Write it like 2026-05-03, 12 may 2024 9pm, yesterday 21:30, last friday or 3 days ago."

_RELATIVE_DAYS: Final = {"today": 0, "yesterday": 1, "day before yesterday": 2}
_NUMBER_WORDS: Final = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), 1
    )
} | {"a": 1, "an": 1}
_WEEKDAYS: Final = {
    form: number
    for number, name in enumerate(WEEKDAYS)
    for form in (name.lower(), name[:3].lower())
} | {"tues": 1, "wednes": 2, "thur": 3, "thurs": 3}
_MONTHS: Final = {
    form: number
    for number, name in enumerate(MONTHS, 1)
    for form in (name.lower(), name[:3].lower())
} | {"sept": 9}

#: What the parts of a day mean; nobody remembers the minute.
_PARTS_OF_DAY: Final = {
    "morning": time(9),
    "noon": time(12),
    "afternoon": time(15),
    "evening": time(20),
    "night": time(22),
}

_PERIOD_EXAMPLES = "Write it like 2024, 2024-05, may 2024, 2024-05-17, last friday or last week."

_SPACES = re.compile(r"[\s,]+")
# Words with hyphens for spaces, as they are typed where a space would end the value.
_HYPHENATED = re.compile(r"(?=.*(?<![^-])[a-z]+(?![^-]))[a-z0-9:.]+(?:-[a-z0-9:.]+)+")
_OFFSET = re.compile(r"(:[0-9]{2}(?:\.[0-9]+)?) ?(z|utc|[+-][0-9]{2}:?[0-9]{2})$")
_ISO_T = re.compile(r"(?<=[0-9])t(?=[0-9])")
_CLOCK = re.compile(
    r"(?<![\w:.+-])(?:"
    r"(?P<hour>[0-9]{1,2})(?::(?P<minute>[0-9]{2}))? ?(?P<half>[ap])\.?m\.?"
    r"|(?P<clock>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)"
    r")(?![\w:])"
)
_PART_OF_DAY = re.compile(rf"\b(?:{'|'.join(_PARTS_OF_DAY)})\b")
_AGO = re.compile(r"(\w+) (minute|hour|day|week|month|year)s? ago")
_WEEKDAY = re.compile(r"(?:(last) )?(\w+)")
# A weekday before a date, as Charlie itself writes it.
_ON_WEEKDAY = re.compile(rf"({'|'.join(_WEEKDAYS)}) (?=.*[0-9])")
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
# As names of files have it.
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?\.? (?:of )?([a-z]+)\.?(?: ([0-9]+))?")
_MONTH_FIRST = re.compile(r"([a-z]+)\.? ([0-9]{1,2})(?:st|nd|rd|th)?(?: ([0-9]+))?")
_FIGURES = re.compile(r"([0-9]{4})(?:[-/.]([0-9]{1,2})(?:[-/.]([0-9]{1,2}))?)?")
_MONTH = re.compile(r"([a-z]{3,})\.?(?:[ ,]+([0-9]{4}))?")
_MONTH_ALONE = re.compile(r"([a-z]+)\.?(?: ([0-9]{4}))?")


@dataclass(frozen=True, slots=True)
class DateConventions:
    """How a writer writes days and counts weeks.

    Attributes:
        first_weekday: the day with which weeks begin, 0 for Monday to 6 for Sunday.
        month_first: whether "5/12/2024" is a day in May; None if that is not known, and such a
            day has two meanings.
    """

    first_weekday: int = 0
    month_first: bool | None = None


_USUAL: Final = DateConventions()


def parse_moment(
    value: str,
    zone: str,
    *,
    at: datetime | None = None,
    conventions: DateConventions = _USUAL,
) -> datetime:
    """Return the instant that a writer in `zone` means, in UTC; never one that is yet to come.

    Understood are

    - days: "2026-05-03", "12 may 2024", "may 12th", "12.5.2024", "today", "yesterday",
      "last friday", "friday", "3 days ago", "a week ago"; without a year, the last such day;
    - times: "21:30", "9pm", "noon", "evening", before or behind the day, or alone for today;
    - "now", "20 minutes ago", "2 hours ago"; ISO instants with an offset;
    - all these with hyphens in place of spaces: "last-friday".

    A day without a time means noon, which is on that day in every reading of it; today without
    a time means now. Of a time that a clock showed twice when it was put back, the first is
    meant, unless that is told by an offset.

    Args:
        value: what the writer typed.
        zone: IANA name of the writer's zone (an unknown one counts as UTC).
        at: the present instant; now if None.
        conventions: how this writer writes days.

    Raises:
        UsageError: it has no meaning or more than one, lies in the future, or never was.
    """
    present = at or dates.now()
    here = dates.zone_info(zone)
    text = _ISO_T.sub(" ", _normalized(value))
    today = present.astimezone(here).date()
    try:
        if text in ("now", "today"):
            return present
        if (elapsed := _elapsed(text)) is not None:
            return present - elapsed
        offset, text = _take_offset(text)
        clock, text = _take_clock(text)
        day = today
        if text or clock is None:
            day = _day(text, value, today, conventions.month_first)
        if clock is None:
            if day == today:
                return present
            clock = time(12)
        moment = datetime.combine(day, clock, offset or here)
        if not 1 < moment.year < 9999:
            raise _refused(f"The year {moment.year} is outside of what a journal can hold.")
        instant = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _not_understood(value) from None
    if offset is None and not dates.exists(moment):
        raise _refused(
            f"There was no {moment:%H:%M} on that day: the clocks were put forward past it.",
            "Give a time before or after that.",
        )
    if instant > present:
        raise _refused(f"“{value.strip()}” is yet to come.", _hint_for_future(text, clock))
    return instant


def parse_day(
    value: str, zone: str, *, at: datetime | None = None, conventions: DateConventions = _USUAL
) -> date:
    """Return the day that a writer in `zone` means, which a time of day may stand beside.

    Args and errors are those of `parse_moment`.
    """
    return dates.local_date(parse_moment(value, zone, at=at, conventions=conventions), zone)


def parse_period(
    value: str,
    zone: str | None = None,
    *,
    at: datetime | None = None,
    conventions: DateConventions = _USUAL,
    has_time: bool = True,
    is_past: bool = False,
) -> tuple[date, date]:
    """Return the first and the last day that a writer in `zone` means.

    Understood are years ("2024", "last year"), months ("2024-05", "may 2024", "may" for the last
    one, "this month"), weeks ("this week", "last week"), and the days that `parse_moment`
    understands, which may also be yet to come if their year is told.

    Args:
        value: what was typed.
        zone: IANA name of the writer's zone (an unknown one counts as UTC); that of this machine
            if None.
        at: the present instant; now if None.
        conventions: how this writer writes days and counts weeks.
        has_time: whether a time of day beside a day is accepted, and passed over.
        is_past: whether what begins in the future is refused.

    Raises:
        AmbiguousDayError: it is a day, but has more than one meaning.
        UsageError: it is none of these.
    """
    text = _normalized(value)
    present = at or dates.now()
    # Years, months and days in figures are the same everywhere: for them no zone is looked up.
    try:
        period = _period_in_figures(text)
        if period is None or is_past:
            zone = dates.local_zone() if zone is None else zone
            today = dates.local_date(present, zone)
            period = period or _relative_period(text, today, conventions) or _month_of(text, today)
            if is_past and period is not None and period[0] > today:
                raise _refused(f"“{value.strip()}” is yet to come.")
    except (ValueError, OverflowError):
        raise UsageError(
            f"There is no “{value.strip()}” in the calendar.", hint=_PERIOD_EXAMPLES
        ) from None
    if period is not None:
        return period
    day = _day_of(value, text, zone or "", present, conventions, has_time=has_time)
    if is_past and day > today:
        raise _refused(f"“{value.strip()}” is yet to come.")
    return day, day


def _day_of(
    value: str,
    text: str,
    zone: str,
    present: datetime,
    conventions: DateConventions,
    *,
    has_time: bool,
) -> date:
    """Return the day that `text`, or all of `value` where it holds a time, means."""
    clock, rest = _take_clock(_ISO_T.sub(" ", text))
    if clock is not None or text == "now" or _elapsed(text) is not None:
        if not has_time:
            raise _not_understood(value)
        return parse_day(value, zone, at=present, conventions=conventions)
    today = dates.local_date(present, zone)
    try:
        return _day(rest, value, today, conventions.month_first)
    except (ValueError, OverflowError):
        raise _not_understood(value) from None


def _normalized(value: str) -> str:
    """Return what was typed in small letters, and with single spaces between its words."""
    text = _SPACES.sub(" ", value).strip().casefold()
    return text.replace("-", " ") if _HYPHENATED.fullmatch(text) else text


def _period_in_figures(text: str) -> tuple[date, date] | None:
    matched = _FIGURES.fullmatch(text)
    if matched is None:
        return None
    year, month, day = (int(part) if part else None for part in matched.groups())
    return dates.period(year or 0, month, day)


def _relative_period(
    text: str, today: date, conventions: DateConventions
) -> tuple[date, date] | None:
    """Return this or the last week, month or year."""
    which, _, unit = text.partition(" ")
    if which not in ("this", "last") or unit not in ("week", "month", "year"):
        return None
    is_last = which == "last"
    if unit == "week":
        days = (today.weekday() - conventions.first_weekday) % 7 + 7 * is_last
        first = today - timedelta(days=days)
        return first, first + timedelta(days=6)
    if unit == "year":
        return dates.period(today.year - is_last)
    if is_last:
        today = today.replace(day=1) - timedelta(days=1)
    return dates.period(today.year, today.month)


def _month_of(text: str, today: date) -> tuple[date, date] | None:
    """Return a month that is named; without a year, the last one that was."""
    matched = _MONTH.fullmatch(text)
    month = _month(matched.group(1)) if matched else None
    if matched is None or month is None:
        return None
    last = today.year - (month > today.month)
    return dates.period(int(matched.group(2) or last), month)


def _elapsed(text: str) -> timedelta | None:
    """Return what "20 minutes ago" takes off the present; None for anything else."""
    matched = _AGO.fullmatch(text)
    if matched is None or matched.group(2) not in ("minute", "hour"):
        return None
    return _count(matched.group(1)) * timedelta(**{f"{matched.group(2)}s": 1})


def _take_offset(text: str) -> tuple[timezone | None, str]:
    """Return the offset behind a time, and the text without it."""
    matched = _OFFSET.search(text)
    if matched is None:
        return None, text
    rest = text[: matched.start()] + matched.group(1)
    sign = matched.group(2)
    if sign in ("z", "utc"):
        return UTC, rest
    digits = sign[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if sign.startswith("-") else offset), rest


def _take_clock(text: str) -> tuple[time | None, str]:
    """Return the time of day in `text`, and the text without it."""
    if "midnight" in text.split():
        raise _refused("A midnight belongs to two days.", "Write 00:00 or 23:59.")
    found = [*_CLOCK.finditer(text), *_PART_OF_DAY.finditer(text)]
    if len(found) > 1:
        raise _refused("That gives two times.", "Give one.")
    matched = found[0] if found else None
    rest = f"{text[: matched.start()]} {text[matched.end() :]}" if matched else text
    words = [word for word in rest.split() if word not in ("at", "on", "in", "the")]
    if matched is None:
        return None, " ".join(words)
    if matched.group() in _PARTS_OF_DAY and words == ["this"]:
        words = []
    elif matched.group() == "night" and words == ["last"]:
        words = ["yesterday"]
    return _clock(matched), " ".join(words)


def _clock(matched: re.Match[str]) -> time:
    if matched.group() in _PARTS_OF_DAY:
        return _PARTS_OF_DAY[matched.group()]
    if matched["clock"]:
        hour, _, rest = matched["clock"].partition(":")
        return time.fromisoformat(f"{int(hour):02}:{rest}")
    hour_of_half = int(matched["hour"])
    if not 1 <= hour_of_half <= 12:
        raise ValueError
    hour_of_day = hour_of_half % 12 + (12 if matched["half"] == "p" else 0)
    return time(hour_of_day, int(matched["minute"] or 0))


def _day(text: str, value: str, today: date, month_first: bool | None) -> date:
    """Return the day that the rest of a text means."""
    if matched := _ON_WEEKDAY.match(text):
        day = _day(text[matched.end() :], value, today, month_first)
        if day.weekday() != _WEEKDAYS[matched[1]]:
            raise _refused(f"{day.isoformat()} is a {dates.WEEKDAYS[day.weekday()]}.")
        return day
    for understand in (_relative_day, partial(_day_in_figures, month_first), _day_of_month):
        found = understand(text, today)
        if found is not None:
            return found
    typed = value.strip()
    if (matched := _MONTH_ALONE.fullmatch(text)) and matched.group(1) in _MONTHS:
        raise _refused(f"“{typed}” is a month, not a day.", f"Write it like 12 {text}.")
    if text in ("tomorrow", "next week", "next month", "next year"):
        raise _refused(f"“{typed}” is yet to come.")
    if text in ("last week", "last month", "last year"):
        raise _refused(f"“{typed}” is not one day.", f"Write it like a {text.split()[1]} ago.")
    if text.isdecimal() and int(text) < 25:
        raise _refused(f"“{typed}” may be an hour or a day.", "Write it like 9:00 or 9pm.")
    raise _not_understood(value)


def _relative_day(text: str, today: date) -> date | None:
    if text in _RELATIVE_DAYS:
        return today - timedelta(days=_RELATIVE_DAYS[text])
    if matched := _AGO.fullmatch(text):
        return _days_ago(_count(matched.group(1)), matched.group(2), today)
    if (matched := _WEEKDAY.fullmatch(text)) and matched.group(2) in _WEEKDAYS:
        return _last_weekday(_WEEKDAYS[matched.group(2)], bool(matched.group(1)), today)
    return None


def _day_in_figures(month_first: bool | None, text: str, today: date) -> date | None:
    if matched := _YEAR_FIRST.fullmatch(text):
        year, _, month, day = matched.groups()
        return date(int(year), int(month), int(day))
    if matched := _COMPACT.fullmatch(text):
        return date(*map(int, matched.groups()))
    if matched := _YEAR_LAST.fullmatch(text):
        first, mark, second, year = matched.groups()
        if mark == ".":
            # It is only ever written where the day comes first.
            month_first = False
        return _numeric_day(int(first), int(second), int(year), month_first)
    return None


def _day_of_month(text: str, today: date) -> date | None:
    if (matched := _DAY_FIRST.fullmatch(text)) and matched.group(2) in _MONTHS:
        return _named_day(matched.group(1), matched.group(2), matched.group(3), today)
    if (matched := _MONTH_FIRST.fullmatch(text)) and matched.group(1) in _MONTHS:
        return _named_day(matched.group(2), matched.group(1), matched.group(3), today)
    return None


def _count(word: str) -> int:
    number = _NUMBER_WORDS.get(word)
    return int(word) if number is None else number


def _days_ago(number: int, unit: str, today: date) -> date:
    """Return the day so many days, weeks, months or years ago; a shorter month's last day."""
    if unit in ("minute", "hour"):
        raise _refused("That gives two times.", "Give one.")
    if unit in ("day", "week"):
        return today - timedelta(days=number * (7 if unit == "week" else 1))
    months = today.year * 12 + today.month - 1 - number * (12 if unit == "year" else 1)
    first = date(months // 12, months % 12 + 1, 1)
    following = date((months + 1) // 12, (months + 1) % 12 + 1, 1)
    return first.replace(day=min(today.day, (following - first).days))


def _last_weekday(weekday: int, is_last: bool, today: date) -> date:
    days = (today.weekday() - weekday) % 7
    if days == 0 and not is_last:
        name = WEEKDAYS[weekday]
        raise _ambiguous(f"Today is a {name} too.", f"Write today, or last {name.lower()}.")
    return today - timedelta(days=days or 7)


def _numeric_day(first: int, second: int, year: int, month_first: bool | None) -> date:
    if month_first is False or first > 12 or first == second:
        return date(year, second, first)
    if month_first or second > 12:
        return date(year, first, second)
    raise _ambiguous(
        f"That may be {first} {MONTHS[second - 1]} or {second} {MONTHS[first - 1]}.",
        f"Write it like {date(year, second, first)}, or {first} {MONTHS[second - 1].lower()}"
        f" {year}.",
    )


def _named_day(day: str, month: str, year: str | None, today: date) -> date:
    """Return a day of a month that is named; without a year, the last one that was."""
    if year is not None:
        if len(year) != 4:
            raise _ambiguous(f"The year “{year}” may be several.", "Write it with four digits.")
        return date(int(year), _MONTHS[month], int(day))
    # 29 February was in one of the last eight years.
    for candidate in range(today.year, today.year - 9, -1):
        try:
            found = date(candidate, _MONTHS[month], int(day))
        except ValueError:
            continue
        if found <= today:
            return found
    raise ValueError


def _hint_for_future(text: str, clock: time) -> str:
    if text in ("", "today"):
        return f"Write it like yesterday {clock:%H:%M}."
    return _EXAMPLES


def _refused(what: str, hint: str = _EXAMPLES) -> UsageError:
    return UsageError(what, safe="Nothing was saved.", hint=hint)


def _ambiguous(what: str, hint: str) -> AmbiguousDayError:
    return AmbiguousDayError(what, safe="Nothing was saved.", hint=hint)


def _not_understood(value: str) -> UsageError:
    return _refused(f"“{value.strip()}” is not a date Charlie understands.")


def _month(word: str) -> int | None:
    """Return the number of the month that a word, or its beginning, names."""
    found = [number for number, name in enumerate(MONTHS, 1) if name.lower().startswith(word)]
    return found[0] if len(found) == 1 else None
