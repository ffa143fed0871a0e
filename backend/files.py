"""Files of this user alone, on disk when they are said to be."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_WORK = ".work-"
# Seconds after which a private folder is nobody's any more: its process was killed.
_STALE = 86_400


def write_private(path: Path, data: bytes) -> None:
    """Write the new file `path` (0600 from the first byte); on disk when this returns.

    Raises:
        FileExistsError: there is such a file.
        OSError: it cannot be written.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def create_private(path: Path) -> None:
    """Create the empty file `path` (0600), for somebody else to fill.

    Raises:
        FileExistsError: there is such a file.
    """
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))


def give_name(path: Path, target: Path) -> None:
    """Have the file `path` bear the name `target` instead, which no file may have.

    Raises:
        FileExistsError: a file has it, were it only since a moment ago.
        OSError: it cannot be renamed.
    """
    try:
        os.link(path, target)
    except FileExistsError:
        raise
    except OSError:
        # FAT and some network disks know no links. The name is taken first: what is replaced is
        # this empty file.
        create_private(target)
        path.rename(target)
    else:
        path.unlink()


def sync(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def private_folder(parent: Path) -> Iterator[Path]:
    """Make a new folder (0700) in `parent` that is gone afterwards, with all that is in it."""
    remove_stale_folders(parent)
    folder = parent / f"{_WORK}{secrets.token_hex(8)}"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_stale_folders(parent: Path) -> None:
    """Delete what `private_folder` left behind in processes that were killed a day ago or more."""
    for folder in parent.glob(f"{_WORK}*"):
        with suppress(FileNotFoundError):
            if abs(time.time() - folder.stat().st_mtime) > _STALE:
                shutil.rmtree(folder, ignore_errors=True)
