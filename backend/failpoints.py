"""Named places at which a test lets this process die, to see what the journal makes of it.

`CHARLIE_FAILPOINT="save.before_commit:kill@2"` ends the process by SIGKILL, as a power cut or
an out-of-memory killer would, when it comes to that place for the second time (the first
without `@2`). Without the variable a place costs one comparison, 40 ns.
"""

from __future__ import annotations

import os
from typing import Final

from backend.errors import SettingsError

VARIABLE: Final = "CHARLIE_FAILPOINT"

#: The transactions that are named; every other one is "write".
_TRANSACTIONS: Final = (
    "save",
    "bulk",
    "edit",
    "delete",
    "restore",
    "draft",
    "extract",
    "move",
    "rename",
    "write",
)

#: Every place there is. A transaction has three of its own (see `connection.write_transaction`).
NAMES: Final = frozenset(
    {
        *(f"{name}.begun" for name in _TRANSACTIONS),
        *(f"{name}.before_commit" for name in _TRANSACTIONS),
        *(f"{name}.committed" for name in _TRANSACTIONS),
        "create.file_made",
        "migrate.begun",
        "migrate.script_run",
        "migrate.before_commit",
        "migrate.committed",
        "save.inserted",
        "bulk.inserted",
        "edit.revision_kept",
        "edit.text_replaced",
        "edit.moved",
        "delete.uncounted",
        "delete.marked",
        "restore.unmarked",
        "restore.counted",
        "extract.reading_kept",
        "extract.mentions_replaced",
        "extract.marked",
        "move.filed",
        "move.mentions_moved",
        "rename.named",
        "rename.drafts_moved",
        "enqueue.begun",
        "enqueue.status_set",
        "enqueue.enqueued",
        "attempt.begun",
        "attempt.stored",
        "attempt.forgotten",
        "backup.begun",
        "backup.copied",
        "backup.compared",
        "backup.named",
        "merge.entry_merged",
        "merge.step_done",
        "merge.template_added",
        "repair.copied_aside",
        "repair.rebuilt",
        "repair.log_removed",
        "repair.in_place",
    }
)


class _Armed:
    """The one place at which this process dies, and how often it still passes it."""

    def __init__(self, order: str) -> None:
        self.name, _, rest = order.partition(":")
        action, _, count = rest.partition("@")
        if self.name not in NAMES or action != "kill" or not (count or "1").isdecimal():
            raise SettingsError(
                f"{VARIABLE} is “{order}”, which is no failpoint.",
                safe="Nothing was started.",
                hint="Unset it: it is meant for tests. They write NAME:kill or NAME:kill@N.",
            )
        self.left = int(count or 1)

    def pass_by(self, name: str) -> None:
        if name == self.name:
            self.left -= 1
            if not self.left:
                # Nobody who is not tested gets here.
                import signal  # noqa: PLC0415

                os.kill(os.getpid(), signal.SIGKILL)


_armed = _Armed(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None


def reach(name: str) -> None:
    """Be at the place `name`, one of `NAMES`."""
    if _armed is not None:
        _armed.pass_by(name)
