"""A disk of one's own for a test: small, real, and full when the test says so."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

#: The largest disk, in bytes, that `fill` takes for one of a test's own.
LARGEST_DISK = 64 << 20


def fill(ballast: Path) -> None:
    """Write into `ballast` until the disk that it lies on is full.

    Raises:
        AssertionError: the disk is none of a test's own; nothing was written.
    """
    disk = os.statvfs(ballast.parent)
    assert disk.f_blocks * disk.f_frsize <= LARGEST_DISK, f"{ballast.parent} is on a real disk"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(4096)):
            pass


def run_on_disk(folder: Path, size: str, script: str, *arguments: str, options: str = "") -> str:
    """Run a Python script, with an empty file system of its own at `folder`; what it prints.

    Skips the test where the system does not let a process have one.

    Args:
        folder: where the file system lies; created if missing.
        size: how much it holds, "1m".
        script: the program; what it starts sees the same file system.
        arguments: its arguments.
        options: further options of the mount, ",ro".
    """
    if sys.platform != "linux" or not shutil.which("unshare"):
        pytest.skip("needs a disk of its own, which unshare of Linux can give")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mount = f'mount -t tmpfs -o size={size},mode=700{options} tmpfs "{folder}" && exec "$0" -c "$@"'
    done = subprocess.run(
        [
            *("unshare", "--map-root-user", "--mount", "sh", "-c", mount),
            *(sys.executable, script, *arguments),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "LC_ALL": "C"},
    )
    if done.returncode and ("unshare:" in done.stderr or "mount:" in done.stderr):
        pytest.skip("this machine does not let a process have a disk of its own")
    assert done.returncode == 0, done.stderr
    return done.stdout
