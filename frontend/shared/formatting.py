"""The words of the screen: days, counts, names of types."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from backend.dates import MONTHS, WEEKDAYS, local_time
from backend.records import DateFormat, EntityType
from backend.text import for_terminal_line, single_line
from frontend.shared.date_preferences import date_preferences

if TYPE_CHECKING:
    from backend.records import EntrySummary, Streak, Tally
    from backend.services.draft_sessions import RecoveredDraft

#: What the entities of a type are called together, in the order they are listed.
TYPE_NAMES = {
    EntityType.PERSON: "People",
    EntityType.PLACE: "Places",
    EntityType.ORGANIZATION: "Organisations",
    EntityType.ACTIVITY: "Activities",
}

#: What one of them is called inside a line.
SINGLE_NAMES = {
    EntityType.PERSON: "person",
    EntityType.PLACE: "place",
    EntityType.ORGANIZATION: "organisation",
    EntityType.ACTIVITY: "activity",
}

#: The longest piece of an entry that names it in a sentence.
NAME_LENGTH = 40


def long_date(day: date) -> str:
    """ "Saturday 21 November 2026", or as the user writes it."""
    match date_preferences.date_format:
        case DateFormat.DMY:
            written = f"{day.day} {MONTHS[day.month - 1]} {day.year}"
        case DateFormat.MDY:
            written = f"{MONTHS[day.month - 1]} {day.day}, {day.year}"
        case _:
            written = short_date(day)
    return _on_weekday(WEEKDAYS[day.weekday()], written)


def short_date(day: date) -> str:
    """ "21 Nov 2026", or as the user writes it."""
    month = MONTHS[day.month - 1][:3]
    match date_preferences.date_format:
        case DateFormat.DMY:
            return f"{day.day} {month} {day.year}"
        case DateFormat.MDY:
            return f"{month} {day.day}, {day.year}"
        case DateFormat.ISO:
            return day.isoformat()
        case DateFormat.US:
            return f"{day.month:02}/{day.day:02}/{day.year}"
        case DateFormat.EU:
            return f"{day.day:02}.{day.month:02}.{day.year}"


def _on_weekday(weekday: str, written: str) -> str:
    comma = "," if date_preferences.date_format is DateFormat.MDY else ""
    return f"{weekday}{comma} {written}"


def day_heading(day: date, today: date, width: int) -> str:
    """Return the heading over a day's entries, the two latest days by their names as well.

    The fullest form that `width` cells hold, else the shortest.
    """
    name = ""
    if day == today:
        name = "Today · "
    elif day == today - timedelta(days=1):
        name = "Yesterday · "
    weekday, short = WEEKDAYS[day.weekday()], short_date(day)
    forms = (
        name + long_date(day),
        name + _on_weekday(weekday, short),
        name + _on_weekday(weekday[:3], short),
    )
    return next((form for form in forms if len(form) <= width), forms[-1])


def short_moment(instant: datetime, zone: str) -> str:
    """ "21 Nov 2026, 21:30", the day as the user writes it."""
    local = local_time(instant, zone)
    return f"{short_date(local.date())}, {local:%H:%M}"


def long_month(day: date) -> str:
    """ "November 2026"."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def short_month(day: date) -> str:
    """ "Nov 2026"."""
    return f"{MONTHS[day.month - 1][:3]} {day.year}"


def period_name(period: Tally, *, is_month: bool) -> str:
    """Return a month or a year in a table: "Nov", "2026"."""
    return MONTHS[period.first.month - 1][:3] if is_month else str(period.first.year)


def week_heading(first: date, today: date) -> str:
    """Return the week that begins with `first`: "this week", "last week", "week of 16 November"."""
    days_ago = (today - first).days
    if 0 <= days_ago < 7:
        return "this week"
    if 7 <= days_ago < 14:
        return "last week"
    month = MONTHS[first.month - 1]
    match date_preferences.date_format:
        case DateFormat.DMY:
            return f"week of {first.day} {month}"
        case DateFormat.MDY:
            return f"week of {month} {first.day}"
        case _:
            return f"week of {short_date(first)}"


def clock(entry: EntrySummary) -> str:
    """Return the time on the writer's wall, "09:05"."""
    return local_time(entry.created_at, entry.zone).strftime("%H:%M")


def counted(number: int, thing: str, things: str | None = None) -> str:
    """ "1 entry", "3,413 entries"."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def amount_words(tally: Tally) -> str:
    """ "2 entries, 412 words"."""
    return f"{counted(tally.entries, 'entry', 'entries')}, {counted(tally.words, 'word')}"


def streak_words(streak: Streak | None) -> str:
    """ "12 days, 1 Jan 2024 to 12 Jan 2024"."""
    if streak is None:
        return "none"
    if streak.days == 1:
        return f"1 day, {short_date(streak.first)}"
    days = counted(streak.days, "day")
    return f"{days}, {short_date(streak.first)} to {short_date(streak.last)}"


def years_ago(years: int) -> str:
    """Return "a year ago", "3 years ago"."""
    return "a year ago" if years == 1 else f"{years:,} years ago"


def in_journal(words: str, journal: str | None) -> str:
    """ "Calendar · Travel", safe for the terminal; just `words` where all journals are meant."""
    return words if journal is None else f"{words} · {for_terminal_line(journal)}"


def own_title(entry: EntrySummary) -> str:
    """Return the title that was given to an entry; "" where its first line stands in for one."""
    return "" if entry.preview.startswith(entry.title.rstrip("…")) else entry.title


def entry_name(entry: EntrySummary) -> str:
    """Return an entry in a sentence: its title or its beginning, in quotation marks."""
    return f"“{for_terminal_line(single_line(entry.title or entry.preview, NAME_LENGTH))}”"


def recovered_draft_purpose(recovered: RecoveredDraft) -> str:
    """Return what a recovered draft belongs to and what saving it will do."""
    if recovered.draft.entry is None:
        return "A new entry"
    if recovered.entry is None:
        return "Its entry is gone: it will be saved as a new one"
    if recovered.becomes_new_entry:
        return f"{entry_name(recovered.entry)} was changed since: saved as a new entry, both stay"
    return f"Changes to {entry_name(recovered.entry)}"
