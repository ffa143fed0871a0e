"""The daily backup for who writes on the command line and never opens the journal.

A command begins it and does not wait for it: `python -m backend.services.backup.daily` is a
process of its own, at the lowest priority, that looks properly and makes the backup if it is due.
"""

from __future__ import annotations

import os
import sys
import time

from backend import locations
from backend.errors import CharlieError

# Seconds between two beginnings.
_INTERVAL = 86_400
_NICENESS = 19

_LOGGER = "charlie.backups"


def begin_backup_if_due() -> bool:
    """Begin the backup if none was begun for a day; whether it was.

    Takes a look at the time of a folder, and a process to start once a day. A journal's first
    backup is begun a day after its first entry, or made by the worker before. Never raises: the
    command has done what it was asked for.
    """
    try:
        last = locations.backups_dir().stat().st_mtime
        if abs(time.time() - last) < _INTERVAL:
            return False
        # subprocess takes 5 ms to import and is needed once a day.
        import subprocess  # noqa: PLC0415

        subprocess.Popen(
            [sys.executable, "-P", "-m", "backend.services.backup.daily"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, CharlieError) as error:
        # 3 ms that every command would pay.
        import logging  # noqa: PLC0415

        logging.getLogger(_LOGGER).warning("The daily backup could not be begun: %s", error)
        return False
    return True


def main() -> int:
    """Make the backup if it is due; the exit code."""
    # As above, and so are the backups: this is a process of its own.
    import logging  # noqa: PLC0415

    log = logging.getLogger(_LOGGER)
    os.umask(0o077)
    os.setpriority(os.PRIO_PROCESS, 0, _NICENESS)
    logging.basicConfig(
        filename=locations.log_path("backups"),
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
    )
    # Whatever comes of it, the next one is begun in a day.
    os.utime(locations.backups_dir())
    from backend.services.backup.backups import back_up_automatically  # noqa: PLC0415 - not for commands

    try:
        made = back_up_automatically()
    except CharlieError as error:
        log.warning("There is no backup of today: %s", error)
        return 1
    if made is not None:
        log.info("Made the backup %s.", made.path.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
