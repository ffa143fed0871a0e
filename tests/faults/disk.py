"""A disk that fails on purpose: a layer of SQLite between its files and the system's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import apsw

_NAME = "failing"
_BELOW = "unix"


class Disk:
    """Counts what changes a file, and fails from the nth change on.

    `failure` is what it raises: `apsw.FullError` for ENOSPC, `apsw.IOError` for EIO. A disk
    that is full stays full until `heal`; a failing block fails `once`.
    """

    def __init__(self) -> None:
        self.left: int | None = None
        self.failure: type[apsw.Error] = apsw.IOError
        self.once = True
        self.failed = 0

    def fail_at(self, number: int, failure: type[apsw.Error], *, once: bool) -> None:
        """Fail at the `number`th change from now."""
        self.left, self.failure, self.once, self.failed = number, failure, once, 0

    def heal(self) -> None:
        """Fail no more."""
        self.left = None

    def change(self, what: str) -> None:
        """A file is about to be changed."""
        if self.left is None:
            return
        self.left -= 1
        if self.left == 0 or (self.left < 0 and not self.once):
            self.failed += 1
            raise self.failure(f"the disk failed on purpose: {what}")


class _File(apsw.VFSFile):
    def __init__(self, disk: Disk, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        super().__init__(_BELOW, name, flags)
        self._disk = disk

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's name
        self._disk.change("write")
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._disk.change("sync")
        super().xSync(flags)

    def xTruncate(self, size: int) -> None:  # noqa: N802
        self._disk.change("truncate")
        super().xTruncate(size)


class _Layer(apsw.VFS):
    def __init__(self, disk: Disk) -> None:
        super().__init__(_NAME, _BELOW, makedefault=True)
        self._disk = disk

    def xOpen(  # noqa: N802
        self, name: str | apsw.URIFilename | None, flags: list[int]
    ) -> apsw.VFSFile:
        return _File(self._disk, name, flags)


@contextmanager
def failing_disk() -> Iterator[Disk]:
    """Have every connection that is opened in the block lie on a disk that can fail."""
    disk = Disk()
    layer = _Layer(disk)
    try:
        yield disk
    finally:
        disk.heal()
        layer.unregister()
