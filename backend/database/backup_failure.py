"""Why the last automatic backup failed, until one is made.

A small file, for it has to be told when SQLite cannot be written, and when Redis is gone.
"""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from backend import dates, files, locations
from backend.errors import CharlieError

log = logging.getLogger("charlie.backups")


@dataclass(frozen=True, slots=True)
class BackupFailure:
    """When it failed for the last time, why, and what to do."""

    at: datetime
    message: str
    hint: str | None = None


def keep_failure(error: CharlieError) -> None:
    """Remember that an automatic backup failed. Never raises."""
    record = {"at": dates.now().isoformat(), "message": error.message, "hint": error.hint}
    try:
        path = locations.backup_failure_path()
        path.unlink(missing_ok=True)
        files.write_private(path, json.dumps(record).encode())
    except (OSError, CharlieError) as failed:
        log.warning("That the backup failed was not noted: %s", failed)


def forget_failure() -> None:
    """There is a backup again. Never raises."""
    with suppress(OSError, CharlieError):
        locations.backup_failure_path().unlink(missing_ok=True)


def last_failure() -> BackupFailure | None:
    """What `keep_failure` remembers; None if the last automatic backup did not fail."""
    try:
        record = json.loads(locations.backup_failure_path().read_bytes())
        at = datetime.fromisoformat(record["at"])
        return BackupFailure(at, str(record["message"]), record["hint"])
    except (OSError, CharlieError, ValueError, KeyError, TypeError):
        return None
