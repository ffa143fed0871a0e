"""One who adds: `python -m tests.faults.crowd WAY COUNT`, saying each acknowledged uuid."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import backend


async def _add_on_screen(count: int) -> None:
    """As the screen does: several saves on their way at once."""
    for first in range(0, count, 4):
        texts = [f"Omar, {os.getpid()}, {n}" for n in range(first, min(first + 4, count))]
        uuids = await asyncio.gather(*(backend.add_journal_entry(text) for text in texts))
        for uuid in uuids:
            os.write(1, uuid.encode() + b"\n")


def _add_by_command(count: int) -> None:
    charlie = Path(sys.executable).with_name("charlie")
    for number in range(count):
        done = subprocess.run(
            [charlie, "add", f"Omar, {os.getpid()}, {number}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        os.write(1, done.stdout)


if __name__ == "__main__":
    way, number = sys.argv[1], int(sys.argv[2])
    if way == "screen":
        asyncio.run(_add_on_screen(number))
    else:
        _add_by_command(number)
