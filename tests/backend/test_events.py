"""Publishing: heard by whoever listens, and next to free."""

from __future__ import annotations

import json
import subprocess
import sys

from backend.database.redis import server as redis_server
from backend.database.redis.client import client
from backend.events import CHANNEL, EventName, publish


def test_whoever_listens_hears_it() -> None:
    with client() as redis, redis.pubsub() as channel:
        channel.subscribe(CHANNEL)
        channel.get_message(timeout=60)
        publish(EventName.ENTRY_SAVED, entry="abc", journal="Übersee")
        message = channel.get_message(timeout=60)
    assert message is not None
    assert json.loads(message["data"]) == {
        "event": "entry.saved",
        "entry": "abc",
        "journal": "Übersee",
    }


def test_where_nobody_listens_nothing_happens() -> None:
    publish(EventName.WAKE)
    assert not redis_server.is_running()


def test_a_redis_that_cannot_be_reached_is_no_matter() -> None:
    code = (
        "import os, sys\n"
        "os.environ['CHARLIE_REDIS_URL'] = sys.argv[1]\n"
        "from backend.events import EventName, publish\n"
        "publish(EventName.WAKE)\n"
    )
    for url in ("redis://127.0.0.1:1/0", "nonsense"):
        done = subprocess.run(
            [sys.executable, "-c", code, url], capture_output=True, text=True, check=True
        )
        assert done.stderr == ""


def test_it_needs_no_redis_client() -> None:
    code = (
        "import sys\n"
        "from backend.events import EventName, publish\n"
        "publish(EventName.WAKE)\n"
        "print('redis' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
