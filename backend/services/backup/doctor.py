"""Is everything as it should be? One check for each thing that can be wrong."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psutil

from backend import dates, locations, settings
from backend.database.backup.backup_folder import last_failure, list_backups
from backend.database.journal import listing
from backend.database.journal.preferences import get_preference
from backend.database.redis import server as redis_server
from backend.database.redis.session import session
from backend.database.sqlite.connection import SUFFIXES, beside
from backend.database.sqlite.integrity import summarize
from backend.errors import CharlieError
from backend.inference.llm import prompt_file
from backend.preferences import WORKER_ENABLED
from backend.services.edited_files import adopt_edited_files, list_leftovers
from backend.services.supervision.worker_status import describe, is_worker_running, load_status

# Below this, in bytes, a journal that is written to every day may soon not fit any more.
_LITTLE_SPACE = 100 * 1024 * 1024
_MEGABYTE = 1024 * 1024
# An open journal makes a backup every day.
_OLD_BACKUP = timedelta(days=7)
# File systems on which SQLite's write-ahead log does not work between machines
# (sqlite.org/wal.html), as Linux and macOS name them.
_SHARED_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afpfs"}
)

# What SQLite may find wrong before it stops looking.
_MOST_FAULTS = 5


@dataclass(frozen=True, slots=True)
class Check:
    """What one check found. `hint` says what to do next, None where nothing is to be done."""

    name: str
    ok: bool
    detail: str
    hint: str | None = None


def run_checks() -> list[Check]:
    """Check the journal, its privacy, Redis, model, prompts, worker, disk, logs and zone.

    Blocks for a second or more, by the journal's size.

    The checks are independent and none raises. A Redis that is started for its check is stopped
    again; no worker is started and no model is loaded.
    """
    checks: dict[str, Callable[[], Check]] = {
        "journal": _check_journal,
        "backups": _check_backups,
        "privacy": _check_privacy,
        "kept texts": _check_kept_texts,
        "Redis": _check_redis,
        "model": _check_model,
        "prompts": _check_prompts,
        "worker": _check_worker,
        "disk": _check_disk,
        "logs": _check_logs,
        "time zone": _check_zone,
    }
    return [_run(name, check) for name, check in checks.items()]


def _run(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except CharlieError as error:
        return Check(name, False, error.message, error.hint)
    except OSError as error:
        return Check(
            name,
            False,
            f"{error.filename or name}: {error.strerror or error}",
            "Check its permissions and the free space.",
        )


def _check_journal() -> Check:
    path = locations.database_path()
    if not path.exists():
        return Check("journal", True, f"{path} is created with the first entry")
    found = summarize(_MOST_FAULTS)
    if found.faults:
        return Check(
            "journal",
            False,
            f"{path} is damaged: {'; '.join(found.faults)}",
            "charlie doctor --repair keeps it aside and makes it whole, as far as that goes.",
        )
    return Check(
        "journal",
        True,
        f"{path}: {found.entries} entries, intact (SQLite {found.sqlite_version})",
    )


def _check_backups() -> Check:
    if not locations.database_path().exists():
        return Check("backups", True, "are made once there is a journal")
    newest = next(iter(list_backups()), None)
    failure = last_failure()
    if failure is not None and (newest is None or newest.made_at < failure.at):
        kept = f"the newest is of {newest.made_at:%Y-%m-%d}" if newest else "there is none"
        return Check(
            "backups",
            False,
            f"the last automatic one failed, {kept}. {failure.message}",
            failure.hint,
        )
    if newest is None:
        return Check("backups", True, "none yet", "charlie backup makes one.")
    age = dates.now() - newest.made_at
    detail = f"the newest is of {newest.made_at:%Y-%m-%d}: {newest.path}"
    if age > _OLD_BACKUP:
        return Check("backups", True, detail, f"It is {age.days} days old: charlie backup.")
    return Check("backups", True, detail)


def _check_privacy() -> Check:
    database = locations.database_path()
    folders = [locations.data_dir(), locations.run_dir(), locations.log_dir()]
    files = [
        path
        for path in (
            *(beside(database, suffix) for suffix in SUFFIXES),
            *locations.redis_dir().iterdir(),
            *locations.log_dir().iterdir(),
        )
        if path.exists()
    ]
    open_to_others = [path for path in (*folders, *files) if _mode(path) & 0o077]
    if open_to_others:
        names = ", ".join(map(str, open_to_others))
        return Check(
            "privacy",
            False,
            f"others can read {names}",
            f"chmod -R go-rwx '{locations.data_dir()}'",
        )
    return Check("privacy", True, "folders and files are yours alone")


def _check_kept_texts() -> Check:
    adopted = adopt_edited_files() if locations.database_path().exists() else 0
    if adopted:
        what = "a text was" if adopted == 1 else f"{adopted} texts were"
        return Check(
            "kept texts", True, f"{what} saved in an editor since", "charlie draft shows what."
        )
    if left := list_leftovers():
        names = ", ".join(path.name for path in left[:_MOST_FAULTS])
        return Check(
            "kept texts",
            False,
            f"{locations.rescue_dir()} holds what could not become an entry, or an editor's own"
            f" copies: {names}",
            "Save what you want (charlie add - < FILE), and delete the rest.",
        )
    return Check("kept texts", True, "none wait to become an entry")


def _check_redis() -> Check:
    if settings.REDIS_URL is not None:
        with session() as redis:
            version = redis.info("server")["redis_version"]
        return Check("Redis", True, f"{version} answers at CHARLIE_REDIS_URL")
    was_running = redis_server.is_running()
    path = redis_server.ensure_running()
    if was_running:
        return Check("Redis", True, f"runs, and answers at {path}")
    redis_server.leave()
    return Check("Redis", True, f"starts, and answers at {path} ({redis_server.binary()})")


def _check_model() -> Check:
    # numpy takes 0.1 s to import and only this check needs the model's code.
    from backend.inference.gguf import modelfile  # noqa: PLC0415
    from backend.inference.models import routing  # noqa: PLC0415
    from backend.inference.models.catalog import resolve  # noqa: PLC0415

    spec = resolve(routing.chosen_name())
    if spec.endpoint is not None:
        detail = f"{spec.name}: {spec.description}; whether it answers was not asked"
        return Check("model", True, detail)
    path = spec.local_file()
    file = modelfile.read_model_file(path)
    if file.checksum_at is not None:
        file.verify()
    size = path.stat().st_size // _MEGABYTE
    return Check("model", True, f"{spec.name}: {path}, {size} MB, intact")


def _check_prompts() -> Check:
    faults = prompt_file.find_faults()
    if faults:
        reasons = "; ".join(f"{fault.path} is not used: {fault.reason}" for fault in faults)
        return Check(
            "prompts",
            False,
            f"{reasons}. Language models are told the built-in text instead",
            "Mend the file, or delete it.",
        )
    return Check("prompts", True, f"are in {locations.prompts_dir()}")


def _check_worker() -> Check:
    if is_worker_running():
        return Check("worker", True, describe(load_status()))
    if not settings.WORKER_ENABLED:
        return Check(
            "worker", True, "switched off by CHARLIE_WORKER", "Unset it to have entries read."
        )
    waiting = 0
    if locations.database_path().exists():
        waiting = listing.count_pending()
        if not get_preference(WORKER_ENABLED):
            return Check("worker", True, f"switched off in the settings ({waiting} waiting)")
    detail = "does not run now; the open journal runs it"
    return Check(
        "worker",
        True,
        f"{detail} ({waiting} waiting)" if waiting else detail,
        "`charlie process` reads what waits." if waiting else None,
    )


def _check_disk() -> Check:
    folder = locations.data_dir()
    free = shutil.disk_usage(folder).free
    if not os.access(folder, os.W_OK):
        return Check("disk", False, f"{folder} can only be read", "Check its permissions.")
    if (shared := _shared_file_system(folder)) is not None:
        return Check(
            "disk",
            False,
            f"{folder} lies on {shared}, where two machines can damage the journal",
            "Keep it on a disk of this machine (CHARLIE_HOME), and back it up to the other one.",
        )
    if free < _LITTLE_SPACE:
        return Check(
            "disk", False, f"{free // _MEGABYTE} MB are free at {folder}", "Make room there."
        )
    return Check("disk", True, f"{free // _MEGABYTE} MB are free at {folder}")


def _check_logs() -> Check:
    folder = locations.log_dir()
    if not os.access(folder, os.W_OK):
        return Check("logs", False, f"{folder} can only be read", "Check its permissions.")
    return Check("logs", True, f"are in {folder}")


def _check_zone() -> Check:
    zone = dates.local_zone()
    if zone[0] in "+-":
        return Check(
            "time zone",
            True,
            f"{zone}, for TZ is {os.environ.get('TZ')}, which names no zone",
            "Entries keep this offset. With a name, TZ=Asia/Tokyo say, they follow its rules.",
        )
    return Check("time zone", True, zone)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _shared_file_system(folder: Path) -> str | None:
    """Return the kind of the network file system that `folder` lies on; None on a disk."""
    place, kind = "", ""
    for mount in psutil.disk_partitions(all=True):
        # Of several mounts on one place the last covers the others.
        if folder.is_relative_to(mount.mountpoint) and len(mount.mountpoint) >= len(place):
            place, kind = mount.mountpoint, mount.fstype
    return kind if kind in _SHARED_FILE_SYSTEMS else None
