"""First paint and memory with no, 10,000 and 100,000 entries, beside a bare Textual app.

    python -m benchmarks.sizes FOLDER

FOLDER gets a journal of each size the first time. The runs of all sizes and of the bare app take
turns, so that whatever else the machine does meets all of them alike. Budgets: first paint
300 ms, memory of the screen's process 120 MB after it was scrolled to the other end and back.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import psutil

from backend.database.sqlite.connection import close_all
from benchmarks.journals import fill_invented
from benchmarks.screen import BARE, CHARLIE, COLUMNS, FIRST_PAINT_BUDGET_S, ROWS, is_painted, report
from benchmarks.terminal import Terminal

SIZES = (0, 10_000, 100_000)
MEMORY_BUDGET_MB = 120.0


def prepare(folder: Path, size: int) -> dict[str, str]:
    """Return the environment in which Charlie opens a journal of `size` entries."""
    home = folder / str(size)
    if not home.exists():
        os.environ["CHARLIE_HOME"] = str(home)
        fill_invented(size)
        close_all()
    return {"CHARLIE_HOME": str(home.absolute()), "CHARLIE_WORKER": "off"}


def measure_memory(environment: dict[str, str]) -> float:
    """Megabytes that the screen's process holds after a walk through the list."""
    with Terminal(CHARLIE, columns=COLUMNS, rows=ROWS, environment=environment) as terminal:
        terminal.wait_for(is_painted)
        for keys in (b"G", b"g", *[b"\x1b[6~"] * 50, b"G"):
            terminal.settle(0.2, timeout_s=2)
            terminal.send(keys)
        terminal.settle(1)
        return float(psutil.Process(terminal.pid).memory_info().rss) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=10)
    arguments = parser.parse_args()
    environments = {size: prepare(arguments.folder, size) for size in SIZES}

    times: dict[int | None, list[float]] = {None: [], **{size: [] for size in SIZES}}
    for run in range(arguments.runs + 1):
        for size, measured in times.items():
            command = [*BARE, "list"] if size is None else CHARLIE
            environment = {} if size is None else environments[size]
            with Terminal(command, columns=COLUMNS, rows=ROWS, environment=environment) as terminal:
                seconds = terminal.wait_for(is_painted)
                terminal.settle(0.3, timeout_s=2)
            # The first run of each warms the caches.
            if run:
                measured.append(seconds)
    for size, measured in times.items():
        name = "bare app" if size is None else f"{size:,} entries"
        report(f"first paint, {name}", measured, FIRST_PAINT_BUDGET_S, share=0.9)
    for size in SIZES:
        megabytes = measure_memory(environments[size])
        ratio = megabytes / MEMORY_BUDGET_MB
        print(f"memory, {size:,} entries: {megabytes:.0f} MB, of budget {ratio:.2f}")


if __name__ == "__main__":
    main()
