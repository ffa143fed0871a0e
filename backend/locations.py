"""Where everything lies. Nothing else builds a path.

`CHARLIE_HOME` puts data, cache, logs and sockets under one folder; without it platformdirs
decides. Functions, not constants: the environment is read when a path is asked for, so that a
test, a script and a running journal never share one by accident.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from backend.errors import SettingsError, StorageError

APP_NAME = "charlie"

# `sun_path` holds 108 bytes on Linux and 104 on macOS, the closing NUL included.
MAX_SOCKET_PATH = 103


def home() -> Path | None:
    """Return the folder that `CHARLIE_HOME` names, absolute, or None where it is not set.

    Raises:
        SettingsError: it names something that is not a folder.
    """
    value = os.environ.get("CHARLIE_HOME")
    if not value:
        return None
    path = Path(os.path.abspath(Path(value).expanduser()))
    if path.exists() and not path.is_dir():
        raise SettingsError(
            f"CHARLIE_HOME is {value}, which is not a folder.",
            hint="Set CHARLIE_HOME to a folder (it is created if missing), or unset it.",
        )
    return path


def data_dir() -> Path:
    """Return the folder of the journal itself; created, 0700."""
    return _private(home() or _platform_dir("user_data_path"))


def cache_dir() -> Path:
    """Return what can be made again (downloaded models, DSPy's cache); created, 0700."""
    return _private(_cache_path())


def log_dir() -> Path:
    """Log files; created, 0700."""
    base = home()
    return _private(base / "logs" if base else _platform_dir("user_log_path"))


def run_dir() -> Path:
    """Sockets and lock files of this journal folder; created, 0700.

    A unix socket's path is short by law (`MAX_SOCKET_PATH`), so a journal in a deep folder gets
    a hashed folder in the user's cache, or, where that cannot be had or is deep as well, under the
    system's runtime or temporary one. The cache comes first because it is the same however one
    has logged in, and because nobody else can take the place before.

    Raises:
        SettingsError: none of them is short enough and this user's alone.
    """
    near = data_dir() / "run"
    if _fits_a_socket(near):
        return _private(near)
    # 7 ms to import, for a journal in a deep folder alone.
    import hashlib
    import tempfile

    digest = hashlib.sha256(os.fsencode(near)).hexdigest()[:16]
    name = f"{APP_NAME}-{os.getuid()}-{digest}"
    bases = (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp")  # noqa: S108
    candidates = [
        _platform_dir("user_cache_path") / "run" / digest,
        *(Path(base) / name for base in bases if base and os.path.isdir(base)),
    ]
    for candidate in candidates:
        if _fits_a_socket(candidate):
            # Somebody else's, or on a disk that is full: the next one.
            with contextlib.suppress(StorageError):
                return _private(candidate)
    raise SettingsError(
        "No folder of your own with a path short enough for a socket was found.",
        hint="Set XDG_RUNTIME_DIR or TMPDIR to a folder with a short path.",
    )


def _fits_a_socket(folder: Path) -> bool:
    return len(os.fsencode(folder / "redis.sock")) <= MAX_SOCKET_PATH


def database_path() -> Path:
    """Return the journal: one SQLite file."""
    return data_dir() / "charlie.db"


def redis_dir() -> Path:
    """Return the append-only file of the embedded Redis; created, 0700."""
    return _private(data_dir() / "redis")


def redis_socket() -> Path:
    """Return the unix socket that the embedded Redis listens on."""
    return run_dir() / "redis.sock"


def rescue_dir() -> Path:
    """Input that could not become an entry, kept byte for byte; created, 0700."""
    return _private(data_dir() / "rescued")


def templates_dir() -> Path:
    """Beginnings of entries that the user keeps, a file each; created, 0700."""
    return _private(data_dir() / "templates")


def backups_dir() -> Path:
    """Return the folder of the copies that Charlie makes by itself; created, 0700."""
    return _private(data_dir() / "backups")


def backup_failure_path() -> Path:
    """Return what is remembered of an automatic backup that failed.

    Beside the sockets, which may lie on another disk than the one that is full or read-only.
    """
    return run_dir() / "backup-failure.json"


def damaged_dir() -> Path:
    """Damaged journals, byte for byte as they were found; created, 0700."""
    return _private(data_dir() / "damaged")


def lock_path(name: str) -> Path:
    """Return the lock file `name` ("start", "users", "worker", "supervisor", "backup")."""
    return run_dir() / f"{name}.lock"


def log_path(name: str) -> Path:
    """Return the log file `name` ("charlie", "worker", "redis", "backups")."""
    return log_dir() / f"{name}.log"


def models_dir() -> Path:
    """Models that the user downloaded, a folder a repository; created, 0700."""
    return _private(cache_dir() / "models")


def dspy_dir() -> Path:
    """Return what DSPy takes for its cache; not created, for it is to keep nothing."""
    return _cache_path() / "dspy"


def built_in_model_path() -> Path:
    """Return the tagger that is shipped in the package."""
    return Path(__file__).parent / "inference" / "data" / "built-in.gguf"


def prompts_dir() -> Path:
    """Return the folder of the prompts: in an installation inside the package, else beside it."""
    package = Path(__file__).parent
    installed = package / "prompts"
    return installed if installed.is_dir() else package.parent / "prompts"


def _cache_path() -> Path:
    base = home()
    return base / "cache" if base else _platform_dir("user_cache_path")


def _platform_dir(kind: str) -> Path:
    # platformdirs takes 17 ms to import and is not needed where CHARLIE_HOME is set.
    from platformdirs import PlatformDirs

    return Path(getattr(PlatformDirs(APP_NAME, appauthor=False), kind))


def _private(path: Path) -> Path:
    """Create `path` for this user alone.

    One that is there has to belong to this user. Its mode is put right; that of what a link points
    to only where the link is no one else's.

    Raises:
        StorageError: it belongs to somebody else, is no folder, or cannot be used.
    """
    try:
        try:
            status = path.lstat()
        except FileNotFoundError:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            if status.st_uid not in (os.getuid(), 0):
                raise _foreign(path)
            status = path.stat()
        if not stat.S_ISDIR(status.st_mode):
            raise StorageError(
                f"{path} is a file where Charlie needs a folder.",
                safe="Nothing was changed.",
                hint="Move the file away, or point CHARLIE_HOME at another folder.",
            )
        if status.st_uid != os.getuid():
            raise _foreign(path)
        if status.st_mode & 0o077:
            path.chmod(0o700)
    except OSError as error:
        raise _unusable(path, error) from error
    return path


def _foreign(path: Path) -> StorageError:
    return StorageError(
        f"{path} belongs to another user.",
        safe="Nothing was changed.",
        hint="Set CHARLIE_HOME to a folder of your own.",
    )


def _unusable(path: Path, error: OSError) -> StorageError:
    return StorageError(
        f"The folder {path} cannot be used: {error.strerror}.",
        safe="Nothing was changed.",
        hint="Check its permissions and the free space, or set CHARLIE_HOME to another folder.",
    )
