"""How long commands take, against a peer that only imports what every command needs.

Run `python -m benchmarks.commands [ROUNDS]`. In each round the peer, `python -c "import click,
apsw"`, and the commands take turns, each in a process of its own, in a journal made for this.
What is compared are medians: of the time on the clock, and of the processor's time, which other
work on the machine disturbs less.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PEER = "peer"
#: A command may take this many times as long as the peer.
LIMIT = 1.5

_CHARLIE = str(Path(sys.executable).with_name("charlie"))
_COMPLETION = {"_CHARLIE_COMPLETE": "bash_complete", "COMP_WORDS": "charlie li", "COMP_CWORD": "1"}
_COMMANDS: dict[str, tuple[list[str], dict[str, str]]] = {
    PEER: ([sys.executable, "-c", "import click, apsw"], {}),
    "list": ([_CHARLIE, "list"], {}),
    "search": ([_CHARLIE, "search", "walked"], {}),
    "add": ([_CHARLIE, "add", "Walked along the river."], {}),
    "--help": ([_CHARLIE, "--help"], {}),
    "add --help": ([_CHARLIE, "add", "--help"], {}),
    "completion": ([_CHARLIE], _COMPLETION),
}


def run(command: str) -> tuple[float, float]:
    """Return the seconds that a command takes: on the clock, and of the processor."""
    words, environment = _COMMANDS[command]
    before = _processor_time()
    begun = time.perf_counter()
    subprocess.run(
        words,
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **environment},
    )
    seconds = time.perf_counter() - begun
    return seconds, _processor_time() - before


def _processor_time() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    """Print the medians and their ratios; return 1 if a command takes too long, else 0."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    # A command whose modules are compiled anew each time is nobody's.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    measured: dict[str, list[tuple[float, float]]] = {name: [] for name in _COMMANDS}
    with tempfile.TemporaryDirectory() as home:
        os.environ["CHARLIE_HOME"] = home
        # Nothing is due, as on any but the first command of a day.
        (Path(home) / "backups").mkdir(mode=0o700)
        for name in _COMMANDS:
            run(name)
        for _ in range(rounds):
            for name, results in measured.items():
                results.append(run(name))
    medians = {
        name: [statistics.median(column) * 1_000 for column in zip(*results, strict=True)]
        for name, results in measured.items()
    }
    peer = medians[PEER]
    print(f"{'':12}{'clock':>10}{'ratio':>8}{'processor':>12}{'ratio':>8}")
    for name, (clock, processor) in medians.items():
        print(
            f"{name:12}{clock:7.1f} ms{clock / peer[0]:8.2f}"
            f"{processor:9.1f} ms{processor / peer[1]:8.2f}"
        )
    slow = [name for name, (clock, _) in medians.items() if clock > LIMIT * peer[0]]
    print(f"over {LIMIT} x the peer: {', '.join(slow) or 'none'}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
