"""The journal by the calendar: on this day, a year of days, what it all amounts to.

Days are the writer's own, as each entry was written under. Counts come from the table `day`
alone, which has a row a day; names from the mentions of a year, which lie together because
entries' ids ascend in time. With 100,000 entries of 55 years the slowest of these, the names of
every year, takes 0.1 s and the others a third of that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import apsw

from backend import dates
from backend.database.journal import journals
from backend.database.sqlite import entry_ids, rows
from backend.database.sqlite.connection import read_transaction
from backend.records import (
    CalendarYear,
    EntityType,
    EntrySummary,
    NameCount,
    Statistics,
    Streak,
    Tally,
)


def list_day_entries(
    day: date, *, journal: str | None = None, limit: int | None = None
) -> list[EntrySummary]:
    """Return at most `limit` entries of a local day outside the trash, the latest first."""
    with read_transaction() as db:
        return _entries(db, [day], journal, limit)


def list_on_this_day(day: date, *, journal: str | None = None) -> list[EntrySummary]:
    """Return entries outside the trash of the day and month of `day` in earlier years.

    The newest year comes first, within a day the latest entry. In a year that has no 29
    February, what was written on one comes with the 28th: every entry has its day once a year.
    """
    same = [f"{day:%m-%d}"]
    if same == ["02-28"] and (day + timedelta(days=1)).month == 3:
        same.append("02-29")
    condition, values = journals.condition(journal)
    with read_transaction() as db:
        found = db.execute(
            "SELECT DISTINCT local_date FROM day"
            f" WHERE local_date < ? AND substr(local_date, 6) IN ({', '.join('?' * len(same))})"
            f" {condition}",
            (date(day.year, 1, 1).isoformat(), *same, *values),
        )
        days = [entry_ids.stored_day(text) for (text,) in found]
        return _entries(db, days, journal, None)


def get_calendar(year: int, *, journal: str | None = None) -> CalendarYear:
    """Return what was written on each day of `year`."""
    condition, values = journals.condition(journal)
    with read_transaction() as db:
        days = _tallies(db, journal, year)
        ((first, last),) = db.execute(
            f"SELECT min(local_date), max(local_date) FROM day WHERE true {condition}", values
        )
    return CalendarYear(
        year,
        tuple(days),
        entry_ids.stored_day(first).year if first else None,
        entry_ids.stored_day(last).year if last else None,
    )


def get_statistics(
    today: date, *, year: int | None = None, journal: str | None = None
) -> Statistics:
    """Return the sums of all that was written, or of one `year`, and of each period in it.

    Args:
        today: the writer's day, which tells whether a streak still goes on.
        year: count this year alone.
        journal: count this journal alone.
    """
    with read_transaction() as db:
        every_day = _tallies(db, journal, None)
    days = every_day if year is None else [day for day in every_day if day.first.year == year]
    # A streak that goes on may have begun in the year before.
    current = current_streak(find_streaks(day.first for day in every_day), today)
    if year is not None and current is not None and current.last.year != year:
        current = None
    return Statistics(
        year=year,
        total=_sum(days, days[0].first, days[-1].first) if days else None,
        longest=longest_streak(find_streaks(day.first for day in days)),
        current=current,
        periods=tuple(_years(days) if year is None else _months(days, year)),
    )


def list_frequent_names(
    *,
    year: int | None = None,
    journal: str | None = None,
    type: EntityType | None = None,
    limit: int = 10,
) -> list[NameCount]:
    """Return the names that entries outside the trash mention most, most frequent first.

    A name that several journals have is one name here.

    Args:
        year: count the mentions in entries of this year alone.
        journal: count this journal alone.
        type: count names of this type alone.
        limit: the most names to return.
    """
    with read_transaction() as db:
        return _names(db, year, journal, type, limit)


def list_frequent_names_by_year(
    *, journal: str | None = None, limit: int = 3
) -> dict[int, list[NameCount]]:
    """Return `list_frequent_names` for every year that has an entry, by year."""
    condition, values = journals.condition(journal)
    with read_transaction() as db:
        years = list(
            db.execute(
                "SELECT DISTINCT CAST(substr(local_date, 1, 4) AS INTEGER) FROM day"
                f" WHERE true {condition} ORDER BY 1",
                values,
            )
        )
        return {year: _names(db, year, journal, None, limit) for (year,) in years}


def _entries(
    db: apsw.Connection, days: Sequence[date], journal: str | None, limit: int | None
) -> list[EntrySummary]:
    condition, values = journals.condition(journal)
    found = db.execute(
        f"SELECT {rows.SUMMARY} FROM entry e WHERE deleted_at IS NULL"
        f" AND local_date IN ({', '.join('?' * len(days))}) {condition}"
        " ORDER BY local_date DESC, id DESC LIMIT ?",
        (*(day.isoformat() for day in days), *values, -1 if limit is None else max(limit, 0)),
    )
    return [rows.summary(row) for row in found]


def _tallies(db: apsw.Connection, journal: str | None, year: int | None) -> list[Tally]:
    """Return a tally for each day with an entry, in their order."""
    condition, values = journals.condition(journal)
    if year is not None:
        condition += " AND local_date BETWEEN ? AND ?"
        values = (*values, *(day.isoformat() for day in dates.period(year)))
    found = db.execute(
        f"SELECT local_date, sum(count), sum(words) FROM day WHERE true {condition}"
        " GROUP BY local_date ORDER BY local_date",
        values,
    )
    tallies = []
    for text, entries, words in found:
        day = entry_ids.stored_day(text)
        tallies.append(Tally(day, day, entries, words, 1))
    return tallies


def _sum(days: Iterable[Tally], first: date, last: date) -> Tally:
    entries = words = count = 0
    for day in days:
        entries += day.entries
        words += day.words
        count += 1
    return Tally(first, last, entries, words, count)


def _years(days: Sequence[Tally]) -> list[Tally]:
    if not days:
        return []
    by_year: dict[int, list[Tally]] = {}
    for day in days:
        by_year.setdefault(day.first.year, []).append(day)
    return [
        _sum(by_year.get(year, ()), *dates.period(year))
        for year in range(days[0].first.year, days[-1].first.year + 1)
    ]


def _months(days: Iterable[Tally], year: int) -> list[Tally]:
    by_month: dict[int, list[Tally]] = {}
    for day in days:
        by_month.setdefault(day.first.month, []).append(day)
    return [_sum(by_month.get(month, ()), *dates.period(year, month)) for month in range(1, 13)]


def _names(
    db: apsw.Connection,
    year: int | None,
    journal: str | None,
    type: EntityType | None,
    limit: int,
) -> list[NameCount]:
    condition, wanted = journals.condition(journal)
    if type is not None:
        condition += " AND type = ?"
        wanted = (*wanted, type.value)
    of_entities = f"SELECT id FROM entity WHERE true {condition}"
    values: tuple[str | int, ...]
    if year is None:
        counts = f"SELECT id, count FROM entity WHERE count > 0 {condition}"
        values = wanted
    else:
        counts = (
            "SELECT entity_id AS id, count(*) AS count FROM mention"
            " WHERE entry_id BETWEEN ? AND ?"
            f" AND entry_id NOT IN ({rows.IN_TRASH})"
            + (f" AND entity_id IN ({of_entities})" if condition else "")
            + " GROUP BY entity_id"
        )
        values = (*entry_ids.id_range(*dates.period(year)), *wanted)
    if journal is not None or rows.integer(db, "SELECT count(*) FROM journal") < 2:
        # Nothing is to be added up: only what is answered need be looked up.
        counts += " ORDER BY count DESC, id LIMIT ?"
        values = (*values, max(limit, 0))
    # The name is that of the row with the largest count: so SQLite answers with max().
    found = db.execute(
        "SELECT n.name, n.type, sum(c.count) AS total, "
        " group_concat(n.id ORDER BY c.count DESC, n.id), max(c.count)"
        f" FROM ({counts}) c JOIN entity n ON n.id = c.id"
        " GROUP BY n.type, n.key ORDER BY total DESC, n.name LIMIT ?",
        (*values, max(limit, 0)),
    )
    return [
        NameCount(name, EntityType(kind), total, tuple(map(int, str(ids).split(","))))
        for name, kind, total, ids, _ in found
    ]


_DAY = timedelta(days=1)


def find_streaks(days: Iterable[date]) -> list[Streak]:
    """Return every run of days in a row among `days`, which ascend."""
    streaks: list[Streak] = []
    for day in days:
        if streaks and day - streaks[-1].last <= _DAY:
            streaks[-1] = Streak(streaks[-1].first, day)
        else:
            streaks.append(Streak(day, day))
    return streaks


def longest_streak(streaks: Iterable[Streak]) -> Streak | None:
    """Return the longest of `streaks`, of equals the latest; None if there is none."""
    return max(streaks, key=lambda streak: (streak.days, streak.first), default=None)


def current_streak(streaks: Iterable[Streak], today: date) -> Streak | None:
    """Return the streak that reaches `today` or the day before; None if none does.

    It is cut at `today`, whose entry may be yet to be written. Days ahead of `today`, under which
    an entry may have been put, do not count yet.
    """
    for streak in streaks:
        if streak.first <= today and streak.last >= today - _DAY:
            return Streak(streak.first, min(streak.last, today))
    return None
