"""Shift the labels' scores to where F1 on the dev writers is best.

Cross-entropy weighs every word alike, F1 does not: a type may be named too seldom or too often.
`python -m training.calibration DATA_DIR WEIGHTS.pt… --out shifts.json` looks for one number per
type, to be added to the scores of both its labels; `training.convert --shifts` adds them to the
head's bias. The numbers are also tuned on one half of the writers and scored on the other, and
printed: they are worth using only if that gains on both halves.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from backend.inference.tagger.decoding import Scores, log_probabilities
from backend.inference.tagger.wordpiece import Word, WordPiece
from training.base import read_vocabulary
from training.convert import average
from training.corpus import TYPES, Document, read_journals, split_by_writer
from training.encoding import LABELS
from training.network import Network
from training.reading import decode, read_scores
from training.scoring import Score

# Shifts are looked for in these steps (natural logarithms of odds), one after the other.
_STEPS = (0.5, 0.25)

# Part of the tuned shifts that is written: the halves of the writers agree on the direction of
# most shifts and not on how far to go.
_TRUSTED = 0.5

Scored = tuple[Document, list[tuple[list[Word], Scores]]]


def score(entries: Sequence[Scored], shifts: Sequence[float]) -> Score:
    """Score entries with a shift per type added."""
    by_label = np.array([0.0, *(shifts[TYPES.index(name[2:])] for name in LABELS[1:])], np.float32)
    total = Score()
    for document, rows in entries:
        shifted = [(words, log_probabilities(values + by_label)) for words, values in rows]
        total.add(document, decode(document.text, shifted), TYPES)
    return total


def tune(entries: Sequence[Scored]) -> list[float]:
    """Return the best shifts found by moving one type at a time.

    What is raised is strict F1 plus half of relaxed F1.
    """

    def worth(shifts: Sequence[float]) -> float:
        total = score(entries, shifts)
        return total.all.f1() + total.all.f1(strict=False) / 2

    best = [0.0] * len(TYPES)
    most = worth(best)
    for step in _STEPS:
        for place in range(len(TYPES)):
            for change in (step, -step):
                while True:
                    tried = list(best)
                    tried[place] += change
                    value = worth(tried)
                    if value <= most:
                        break
                    best, most = tried, value
    return best


def main() -> None:
    """Calibrate from the command line."""
    parser = argparse.ArgumentParser(description="Find the best shifts of the labels' scores.")
    parser.add_argument("data", type=Path, help="folder of the annotated sets (JSON lines)")
    parser.add_argument("weights", nargs="+", type=Path, help="averaged if several")
    parser.add_argument("--journals", type=Path, default=Path(__file__).parent / "journals")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    vocabulary = read_vocabulary()
    network = Network(len(vocabulary), len(LABELS))
    network.load_state_dict(average(arguments.weights))
    dev = split_by_writer(read_journals(arguments.data, arguments.journals)).dev
    rows = read_scores(network, WordPiece(vocabulary), [document.text for document in dev])
    entries = list(zip(dev, rows, strict=True))
    writers = sorted({document.writer for document in dev})
    halves = [
        [entry for entry in entries if writers.index(entry[0].writer) % 2 == half]
        for half in (0, 1)
    ]
    none = [0.0] * len(TYPES)
    for tuned_on, other in (halves, halves[::-1]):
        shifts = tune(tuned_on)
        before, after = score(other, none), score(other, shifts)
        sys.stdout.write(f"other half {shifts}: {before.line()} -> {after.line()}\n")
    shifts = tune(entries)
    sys.stdout.write(f"all {shifts}: {score(entries, shifts).line()}\n")
    shifts = [_TRUSTED * value for value in shifts]
    sys.stdout.write(f"kept {shifts}: {score(entries, shifts).line()}\n")
    arguments.out.write_text(json.dumps(dict(zip(TYPES, shifts, strict=True))) + "\n")


if __name__ == "__main__":
    main()
