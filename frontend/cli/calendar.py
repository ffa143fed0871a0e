"""Commands that look at the journal by the calendar: on-this-day, calendar, stats."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import click

import backend
from backend.dates import MONTHS, today
from backend.errors import UsageError
from backend.records import CalendarYear, EntityType, NameCount, Statistics, Streak, Tally
from backend.text import for_terminal_line
from frontend.cli.options import journal_option, json_option
from frontend.cli.output import (
    SHORT_UUID,
    JsonObject,
    day_heading,
    entry_json,
    load_date_preferences,
    print_json,
    print_line,
)
from frontend.shared.charts import PLAIN_SHADES, SHADES, Shading, bar
from frontend.shared.date_preferences import date_preferences
from frontend.shared.formatting import (
    TYPE_NAMES,
    amount_words,
    clock,
    counted,
    long_date,
    own_title,
    period_name,
    streak_words,
    years_ago,
)
from frontend.shared.year_grid import LABEL_WIDTH, fit_grid


class _YearType(click.IntRange):
    """A year in figures, or words for a period in it: “last-year”, “may 2024”."""

    def __init__(self) -> None:
        # The years that a journal can hold.
        super().__init__(2, 9998)

    def convert(
        self, value: Any, param: click.Parameter | None, context: click.Context | None
    ) -> Any:
        """Return the year in which a period begins; what is none is refused as no number."""
        if isinstance(value, str) and not value.isdecimal():
            load_date_preferences()
            with suppress(UsageError):
                value = date_preferences.parse_period(value)[0].year
        return super().convert(value, param, context)


_YEAR = _YearType()

_BAR_WIDTH = 20
_NAMES_A_TYPE = 5
_NAMES_A_YEAR = 3


@click.command("on-this-day")
@click.option("--date", "day_text", metavar="D", help="That day instead of today.")
@journal_option
@json_option("Print an array of entries.")
def on_this_day(day_text: str | None, journal: str | None, as_json: bool) -> None:
    """Show what was written on this day in earlier years.

    In a year without a 29 February, entries of that day are shown on the 28th.
    """
    load_date_preferences()
    day = date_preferences.parse_day(day_text) if day_text else today()
    entries = backend.list_on_this_day(day, journal=journal)
    if as_json:
        print_json([entry_json(backend.get_entry(entry.uuid)) for entry in entries])
        return
    shown = None
    for entry in entries:
        if entry.local_date != shown:
            if shown is not None:
                print_line()
            shown = entry.local_date
            ago = years_ago(day.year - shown.year)
            print_line(f"{day_heading(shown)}, {ago}", bold=True)
        title = own_title(entry)
        print_line(f"  {clock(entry)}  {entry.uuid[:SHORT_UUID]}  {title}".rstrip())
        for line in textwrap.wrap(for_terminal_line(entry.preview), _terminal_width() - 4):
            print_line(f"    {line}")
    if not entries:
        print_line(
            f"Nothing was written on a {day.day} {MONTHS[day.month - 1]} before {day.year}.",
            error=True,
        )


@click.command(short_help="Show a year of days, and how much was written.")
@click.argument("year", type=_YEAR, required=False)
@journal_option
@click.option("--table", "as_table", is_flag=True, help="A line a day instead of a picture.")
@json_option("Print the days with their counts.")
def calendar(year: int | None, journal: str | None, as_table: bool, as_json: bool) -> None:
    """Show how much was written on each day of YEAR (this one if none is given).

    YEAR may be in words: last-year.
    """
    load_date_preferences()
    wanted = year or today().year
    found = backend.get_calendar(wanted, journal=journal)
    if as_json:
        print_json(
            {
                "year": wanted,
                "days": [
                    {"date": day.first.isoformat(), "entries": day.entries, "words": day.words}
                    for day in found.days
                ],
            }
        )
        return
    if not found.days:
        print_line(f"Nothing was written in {wanted}.{_years_there_are(found)}", error=True)
        return
    if as_table:
        print_line("day         entries   words", bold=True)
        for day in found.days:
            print_line(f"{day.first}  {day.entries:>7,}  {day.words:>6,}")
        return
    _print_picture(found)


@click.command(short_help="Show entries, words, streaks and frequent names.")
@click.argument("year", type=_YEAR, required=False)
@journal_option
@json_option("Print the numbers as JSON.")
def stats(year: int | None, journal: str | None, as_json: bool) -> None:
    """Show entries, words, streaks and the most frequent names, in all or in YEAR.

    YEAR may be in words: last-year.
    """
    load_date_preferences()
    found = backend.get_statistics(today(), year=year, journal=journal)
    by_type = {
        type_: backend.list_frequent_names(
            year=year, journal=journal, type=type_, limit=_NAMES_A_TYPE
        )
        for type_ in TYPE_NAMES
    }
    by_year: dict[int, list[NameCount]] = {}
    if year is None:
        by_year = backend.list_frequent_names_by_year(journal=journal, limit=_NAMES_A_YEAR)
    if as_json:
        print_json(_statistics_json(found, by_type, by_year))
        return
    if found.total is None:
        when = f" in {year}" if year else " yet"
        print_line(f"Nothing was written{when}.", error=True)
        return
    _print_totals(found.total, found)
    print_line()
    _print_periods(found, by_year)
    _print_names(by_type)


def _print_picture(found: CalendarYear) -> None:
    shades = SHADES if _can_write(SHADES) else PLAIN_SHADES
    grid, cell_width = fit_grid(found.year, _terminal_width(), date_preferences.first_weekday)
    shading = Shading.of(day.words for day in found.days)
    levels = {day.first: shading.level(day.words) for day in found.days}
    print_line(grid.head_line(cell_width), bold=True)
    for label, days in zip(grid.labels, grid.rows(), strict=True):
        cells = (
            (" " if day is None else shades[levels.get(day, 0)]).ljust(cell_width) for day in days
        )
        print_line(f"{label:<{LABEL_WIDTH}}{''.join(cells)}".rstrip())
    print_line()
    legend = "  ".join(f"{shade} {words}" for shade, words in shading.legend(shades))
    print_line(f"Words a day: {legend}")
    entries = counted(sum(day.entries for day in found.days), "entry", "entries")
    written = counted(sum(day.words for day in found.days), "word")
    print_line(f"{found.year}: {entries} on {counted(len(found.days), 'day')}, {written}")


def _print_totals(total: Tally, found: Statistics) -> None:
    print_line(str(found.year) if found.year else "The whole journal", bold=True)
    for name, value in (
        ("Written", amount_words(total)),
        ("Days", f"{counted(total.days, 'day')} with an entry"),
        ("First", long_date(total.first)),
        ("Last", long_date(total.last)),
        ("Longest streak", streak_words(found.longest)),
        ("Current streak", streak_words(found.current)),
    ):
        print_line(f"  {name:<16}{value}")


def _print_periods(found: Statistics, by_year: dict[int, list[NameCount]]) -> None:
    is_plain = not _can_write(bar(3, 4, 2))
    most = max(period.words for period in found.periods)
    names_head = "  most frequent names" if any(by_year.values()) else ""
    head = "Month" if found.year else "Year"
    print_line(
        f"{head:<6}{'entries':>9}{'days':>7}{'words':>12}  {'':<{_BAR_WIDTH}}{names_head}".rstrip(),
        bold=True,
    )
    for period in found.periods:
        label = period_name(period, is_month=found.year is not None)
        numbers = f"{period.entries:>9,}{period.days:>7,}{period.words:>12,}"
        picture = bar(period.words, most, _BAR_WIDTH, plain=is_plain)
        names = ", ".join(name.name for name in by_year.get(period.first.year, ()))
        print_line(f"{label:<6}{numbers}  {picture:<{_BAR_WIDTH}}  {names}".rstrip())


def _print_names(by_type: dict[EntityType, list[NameCount]]) -> None:
    is_first = True
    for type_, names in by_type.items():
        if not names:
            continue
        if is_first:
            print_line()
            print_line("Most frequent names", bold=True)
            is_first = False
        listed = ", ".join(f"{name.name} ({name.count:,})" for name in names)
        print_line(f"  {TYPE_NAMES[type_]}: {listed}")


def _statistics_json(
    found: Statistics,
    by_type: dict[EntityType, list[NameCount]],
    by_year: dict[int, list[NameCount]],
) -> JsonObject:
    total = found.total
    return {
        "year": found.year,
        "entries": total.entries if total else 0,
        "words": total.words if total else 0,
        "days": total.days if total else 0,
        "first": total.first.isoformat() if total else None,
        "last": total.last.isoformat() if total else None,
        "longest_streak": _streak_json(found.longest),
        "current_streak": _streak_json(found.current),
        "periods": [
            {
                "first": period.first.isoformat(),
                "last": period.last.isoformat(),
                "entries": period.entries,
                "words": period.words,
                "days": period.days,
                **(
                    {"names": _names_json(by_year.get(period.first.year, ()))}
                    if found.year is None
                    else {}
                ),
            }
            for period in found.periods
        ],
        "names": _names_json(name for names in by_type.values() for name in names),
    }


def _names_json(names: Iterable[NameCount]) -> list[JsonObject]:
    return [{"name": name.name, "type": name.type.value, "count": name.count} for name in names]


def _streak_json(streak: Streak | None) -> JsonObject | None:
    if streak is None:
        return None
    return {
        "first": streak.first.isoformat(),
        "last": streak.last.isoformat(),
        "days": streak.days,
    }


def _years_there_are(found: CalendarYear) -> str:
    if found.first_year is None or found.last_year is None:
        return ""
    if found.first_year == found.last_year:
        return f" The journal's year is {found.first_year}."
    return f" The journal goes from {found.first_year} to {found.last_year}."


def _terminal_width() -> int:
    return max(40, shutil.get_terminal_size().columns)


def _can_write(characters: str) -> bool:
    """Whether standard output's encoding has `characters`."""
    try:
        characters.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True
