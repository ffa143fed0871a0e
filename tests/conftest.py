"""Every test has a journal folder of its own and leaves no process behind."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from hypothesis import settings

from backend.database.redis import server as redis_server
from backend.database.sqlite import connection
from backend.preferences import Preferences
from frontend.shared.date_preferences import date_preferences
from tests.commands import RunCharlie, run_here, run_process

#: Seconds that a process may take to leave once nobody needs it any more; no test asserts a time,
#: this only ends the wait for one that stays.
LEAVING_TIMEOUT = 120

# A shell that runs the tests in the background has them ignore ctrl+c, and every process that they
# start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Processes that the tests start would compile every module of Charlie anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# In place of the user's cache: sockets of journals in deep folders lie there, so its path is short.
_CACHE = tempfile.TemporaryDirectory(prefix="charlie-tests-")

# Process ids that were there before the first test, of which none can be a test's.
_foreign = set(psutil.pids())

settings.register_profile("quick", deadline=None, max_examples=25, derandomize=True)
settings.register_profile("all", deadline=None, print_blob=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option of `make test`."""
    parser.addoption(
        "--quick",
        action="store_true",
        help="show each behaviour once: leave out what is marked slow (further sizes and styles, "
        "the fault suite), and try properties on few examples, at each run the same",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Choose how many examples a property is tried on; none is late on a busy machine."""
    settings.load_profile("quick" if config.getoption("quick") else "all")


def pytest_xdist_auto_num_workers() -> int:
    """Return how many processes test: one more than processors, because tests wait half their time.

    Workers run at the lowest priority, and would wait for further ones.
    """
    return 1 + (os.cpu_count() or 1)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is slow where the run is to be quick."""
    if not config.getoption("quick"):
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    config.hook.pytest_deselected(items=slow)
    items[:] = [item for item in items if not item.get_closest_marker("slow")]


@pytest.fixture(autouse=True)
def charlie_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A journal folder for this test alone; afterwards no process that worked in it is left."""
    home = tmp_path / "home"
    for name in list(os.environ):
        if name.startswith(("CHARLIE_", "LLAMA_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("CHARLIE_HOME", str(home))
    # What does not know of it would work in the user's own journal.
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(_lost(home)))
    monkeypatch.setenv("XDG_CACHE_HOME", _CACHE.name)
    monkeypatch.setenv("TZ", "Europe/Lisbon")
    # What is painted depends on the terminal, and a build machine has none.
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    for name in ("NO_COLOR", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    date_preferences.apply(Preferences())
    umask = os.umask(0o022)
    yield home
    os.umask(umask)
    redis_server.leave()
    connection.close_all()
    left = wait_for_none_left(home)
    for process in left:
        process.kill()
    assert not left, f"left behind: {left}"
    assert not _lost(home).exists(), "something worked without CHARLIE_HOME"


def _lost(home: Path) -> Path:
    """The folder that takes the place of the user's own in a test whose journal is in `home`."""
    return home.with_name("lost")


def processes_of(home: Path) -> list[psutil.Process]:
    """Processes other than this one that work in the journal folder `home`.

    They are known by their `CHARLIE_HOME`; a Redis server, which writes its title over that, by
    the socket there. Those that lost their `CHARLIE_HOME` count too.
    """
    folders = {str(home), str(_lost(home))}
    sockets = tuple(f"unixsocket:{folder}/" for folder in folders)
    found = []
    pids = set(psutil.pids())
    # A number that is free may be given to another process.
    _foreign.intersection_update(pids)
    for pid in pids - _foreign - {os.getpid()}:
        try:
            process = psutil.Process(pid)
            variables = process.environ()
            if variables.get("CHARLIE_HOME", variables.get("XDG_DATA_HOME")) in folders or any(
                socket in word for word in process.cmdline() for socket in sockets
            ):
                found.append(process)
        except psutil.Error:
            continue
    return found


def wait_for_none_left(home: Path) -> list[psutil.Process]:
    """The processes of `home` that are still there when their time to leave is over."""
    deadline = time.monotonic() + LEAVING_TIMEOUT
    while (left := processes_of(home)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


@pytest.fixture
def run_charlie() -> RunCharlie:
    """Run `charlie` with arguments as a user would, but without a process of its own."""
    return run_here


@pytest.fixture
def run_charlie_process() -> RunCharlie:
    """Run `charlie` with arguments as a user would, in a process of its own."""
    return run_process
