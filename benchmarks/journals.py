"""Journals to measure on: invented ones of any size, and a diary from a folder of files.

    python -m benchmarks.journals invented HOME --entries 100000
    python -m benchmarks.journals folder HOME DIARY_FOLDER

`folder` takes files named YYYY-MM-DD.md (in any depth), one entry a file, at noon of that day.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import perf_counter

from backend import add_journal_entry
from backend.database.journal.entries import NewEntry, add_entries
from backend.database.sqlite.connection import write_transaction

# Frequencies as in running text: the rank-th word is drawn in proportion to 1 / rank (Zipf).
VOCABULARY = 8_000
WORDS_PER_ENTRY = 150


def invent_entries(count: int, seed: int = 1) -> Iterator[tuple[str, datetime]]:
    """`count` texts of invented words with their instants, five a day, the last one today."""
    rng = random.Random(seed)
    letters = "etaoinshrdlucmfwypvbgk"
    words = ["".join(rng.choices(letters, k=rng.randint(2, 9))) for _ in range(VOCABULARY)]
    weights = [1 / rank for rank in range(1, VOCABULARY + 1)]
    start = datetime.now(UTC) - timedelta(hours=4.8 * count)
    for number in range(count):
        text = rng.choices(words, weights, k=WORDS_PER_ENTRY)
        text[0] = text[0].capitalize()
        yield " ".join(text) + f". Entry {number}.", start + timedelta(hours=4.8 * number)


def fill_invented(count: int) -> None:
    """Write `count` invented entries, as if they had been read by a model that found nothing."""
    add_entries(NewEntry(text, created_at=instant) for text, instant in invent_entries(count))
    with write_transaction() as db:
        db.execute("UPDATE entry SET extracted_revision = revision")


async def add_diary(days: dict[date, str]) -> None:
    """Add an entry a day through the API, as a screen would."""
    for day, text in sorted(days.items()):
        noon = datetime.combine(day, time(12), UTC)
        await add_journal_entry(text, reference_time=noon, zone="Europe/London")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["invented", "folder"])
    parser.add_argument("home", type=Path)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--entries", type=int, default=100_000)
    arguments = parser.parse_args()
    os.environ["CHARLIE_HOME"] = str(arguments.home.absolute())
    begin = perf_counter()
    if arguments.kind == "invented":
        fill_invented(arguments.entries)
        count = arguments.entries
    else:
        files = arguments.folder.rglob("????-??-??.md")
        days = {date.fromisoformat(file.stem): file.read_text("utf-8") for file in files}
        asyncio.run(add_diary(days))
        count = len(days)
    seconds = perf_counter() - begin
    print(f"{count} entries in {seconds:.1f} s ({count / seconds:.0f}/s)")


if __name__ == "__main__":
    main()
