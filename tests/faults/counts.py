"""How often each fault was done, and how large the suite runs: short, or long by `make faults`."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Final

import backend

#: Whether this is the long run.
LONG: Final = os.environ.get("CHARLIE_FAULTS") == "long"

#: Seconds for one test of the suite; no test asserts a time, this only ends one that hangs.
PATIENCE: Final = 1800 if LONG else 600

#: Where the long run writes its table.
TABLE: Final = Path(backend.__file__).parents[1] / "build" / "faults.md"

_counts: Counter[str] = Counter()


def survived(fault: str, times: int = 1) -> None:
    """Count a fault after which all was checked and found well."""
    _counts[fault] += times


def all_counts() -> dict[str, int]:
    """The faults of this run with their counts."""
    return dict(_counts)


def table() -> str:
    """The faults of this run with their counts, as Markdown; empty if there were none."""
    if not _counts:
        return ""
    rows = [f"| {fault} | {count:,} |" for fault, count in sorted(_counts.items())]
    return "\n".join(["| Fault | Times |", "|---|---:|", *rows]) + "\n"
