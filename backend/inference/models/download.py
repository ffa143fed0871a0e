"""A model's file brought from the hub to `models_dir()`: whole and verified, or not at all.

What has been fetched lies beside the target in a file whose name holds the checksum it is to
have, and the next download goes on where it ends. A process that is killed, a connection that
breaks and a disk that fills up all leave it so.
"""

from __future__ import annotations

import errno
import hashlib
import os
import queue
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final, Generic, TypeVar

from backend import files
from backend.errors import CharlieError, StorageError
from backend.file_locks import FileLock
from backend.inference.models import hub
from backend.inference.models.hub import DownloadError, HubFile, RemoteFile, TransientError
from backend.locations import models_dir

#: Called with the bytes done, those in all, and the bytes a second of the last moments.
ProgressCallback = Callable[[int, int, float], None]
CancelCallback = Callable[[], bool]

# Seconds between two looks at `cancelled`, and between two calls of `progress`.
_BLINK: Final = 0.1
# Tries in a row that fetch nothing; the n-th is followed by 2^(n-1) seconds of waiting.
_MOST_TRIES: Final = 5
_LONGEST_WAIT: Final = 60.0
# Bytes that stay free, so that the journal can still be written.
_SPARE: Final = 256 << 20
# Seconds over which the rate is taken.
_RATE_WINDOW: Final = 5.0
_KEPT: Final = "What was fetched so far is kept; the same command goes on from there."

T = TypeVar("T")


class DownloadCancelledError(DownloadError):
    """The user stopped the download; what was fetched is kept."""


def local_path(file: HubFile) -> Path:
    """Where a file of the hub lies once it was downloaded."""
    return models_dir() / file.repo.replace("/", "--") / file.path


def partial_size(file: HubFile) -> int:
    """Bytes of a download that was begun and not finished."""
    return sum(path.stat().st_size for path in _partials(file))


def remove(file: HubFile) -> int:
    """Delete a downloaded file and what was begun of it; how many bytes that frees.

    Raises:
        StorageError: it cannot be deleted.
    """
    freed = 0
    try:
        for path in (local_path(file), *_partials(file)):
            with suppress(FileNotFoundError):
                freed += path.stat().st_size
                path.unlink()
        with suppress(OSError):  # another file of the repository is still there
            local_path(file).parent.rmdir()
    except OSError as error:
        raise StorageError(
            f"The model's file could not be deleted: {error.strerror}.",
            hint=f"Check the permissions of {local_path(file).parent}.",
        ) from error
    return freed


def download(
    file: HubFile,
    *,
    progress: ProgressCallback | None = None,
    cancelled: CancelCallback | None = None,
) -> Path:
    """Fetch a file, or what is missing of it, and return its path; blocks.

    A file that is there is not asked for. `progress` is called ten times a second and at the end,
    `cancelled` ten times a second even while the network is silent.

    Raises:
        DownloadCancelledError: `cancelled` answered true; what was fetched is kept.
        DownloadError: the hub or the disk stood in the way, or the file is not what the hub
            says it is; the message says what to do.
        StorageError, SettingsError: a folder, `HF_ENDPOINT` or the proxy cannot be used.
    """
    target = local_path(file)
    if target.is_file():
        return target
    (remote,) = _patiently(lambda: iter([hub.describe(file)]), cancelled)
    with _explained_disk():
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(_partial(target, remote)) as part:
            if target.is_file():  # finished by another process while the lock was awaited
                _partial(target, remote).unlink(missing_ok=True)
                return target
            fetch = _Fetch(file, remote, part, progress, cancelled)
            fetch.run()
            part.flush()
            os.fsync(part.fileno())
            _partial(target, remote).replace(target)
            files.sync(target.parent)
            for stale in _partials(file):
                stale.unlink(missing_ok=True)
    return target


class _Fetch:
    """One download into an open, locked partial file."""

    def __init__(
        self,
        file: HubFile,
        remote: RemoteFile,
        part: BinaryIO,
        progress: ProgressCallback | None,
        cancelled: CancelCallback | None,
    ) -> None:
        self._file = file
        self._remote = remote
        self._part = part
        self._progress = progress
        self._cancelled = cancelled
        self._digest = hashlib.sha256()
        self._place = 0
        self._marks: deque[tuple[float, int]] = deque()
        self._reported_at = 0.0

    def run(self) -> None:
        """Fetch what is missing and verify the whole."""
        self._read_what_is_there()
        self._check_space()
        tries = 0
        while self._place < self._remote.size:
            before = self._place
            try:
                self._fetch()
                if self._place < self._remote.size:
                    raise TransientError("The connection ended too early.", hint="Try again.")
            except TransientError as error:
                tries = 1 if self._place > before else tries + 1
                if tries >= _MOST_TRIES:
                    error.safe = _KEPT
                    raise
                self._wait(max(error.retry_after, 2.0 ** (tries - 1)))
        self._report(final=True)
        if self._digest.hexdigest() != self._remote.sha256:
            self._part.truncate(0)
            raise DownloadError(
                f"{self._file.name} arrived damaged: its checksum is not the hub's.",
                safe="What was fetched was thrown away.",
                hint="Download it again; if it happens twice, look at the proxy and the disk.",
            )

    def _fetch(self) -> None:
        pieces = _patiently(
            lambda: hub.read(self._file, self._remote, self._place), self._cancelled
        )
        for place, data in pieces:
            if place != self._place:
                self._rewind_to(place)
            if place + len(data) > self._remote.size:
                raise DownloadError(
                    f"The hub sends more than {self._file.name} is said to hold.",
                    safe=_KEPT,
                    hint="Try again later.",
                )
            self._part.write(data)
            self._digest.update(data)
            self._place += len(data)
            self._report()

    def _read_what_is_there(self) -> None:
        """Take the checksum of what an earlier download left."""
        if os.fstat(self._part.fileno()).st_size > self._remote.size:
            self._part.truncate(0)
        self._part.seek(0)
        while data := self._part.read(1 << 20):
            self._digest.update(data)
            self._place += len(data)
            if self._cancelled and self._cancelled():
                raise _cancellation()

    def _rewind_to(self, place: int) -> None:
        """Start over where the server began elsewhere than asked: only the beginning is of use."""
        if place:
            raise DownloadError(
                f"The hub sends another part of {self._file.name} than asked for.",
                safe=_KEPT,
                hint="Try again later.",
            )
        self._part.seek(0)
        self._part.truncate()
        self._digest = hashlib.sha256()
        self._place = 0
        self._marks.clear()

    def _check_space(self) -> None:
        folder = models_dir()
        free = shutil.disk_usage(folder).free
        missing = self._remote.size - self._place
        if missing + _SPARE > free:
            raise DownloadError(
                f"{self._file.name} needs {missing / 1e9:.1f} GB, and {free / 1e9:.1f} GB are "
                f"free where {folder} lies.",
                safe="Nothing was downloaded.",
                hint="Free some space, choose a smaller model, or set CHARLIE_HOME to a folder "
                "on another disk.",
            )

    def _report(self, *, final: bool = False) -> None:
        now = time.monotonic()
        if self._progress is None or not (final or now - self._reported_at >= _BLINK):
            return
        self._reported_at = now
        self._marks.append((now, self._place))
        while len(self._marks) > 2 and now - self._marks[0][0] > _RATE_WINDOW:
            self._marks.popleft()
        begin, first = self._marks[0]
        rate = (self._place - first) / (now - begin) if now > begin else 0.0
        self._progress(self._place, self._remote.size, rate)

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + min(seconds, _LONGEST_WAIT)
        while time.monotonic() < end:
            if self._cancelled and self._cancelled():
                raise _cancellation()
            time.sleep(_BLINK)
        self._marks.clear()


class _End:
    """Marks the end of a feed."""


class _Feed(threading.Thread, Generic[T]):
    """Runs an iterator in a thread, so that its reader never waits for the network.

    A thread that hangs in a name look-up cannot be stopped: it is a daemon, touches no file, and
    ends with its timeout.
    """

    def __init__(self, source: Callable[[], Iterator[T]]) -> None:
        super().__init__(name="download", daemon=True)
        self._source = source
        self._stopped = threading.Event()
        self.items: queue.Queue[T | CharlieError | _End] = queue.Queue(maxsize=8)

    def run(self) -> None:
        try:
            for item in self._source():
                if not self._put(item):
                    return
        except CharlieError as error:
            self._put(error)
        else:
            self._put(_End())

    def stop(self) -> None:
        """Let the thread end with the next piece."""
        self._stopped.set()

    def _put(self, item: T | CharlieError | _End) -> bool:
        while not self._stopped.is_set():
            try:
                self.items.put(item, timeout=_BLINK)
            except queue.Full:
                continue
            return True
        return False


def _patiently(source: Callable[[], Iterator[T]], cancelled: CancelCallback | None) -> Iterator[T]:
    """Yield the items of `source`, computed in a thread; raises what it raises.

    Raises:
        DownloadCancelledError: `cancelled` answered true.
    """
    feed = _Feed(source)
    feed.start()
    try:
        while True:
            if cancelled and cancelled():
                raise _cancellation()
            try:
                item = feed.items.get(timeout=_BLINK)
            except queue.Empty:
                if not feed.is_alive() and feed.items.empty():
                    raise RuntimeError("the download's thread died; see its traceback") from None
                continue
            if isinstance(item, _End):
                return
            if isinstance(item, CharlieError):
                raise item
            yield item
    finally:
        feed.stop()


def _cancellation() -> DownloadCancelledError:
    return DownloadCancelledError("The download was stopped.", safe=_KEPT)


def _partial(target: Path, remote: RemoteFile) -> Path:
    return target.with_name(f"{target.name}.{remote.sha256[:16]}.part")


def _partials(file: HubFile) -> list[Path]:
    target = local_path(file)
    return [path for path in target.parent.glob("*.part") if path.name.startswith(target.name)]


@contextmanager
def _locked(path: Path) -> Iterator[BinaryIO]:
    """Open the file, created for this user alone, for one download at a time."""
    with FileLock(path) as lock:
        if not lock.acquire():
            raise DownloadError(
                "This model is being downloaded by another Charlie.",
                hint="Wait until that is done, or stop it there.",
            )
        with os.fdopen(lock.fileno(), "r+b", closefd=False) as file:
            yield file


@contextmanager
def _explained_disk() -> Iterator[None]:
    """Turn what the disk raises into sentences."""
    try:
        yield
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        raise DownloadError(
            "The disk is full." if full else f"The model cannot be written: {error.strerror}.",
            safe=_KEPT,
            hint="Free some space where the models lie and try again."
            if full
            else f"Check the permissions of {models_dir()}.",
        ) from error
