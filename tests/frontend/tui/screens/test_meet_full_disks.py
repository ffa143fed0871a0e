"""A disk that fills up while the journal is open: told on the screen, and writing goes on."""

from __future__ import annotations

from pathlib import Path

from tests.disks import run_on_disk

FULL_REDIS = """
import asyncio
import backend
from backend import locations
from tests.disks import fill
from tests.frontend.tui.journeys import opened
from tests.backend.services.work import are_extracted

ballast = locations.redis_dir() / "ballast"

async def write(journey, number):
    await journey.press("n")
    await journey.until(lambda: journey.app.screen is not journey.app.home)
    await journey.pilot.pause()
    await journey.type(f"Entry {number} about Omar. ")
    await journey.pilot.pause()
    await journey.press("escape")
    await journey.until(lambda: backend.count_entries() == number)
    await journey.until(lambda: journey.app.screen is journey.app.home)

async def main():
    async with opened((200, 50), start_worker=True) as journey:
        await write(journey, 1)
        await journey.until(lambda: journey.app.status == "ready")
        await asyncio.to_thread(fill, ballast)
        # What fits into the last page is still written.
        number = 1
        while "Redis cannot write to its disk" not in journey.app.status:
            number += 1
            await write(journey, number)
        await journey.sees("cannot read: Redis cannot write to its disk. Make room on the disk.")
        number += 1
        await write(journey, number)
        last = backend.list_entries(limit=1)[0]
        await journey.press("w")
        await journey.sees("Redis cannot write to its disk. Make room on the disk.")
        await journey.press("escape")
        print(last.is_extracted)
        ballast.unlink()
        await journey.until(lambda: all(entry.is_extracted for entry in backend.list_entries()))
        await journey.until(lambda: journey.app.status == "ready")
        print(backend.count_entries() == number)

asyncio.run(main())
"""


def test_writing_goes_on_while_redis_has_no_room(charlie_home: Path) -> None:
    assert run_on_disk(charlie_home / "redis", "1m", FULL_REDIS) == "False\nTrue\n"


FULL_BACKUPS = """
import asyncio
import backend
from tests.frontend.tui.journeys import opened

async def main():
    backend.add_entry("Lunch with Omar.")
    async with opened((120, 40), start_worker=True) as journey:
        await journey.sees("There is no backup of today", "There is too little space", "safe")
        await journey.until(lambda: journey.app.status.endswith("no backup of today"))
        print(len(journey.app._notifications))
        await journey.press("w", "tab")
        await journey.sees("too little space for a backup")

asyncio.run(main())
"""


def test_a_backup_without_room_is_told_with_what_is_safe(charlie_home: Path) -> None:
    assert run_on_disk(charlie_home / "backups", "1m", FULL_BACKUPS) == "1\n"
