"""First paint and key-to-paint, through a pseudo-terminal, beside a bare Textual app.

Keys are pressed in the list, in the reader (from entry to entry), in the editor and in the search
field.

    python -m benchmarks.screen HOME [--busy] [--keys 300]

HOME is a journal (see benchmarks.journals). With --busy every entry is marked unread first, so
that the worker reads while keys are pressed. Budgets: first paint 300 ms, key to paint p99 33 ms;
the bare app's figures in the same run say what the machine allows.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from backend.database.journal.extractions import reset_extraction
from backend.database.journal.listing import count_pending
from benchmarks.terminal import Terminal, percentile

COLUMNS, ROWS = 120, 40
FIRST_PAINT_BUDGET_S = 0.300
KEY_TO_PAINT_BUDGET_S = 0.033
# Rows below the list and the editor hold the status line and the footer.
BODY = slice(0, ROWS - 3)
# The row of the search field.
QUERY = slice(2, 3)
# A fast typist's pause between two keys.
PAUSE_S = 0.04

CHARLIE = [str(Path(sys.executable).with_name("charlie"))]
BARE = [sys.executable, "-m", "benchmarks.bare"]


def is_painted(terminal: Terminal) -> bool:
    """Whether anything but blanks stands on the screen."""
    return any(line.strip() for line in terminal.screen.display)


def measure_first_paint(
    command: Sequence[str], environment: Mapping[str, str], runs: int = 7
) -> list[float]:
    """Seconds from starting the program to its first frame; the first run warms the caches."""
    times = []
    for _ in range(runs + 1):
        with Terminal(command, columns=COLUMNS, rows=ROWS, environment=environment) as terminal:
            times.append(terminal.wait_for(is_painted))
    return times[1:]


def press(
    terminal: Terminal, keys: Sequence[bytes], region: slice = BODY
) -> tuple[list[float], int]:
    """Seconds from each key to its paint in rows `region`, and how many keys changed nothing."""
    times = []
    silent = 0
    for key in keys:
        terminal.settle(PAUSE_S, timeout_s=PAUSE_S)
        seconds = terminal.key_to_paint(key, region)
        if seconds is None:
            silent += 1
        else:
            times.append(seconds)
    return times, silent


def report(
    name: str, times: Sequence[float], budget: float, *, share: float = 0.99, silent: int = 0
) -> None:
    """One line: the median, the percentile the budget is for, the slowest, and the ratio to it."""
    p50, high, slowest = (1000 * percentile(times, part) for part in (0.5, share, 1))
    note = f"  ({silent} keys changed nothing)" if silent else ""
    print(
        f"{name:<34} n={len(times):<4} p50 {p50:6.1f} ms  p{100 * share:.0f} {high:6.1f} ms"
        f"  max {slowest:6.1f} ms  of budget {high / 1000 / budget:4.2f}{note}"
    )


def list_keys(count: int) -> list[bytes]:
    """Down most of the time, up now and then: the cursor never meets an end."""
    return [b"k" if number % 5 == 4 else b"j" for number in range(count)]


def entry_keys(count: int) -> list[bytes]:
    """As `list_keys`, from entry to entry in the reader."""
    return [key.upper() for key in list_keys(count)]


def query_keys(count: int) -> list[bytes]:
    """Words typed and taken back, so that the field never fills up."""
    word = [*(bytes([letter]) for letter in b"harbour "), *[b"\x7f"] * 8]
    return [word[number % len(word)] for number in range(count)]


def typed_text(count: int) -> list[bytes]:
    """Letters and spaces as typed."""
    words = "today i walked to the harbour with anna and we talked about the summer "
    return [words[number % len(words)].encode() for number in range(count)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--busy", action="store_true", help="with the worker reading meanwhile")
    parser.add_argument("--keys", type=int, default=300)
    arguments = parser.parse_args()
    environment = {"CHARLIE_HOME": str(arguments.home.absolute())}
    os.environ.update(environment)

    for name, command in (("bare app", [*BARE, "list"]), ("Charlie", CHARLIE)):
        report(
            f"first paint, {name}", measure_first_paint(command, environment), FIRST_PAINT_BUDGET_S
        )

    for name, keys in (
        ("list", list_keys(arguments.keys)),
        ("editor", typed_text(arguments.keys)),
    ):
        with Terminal([*BARE, name], columns=COLUMNS, rows=ROWS) as terminal:
            terminal.wait_for(is_painted)
            terminal.settle(0.5)
            report_keys(f"key to paint, {name}, bare app", press(terminal, keys))

    for name, start, keys, region in (
        ("list", b"", list_keys(arguments.keys), BODY),
        ("reader", b"\r", entry_keys(arguments.keys), BODY),
        ("editor", b"n", typed_text(arguments.keys), BODY),
        ("search", b"/", query_keys(arguments.keys), QUERY),
    ):
        if arguments.busy:
            mark_unread()
        with Terminal(CHARLIE, columns=COLUMNS, rows=ROWS, environment=environment) as terminal:
            terminal.wait_for(is_painted)
            if arguments.busy:
                terminal.wait_for(lambda seen: seen.shows("reading"))
            terminal.settle(1, timeout_s=3)
            if start:
                terminal.send(start)
                terminal.settle(0.5, timeout_s=2)
            received = terminal.bytes_received
            report_keys(f"key to paint, {name}, Charlie", press(terminal, keys, region))
            bytes_a_key = (terminal.bytes_received - received) / len(keys)
            print(f"  {bytes_a_key:.0f} bytes a key")
            if arguments.busy:
                print(f"  {count_pending()} entries waited for the worker at the end")
            if start:
                terminal.send(b"\x1b")
                time.sleep(0.5)


def report_keys(name: str, pressed: tuple[list[float], int]) -> None:
    """Print the line for what `press` measured."""
    times, silent = pressed
    report(name, times, KEY_TO_PAINT_BUDGET_S, silent=silent)


def mark_unread() -> None:
    """Make every entry wait for the worker again."""
    reset_extraction(None)


if __name__ == "__main__":
    main()
