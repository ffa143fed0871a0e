"""Reads a GGUF file's header, and checks the file before llama.cpp sees it.

llama.cpp trusts what it maps: a cut or altered file can end the process instead of raising. So
the header is read here first, every length in it held against the file's size, and files that
carry Charlie's checksum are summed up. Layout: GGUF version 3, all numbers little-endian
(https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
"""

import hashlib
import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np
import numpy.typing as npt

from backend.errors import ModelError

MAGIC = b"GGUF"
VERSIONS = (2, 3)

# Key of the file's SHA-256 in hexadecimal, taken with these digits themselves as zeros.
CHECKSUM = "charlie.checksum"
CHECKSUM_DIGITS = 64

_ALIGNMENT = "general.alignment"
_DEFAULT_ALIGNMENT = 32

# GGUF's value types: struct format by type number; 8 is a string, 9 an array.
_SCALARS = {
    0: "B",
    1: "b",
    2: "H",
    3: "h",
    4: "I",
    5: "i",
    6: "f",
    7: "?",
    10: "Q",
    11: "q",
    12: "d",
}
_STRING = 8
_ARRAY = 9

# ggml's tensor types that Charlie writes: (elements in a block, bytes of a block).
F32, F16, Q8_0 = 0, 1, 8
_BLOCKS = {F32: (1, 4), F16: (1, 2), Q8_0: (32, 34)}

# More would be a damaged count, not a model.
_MOST_ITEMS = 1 << 24
_CHUNK = 1 << 20

Value = str | int | float | bool | list[str] | npt.NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class Tensor:
    """Where a tensor lies: `offset` bytes into the file; `shape` is ggml's, fastest first."""

    shape: tuple[int, ...]
    type: int
    offset: int

    @property
    def size(self) -> int | None:
        """Bytes, or None for a type that Charlie does not write."""
        if self.type not in _BLOCKS:
            return None
        elements, size = _BLOCKS[self.type]
        return int(np.prod(self.shape, dtype=object)) // elements * size


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A GGUF file's header."""

    path: Path
    metadata: Mapping[str, Value]
    tensors: Mapping[str, Tensor]
    checksum_at: int | None

    def verify(self) -> None:
        """Raise `ModelError` if the file differs from the one its checksum was taken of."""
        if self.checksum_at is None:
            damaged(self.path, "it carries no checksum")
        digest = hashlib.sha256()
        place = self.checksum_at
        with self.path.open("rb") as file:
            digest.update(file.read(place))
            file.seek(CHECKSUM_DIGITS, 1)
            digest.update(b"0" * CHECKSUM_DIGITS)
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
        if digest.hexdigest() != self.metadata[CHECKSUM]:
            damaged(self.path, "its checksum does not match")

    def text(self, key: str) -> str:
        """Return a string of the metadata."""
        value = self.metadata.get(key)
        if not isinstance(value, str):
            damaged(self.path, f"it lacks {key}")
        return value

    def texts(self, key: str) -> list[str]:
        """Return an array of strings of the metadata."""
        value = self.metadata.get(key)
        if not isinstance(value, list):
            damaged(self.path, f"it lacks {key}")
        return value

    def number(self, key: str) -> int:
        """Return a whole number of the metadata."""
        value = self.metadata.get(key)
        if not isinstance(value, int):
            damaged(self.path, f"it lacks {key}")
        return value

    def numbers(self, key: str, *shape: int) -> npt.NDArray[np.float32]:
        """Return an array of numbers of the metadata as float32, in the given shape if any."""
        value = self.metadata.get(key)
        if not isinstance(value, np.ndarray):
            damaged(self.path, f"it lacks {key}")
        if shape and value.size != np.prod(shape):
            damaged(self.path, f"{key} has another size than the rest asks for")
        return value.astype(np.float32).reshape(shape or value.shape)


def damaged(path: Path, why: str) -> NoReturn:
    """Raise the error for a file that cannot be used."""
    raise ModelError(
        f"The model file {path} cannot be used: {why}.",
        safe="Your entries are untouched; they are read when a model works again.",
        hint="Get the file again (the built-in one comes with Charlie), or choose another model: "
        "charlie model use",
    )


def read_model_file(path: Path) -> ModelFile:
    """Read the header of a GGUF file; the tensors' bytes are not looked at.

    Raises `ModelError` if the file is missing, unreadable, no GGUF file, or shorter than its
    header says.
    """
    try:
        with path.open("rb") as file:
            if file.read(4) != MAGIC:
                damaged(path, "it is not a GGUF file")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return _Header(path, data).read()
    except FileNotFoundError as error:
        raise ModelError(
            f"There is no model file at {path}.",
            safe="Your entries are untouched.",
            hint="Choose a model with `charlie model use`, or install Charlie again.",
        ) from error
    except OSError as error:
        raise ModelError(
            f"The model file {path} cannot be read: {error.strerror}.",
            safe="Your entries are untouched.",
            hint="Check the file's permissions, or choose another model with `charlie model use`.",
        ) from error


class _Header:
    """Reads a header from its beginning to its end."""

    def __init__(self, path: Path, data: mmap.mmap) -> None:
        self._path = path
        self._data = data
        self._place = len(MAGIC)

    def read(self) -> ModelFile:
        if self._scalar("I") not in VERSIONS:
            damaged(self._path, "its GGUF version is unknown")
        tensors = self._count("Q")
        pairs = self._count("Q")
        metadata: dict[str, Value] = {}
        checksum_at = None
        for _ in range(pairs):
            key = self._text()
            metadata[key] = self._value(self._scalar("I"))
            if key == CHECKSUM:
                checksum_at = self._place - CHECKSUM_DIGITS
        if checksum_at is not None and len(str(metadata[CHECKSUM])) != CHECKSUM_DIGITS:
            damaged(self._path, "its checksum is malformed")
        found = {self._text(): self._tensor() for _ in range(tensors)}
        alignment = metadata.get(_ALIGNMENT, _DEFAULT_ALIGNMENT)
        if not isinstance(alignment, int) or alignment < 1:
            damaged(self._path, "its alignment is malformed")
        start = -(-self._place // alignment) * alignment
        moved = {
            name: Tensor(tensor.shape, tensor.type, tensor.offset + start)
            for name, tensor in found.items()
        }
        if any(tensor.offset + (tensor.size or 0) > len(self._data) for tensor in moved.values()):
            damaged(self._path, "it is shorter than it should be")
        return ModelFile(self._path, metadata, moved, checksum_at)

    def _bytes(self, count: int) -> bytes:
        end = self._place + count
        if end > len(self._data):
            damaged(self._path, "it is shorter than it should be")
        found = self._data[self._place : end]
        self._place = end
        return found

    def _scalar(self, form: str) -> int | float | bool:
        form = "<" + form
        value: int | float | bool = struct.unpack(form, self._bytes(struct.calcsize(form)))[0]
        return value

    def _count(self, form: str) -> int:
        count = int(self._scalar(form))
        if count > _MOST_ITEMS:
            damaged(self._path, "its header is malformed")
        return count

    def _text(self) -> str:
        try:
            return self._bytes(self._count("Q")).decode("utf-8")
        except UnicodeDecodeError:
            damaged(self._path, "its header is malformed")

    def _texts(self, count: int) -> list[str]:
        """Read strings in one tight loop: a vocabulary has tens of thousands."""
        data, place, most = self._data, self._place, len(self._data)
        length = struct.Struct("<Q")
        found = []
        try:
            for _ in range(count):
                end = place + 8 + length.unpack_from(data, place)[0]
                if end > most:
                    damaged(self._path, "it is shorter than it should be")
                found.append(data[place + 8 : end].decode("utf-8"))
                place = end
        except (struct.error, UnicodeDecodeError):
            damaged(self._path, "its header is malformed")
        self._place = place
        return found

    def _value(self, kind: int | float | bool) -> Value:
        if kind == _STRING:
            return self._text()
        if kind == _ARRAY:
            element = self._scalar("I")
            count = self._count("Q")
            if element == _STRING:
                return self._texts(count)
            form = "<" + _SCALARS.get(int(element), "")
            if form == "<":
                damaged(self._path, "its header is malformed")
            return np.frombuffer(self._bytes(count * struct.calcsize(form)), dtype=form)
        if kind not in _SCALARS:
            damaged(self._path, "its header is malformed")
        return self._scalar(_SCALARS[int(kind)])

    def _tensor(self) -> Tensor:
        dimensions = int(self._scalar("I"))
        if dimensions > 4:
            damaged(self._path, "its header is malformed")
        shape = tuple(int(self._scalar("Q")) for _ in range(dimensions))
        return Tensor(shape, int(self._scalar("I")), int(self._scalar("Q")))
