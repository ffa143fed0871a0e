"""Search, list and days on a large journal, against the budget of 20 ms at the 95th percentile.

python -m benchmarks.search HOME
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections.abc import Callable
from pathlib import Path

from backend import count_entries, list_days, list_entries, search_entries
from benchmarks.journals import invent_entries
from benchmarks.screen import report

BUDGET_S = 0.020
QUERIES = 200


def measure(call: Callable[[], object]) -> float:
    """Seconds that `call` takes."""
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    arguments = parser.parse_args()
    os.environ["CHARLIE_HOME"] = str(arguments.home.absolute())
    print(f"{count_entries()} entries")
    rng = random.Random(2)
    words = [word.strip(".").lower() for text, _ in invent_entries(3) for word in text.split()]
    queries = {
        "one word": lambda: rng.choice(words),
        "two words": lambda: f"{rng.choice(words)} {rng.choice(words)}",
        "a phrase": lambda: f'"{words[0]} {words[1]}"',
        "a word and a year": lambda: f"{rng.choice(words)} in:2024",
        "a word without another": lambda: f"{rng.choice(words)} -{rng.choice(words)}",
    }
    for name, make in queries.items():
        times = [measure(lambda make=make: search_entries(make())) for _ in range(QUERIES)]  # type: ignore[misc]
        report(f"search, {name}", times, BUDGET_S, share=0.95)
    typed = [words[n % len(words)][: 1 + n % 3] for n in range(QUERIES)]
    report(
        "search as typed, 1 to 3 letters",
        [measure(lambda text=text: search_entries(text, as_typed=True)) for text in typed],  # type: ignore[misc]
        BUDGET_S,
        share=0.95,
    )
    report("days of the list", [measure(list_days) for _ in range(20)], BUDGET_S, share=0.95)
    offsets = [rng.randrange(max(1, count_entries() - 50)) for _ in range(50)]
    report(
        "a page of the list",
        [measure(lambda offset=offset: list_entries(offset=offset)) for offset in offsets],  # type: ignore[misc]
        BUDGET_S,
        share=0.95,
    )


if __name__ == "__main__":
    main()
