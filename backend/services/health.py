"""Is everything as it should be? One check for each thing that can be wrong."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """What one check found. `hint` says what to do next, None where nothing is to be done."""

    name: str
    ok: bool
    detail: str
    hint: str | None = None


def run_checks() -> list[Check]:
    """Check database, file modes, Redis, model, worker, disk and logs; blocks for a second or so.

    The checks are independent and none raises. A Redis that is started for its check is stopped
    again; no worker and no model is started.
    """
    raise NotImplementedError
