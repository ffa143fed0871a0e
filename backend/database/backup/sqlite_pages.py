"""The pages of a database file, read without SQLite: what is left when SQLite gives up.

The format is that of https://www.sqlite.org/fileformat2.html. Every page is looked at by itself,
so that a damaged page costs what was on it and nothing else.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

Value = int | float | str | bytes | None

# What a journal is created with; for a file whose header is gone.
_PAGE_SIZE = 4096

_TABLE_LEAF, _INDEX_LEAF = 0x0D, 0x0A
_LOG_MAGIC = (0x377F0682, 0x377F0683)
_LOG_HEADER, _FRAME_HEADER = 32, 24
# Columns of a record and pages of a chain beyond which it is not one of ours.
_MOST_COLUMNS = 100
# Bytes of a value by its kind; texts and blobs have kinds from 12 on, twice their size and more.
_SIZES = {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8, 7: 8, 8: 0, 9: 0}
_REAL = 7


@dataclass(frozen=True, slots=True)
class Record:
    """A row. `rowid` is None for one of an index. `is_whole` is False where its end, or some of
    its characters, could not be read."""

    rowid: int | None
    values: tuple[Value, ...]
    is_whole: bool


class _UnreadableError(Exception):
    """These bytes are not what they should be."""


class Pages:
    """A database file and its write-ahead log.

    Args:
        path: the database; nobody may write it meanwhile. It need not exist if its log does.
    """

    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes() if path.exists() else b""
        self._size, self._usable = _sizes(self._data)
        log = path.with_name(path.name + "-wal")
        self._log = _read_log(log.read_bytes(), self._size) if log.exists() else {}
        if 1 in self._log:
            self._size, self._usable = _sizes(self._log[1])
        self.count = max([len(self._data) // self._size, *self._log])

    def records(self) -> Iterator[Record]:
        """Yield every row that can be read, of tables and of the indexes that are tables.

        Pages that hold nothing any more are left out where the list of them can be read.
        """
        free = self._free_pages()
        for number in range(1, self.count + 1):
            if number not in free:
                yield from self._records_of(number)

    def _page(self, number: int) -> bytes:
        if number in self._log:
            return self._log[number]
        page = self._data[(number - 1) * self._size : number * self._size]
        if number < 1 or len(page) < self._size:
            raise _UnreadableError
        return page

    def _records_of(self, number: int) -> Iterator[Record]:
        try:
            page = self._page(number)
        except _UnreadableError:
            return
        start = 100 if number == 1 else 0
        kind = page[start]
        if kind not in (_TABLE_LEAF, _INDEX_LEAF):
            return
        (count,) = struct.unpack_from(">H", page, start + 3)
        if start + 8 + 2 * count > self._usable:
            return
        for offset in struct.unpack_from(f">{count}H", page, start + 8):
            try:
                yield self._record(page, offset, is_table=kind == _TABLE_LEAF)
            except _UnreadableError:
                continue

    def _record(self, page: bytes, offset: int, *, is_table: bool) -> Record:
        size, offset = _varint(page, offset)
        rowid = None
        if is_table:
            rowid, offset = _varint(page, offset)
            rowid = rowid - (1 << 64) if rowid >= 1 << 63 else rowid
        if size > self.count * self._size:
            raise _UnreadableError
        most = self._usable - 35 if is_table else (self._usable - 12) * 64 // 255 - 23
        local = size
        if size > most:
            least = (self._usable - 12) * 32 // 255 - 23
            local = least + (size - least) % (self._usable - 4)
            local = local if local <= most else least
        payload = page[offset : offset + local]
        if len(payload) < local:
            raise _UnreadableError
        is_whole = True
        if size > local:
            payload, is_whole = self._follow(page, offset + local, payload, size)
        values, is_text_whole = _decode(payload, is_whole=is_whole)
        return Record(rowid, values, is_whole and is_text_whole)

    def _follow(self, page: bytes, offset: int, payload: bytes, size: int) -> tuple[bytes, bool]:
        """Return a payload with its overflow pages, and whether all of them could be read."""
        parts = [payload]
        length = len(payload)
        seen: set[int] = set()
        number = _uint32(page, offset)
        while length < size:
            if number in seen:
                return b"".join(parts), False
            seen.add(number)
            try:
                page = self._page(number)
            except _UnreadableError:
                return b"".join(parts), False
            parts.append(page[4 : 4 + min(self._usable - 4, size - length)])
            length += len(parts[-1])
            number = _uint32(page, 0)
        return b"".join(parts), True

    def _free_pages(self) -> set[int]:
        """Return the unused pages, as far as the list of them can be followed."""
        free: set[int] = set()
        try:
            trunk = _uint32(self._page(1), 32)
            while trunk and trunk not in free:
                page = self._page(trunk)
                count = _uint32(page, 4)
                if count > self._usable // 4 - 2:
                    break
                free.add(trunk)
                free.update(struct.unpack_from(f">{count}I", page, 8))
                trunk = _uint32(page, 0)
        except _UnreadableError:
            pass
        return free


def _sizes(data: bytes) -> tuple[int, int]:
    """Return the size of a page, and how much of it is used, as the file's header says."""
    if len(data) >= 100:
        (size,) = struct.unpack_from(">H", data, 16)
        size = 65_536 if size == 1 else size
        if 512 <= size <= 65_536 and size & (size - 1) == 0 and data[20] < 32:
            return size, size - data[20]
    return _PAGE_SIZE, _PAGE_SIZE


def _read_log(data: bytes, page_size: int) -> dict[int, bytes]:
    """Return the newest committed version of each page in a write-ahead log."""
    if len(data) < _LOG_HEADER:
        return {}
    magic, _, size = struct.unpack_from(">III", data)
    if magic not in _LOG_MAGIC:
        return {}
    size = size if 512 <= size <= 65_536 else page_size
    order = ">" if magic & 1 else "<"
    sums = _checksum(data[:24], order, (0, 0))
    committed: dict[int, bytes] = {}
    written: dict[int, bytes] = {}
    for start in range(_LOG_HEADER, len(data) - _FRAME_HEADER - size + 1, _FRAME_HEADER + size):
        number, pages = struct.unpack_from(">II", data, start)
        page = data[start + _FRAME_HEADER : start + _FRAME_HEADER + size]
        sums = _checksum(data[start : start + 8] + page, order, sums)
        is_of_this_log = data[start + 8 : start + 16] == data[16:24]
        if not is_of_this_log or struct.unpack_from(">II", data, start + 16) != sums:
            break
        written[number] = page
        if pages:
            committed.update(written)
            written.clear()
    return committed


def _checksum(data: bytes, order: str, sums: tuple[int, int]) -> tuple[int, int]:
    first, second = sums
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & 0xFFFFFFFF
        second = (second + odd + first) & 0xFFFFFFFF
    return first, second


def _varint(data: bytes, offset: int) -> tuple[int, int]:
    """Return the integer of one to nine bytes at `offset`, and where it ends."""
    value = 0
    for place in range(offset, offset + 9):
        if place >= len(data):
            raise _UnreadableError
        byte = data[place]
        if place == offset + 8:
            return value << 8 | byte, place + 1
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place + 1
    raise _UnreadableError


def _uint32(data: bytes, offset: int) -> int:
    if offset + 4 > len(data):
        raise _UnreadableError
    (value,) = struct.unpack_from(">I", data, offset)
    return int(value)


def _decode(payload: bytes, *, is_whole: bool) -> tuple[tuple[Value, ...], bool]:
    """Return the values of a record, and whether all their characters could be read."""
    header, offset = _varint(payload, 0)
    if header > len(payload) or header > 9 * _MOST_COLUMNS:
        raise _UnreadableError
    kinds = []
    while offset < header:
        kind, offset = _varint(payload, offset)
        kinds.append(kind)
    if offset != header or len(kinds) > _MOST_COLUMNS:
        raise _UnreadableError
    values: list[Value] = []
    is_text_whole = True
    for kind in kinds:
        size = (kind - 12) // 2 if kind >= 12 else _SIZES.get(kind)
        if size is None:
            raise _UnreadableError
        data = payload[offset : offset + size]
        if len(data) < size and (is_whole or kind < 12):
            raise _UnreadableError
        offset += size
        value = _value(kind, data)
        if isinstance(value, str):
            is_text_whole &= value.encode() == data
        values.append(value)
    return tuple(values), is_text_whole


def _value(kind: int, data: bytes) -> Value:
    if kind >= 12:
        return data.decode("utf-8", "replace") if kind % 2 else data
    if kind in (0, 8, 9):
        return None if kind == 0 else kind - 8
    if kind == _REAL:
        return float(struct.unpack(">d", data)[0])
    return int.from_bytes(data, "big", signed=True)
