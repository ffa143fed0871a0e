"""What keeps a journal busy: `python -m tests.faults.loads NAME`, until it is killed.

Each load says on its output, line by line, what Charlie acknowledged (see `audit.Ledger`).
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import backend
from backend.database.journal.drafts import save_draft
from backend.database.journal.entries import NewEntry, add_entries
from backend.services.supervision.supervisor import Supervisor
from tests.faults.typist import Typist

BATCH_SIZE = 10

# Seconds a load rests at most between two things it does: all of it is to be read in the end.
REST = 0.3

_PEOPLE = ("Sarah Chen", "Omar", "my aunt", "Tom", "Dr. Weber")
_PLACES = ("Lisbon", "the lake", "Porto", "the market")


def say(*words: str) -> None:
    """Tell the driver what was acknowledged, in one write."""
    os.write(1, json.dumps(words).encode() + b"\n")


def sentence(choose: random.Random) -> str:
    """A text of a few words with names in it, never the same twice."""
    return (
        f"Met {choose.choice(_PEOPLE)} in {choose.choice(_PLACES)} #day/{choose.randrange(9)}"
        f" {choose.getrandbits(64):x}"
    )


def app(choose: random.Random) -> None:
    """An open journal: it supervises, saves and asks for entries to be read."""

    async def live() -> None:
        supervision = asyncio.create_task(Supervisor().run())
        while not supervision.done():
            text = sentence(choose)
            say("saved", await backend.add_journal_entry(text, journal="app"), text)
            await asyncio.sleep(choose.uniform(0, REST))
        supervision.result()

    asyncio.run(live())


def editor(choose: random.Random) -> None:
    """A second screen: drafts, edits, titles, other days, the trash and back."""
    while True:
        text = sentence(choose)
        save_draft("editor", text, journal="edited")
        say("draft", "editor", text)
        entry = backend.add_entry(text, journal="edited", draft="editor")
        say("saved", entry.uuid, text)
        for _ in range(choose.randrange(4)):
            text = sentence(choose)
            moment = datetime.now(UTC) - timedelta(days=choose.randrange(5))
            backend.edit_entry(entry.uuid, text, title=text[:9], created_at=moment)
            say("saved", entry.uuid, text)
        say("about", entry.uuid)
        backend.delete_entry(entry.uuid)
        say("deleted", entry.uuid)
        if choose.random() < 0.5:
            say("about", entry.uuid)
            backend.restore_entry(entry.uuid)
            say("restored", entry.uuid)
        time.sleep(choose.uniform(0, REST))


def bulk(choose: random.Random) -> None:
    """An importer: many entries in one transaction."""
    while True:
        batch = f"batch{choose.getrandbits(64):x}"
        texts = [f"{batch} {sentence(choose)}" for _ in range(BATCH_SIZE)]
        uuids = add_entries(NewEntry(text, journal="bulk") for text in texts)
        for uuid, text in zip(uuids, texts, strict=True):
            say("saved", uuid, text)
        time.sleep(choose.uniform(0, 3 * REST))


def command(choose: random.Random) -> None:
    """A loop of `charlie add` in a shell."""
    charlie = Path(sys.executable).with_name("charlie")
    while True:
        text = sentence(choose)
        done = subprocess.run(
            [charlie, "add", text, "--journal", "shell"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        if done.returncode == 0:
            say("saved", done.stdout.decode().strip(), text)


def screen(choose: random.Random) -> None:
    """A real Charlie in a terminal, typed into."""
    Typist(choose, say, lambda: sentence(choose)).work()


LOADS: dict[str, Callable[[random.Random], None]] = {
    "screen": screen,
    "app": app,
    "editor": editor,
    "bulk": bulk,
    "command": command,
}

if __name__ == "__main__":
    LOADS[sys.argv[1]](random.Random())
