"""The whole job, door to door: a real terminal, a real worker, and no network to lean on."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pyte
import pytest

from tests.commands import CHARLIE, RunCharlie
from tests.conftest import wait_for_none_left

COLUMNS, ROWS = 120, 36
PATIENCE = 300  # seconds


def _without_network() -> list[str]:
    """The words that run a command in a network namespace with nothing in it, if we may."""
    unshare = shutil.which("unshare")
    for options in (["--net"], ["--user", "--map-root-user", "--net"]):
        if unshare and subprocess.run([unshare, *options, "true"], check=False).returncode == 0:
            return [unshare, *options]
    return []


class Screen:
    """Charlie on a pseudo-terminal, and what it has painted there."""

    def __init__(self, command: list[str]) -> None:
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self._screen)
        self.child = pexpect.spawn(
            command[0],
            command[1:],
            dimensions=(ROWS, COLUMNS),
            env={**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8"},
        )

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(self._screen.display)

    def press(self, keys: str) -> None:
        """Type."""
        self.child.send(keys)

    def wait_until(self, is_so: Callable[[str], bool]) -> None:
        """Take in what is painted until `is_so` holds of the screen's text."""
        deadline = time.monotonic() + PATIENCE
        while not is_so(self.text):
            assert time.monotonic() < deadline, self.text
            try:
                self._stream.feed(self.child.read_nonblocking(1 << 16, timeout=0.2))
            except pexpect.TIMEOUT:
                continue

    def wait_for(self, words: str) -> None:
        """Take in what is painted until `words` stand on the screen."""
        self.wait_until(lambda text: words in text)

    def wait_for_the_end(self) -> None:
        """Come back when Charlie has left."""
        self.child.expect(pexpect.EOF, timeout=PATIENCE)
        self.child.close()


@pytest.fixture(params=["as it is", "with the network cut"])
def screen(request: pytest.FixtureRequest) -> Iterator[Screen]:
    cut = _without_network()
    if request.param == "with the network cut" and not cut:
        pytest.skip("this system does not let us take the network away")
    opened = Screen([*(cut if request.param == "with the network cut" else []), str(CHARLIE)])
    yield opened
    opened.child.close(force=True)


def test_an_entry_grows_its_names_by_itself(
    screen: Screen, run_charlie_process: RunCharlie, charlie_home: Path
) -> None:
    screen.wait_for("Welcome")
    screen.press("n")
    screen.wait_for("New entry")
    screen.press("Tea with Grandma in Lisbon. Anna called about the choir.")
    screen.wait_for("about the choir.")
    screen.press("\x13")
    screen.wait_for("Saved")
    screen.press("\x1b")
    screen.wait_until(lambda text: "People" in text and "Places" in text)
    assert "Grandma" in screen.text
    screen.press("q")
    screen.wait_for_the_end()
    assert screen.child.exitstatus == 0
    assert not wait_for_none_left(charlie_home)
    (entry,) = json.loads(run_charlie_process("list", "--json").stdout)
    assert {"Grandma", "Lisbon", "Anna"} <= {entity["name"] for entity in entry["entities"]}


def test_a_lost_connection_keeps_what_was_being_typed(screen: Screen, charlie_home: Path) -> None:
    screen.wait_for("Welcome")
    screen.press("n")
    screen.wait_for("New entry")
    screen.press("Half a sentence about the")
    screen.wait_for("about the")
    screen.child.kill(signal.SIGHUP)
    screen.wait_for_the_end()
    assert not wait_for_none_left(charlie_home)
    again = Screen([str(CHARLIE)])
    again.wait_for("Half a sentence about the")
    again.child.close(force=True)
