"""Score the tagger on every set, in PyTorch or through llama.cpp.

`python -m training.evaluate DATA_DIR MODEL…` takes a `.gguf` file (read by the application's
own tagger) or `.pt` weights (several are averaged). Given both, it also checks that their F1
over all sets differs by 0.2 at most, and ends with status 1 if not (on a small set a few mentions
make 0.3). `--json` writes the scores
for the model file and the model card. `--until p` scores the journal writers of files a to p by
themselves as well, so that models made before and after later files compare.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from backend.inference.tagger.tagger import Tagger
from backend.inference.tagger.wordpiece import WordPiece
from training.augmentation import recase
from training.base import read_vocabulary
from training.convert import average, shift
from training.corpus import (
    PUBLIC_DEV,
    PUBLIC_TYPES,
    TYPES,
    Document,
    Mention,
    read_journals,
    read_jsonl,
    split_by_writer,
)
from training.encoding import LABELS
from training.network import Network
from training.reading import read
from training.scoring import Score, merge

TOLERANCE = 0.2  # percent points of F1 between PyTorch and llama.cpp

Reader = Callable[[Sequence[str]], list[list[Mention]]]


def torch_reader(paths: list[Path], shifts: Path | None) -> Reader:
    """Return a reader for the mean of some weights, calibrated if there are shifts."""
    vocabulary = read_vocabulary()
    network = Network(len(vocabulary), len(LABELS))
    weights = average(paths)
    if shifts:
        shift(weights, json.loads(shifts.read_text()))
    network.load_state_dict(weights)
    tokenizer = WordPiece(vocabulary)
    return lambda texts: read(network, tokenizer, texts)


def gguf_reader(tagger: Tagger) -> Reader:
    """Return a reader for a loaded model file."""

    def read_all(texts: Sequence[str]) -> list[list[Mention]]:
        return [
            [Mention(span.start, span.end, span.type.value) for span in tagger.tag(text)]
            for text in texts
        ]

    return read_all


def test_sets(
    data: Path, journals: Path, *, with_test: bool, until: str | None
) -> dict[str, list[Document]]:
    """Return the sets by name; the untouched journal writers only if asked for.

    With `until`, the letter of a journal file, also the writers of the files up to it.
    """
    split = split_by_writer(read_journals(data, journals))
    sets = {
        "journals dev": split.dev,
        "journals dev, lower case": [recase(document, str.lower) for document in split.dev],
        "journals dev, upper case": [recase(document, str.upper) for document in split.dev],
    }
    if with_test:
        sets["journals test"] = split.test
    if until:
        for name in [name for name in ("journals dev", "journals test") if name in sets]:
            sets[f"{name}, to {until}"] = [
                document for document in sets[name] if document.source <= f"journal_{until}"
            ]
    for public in PUBLIC_DEV:
        sets[public] = read_jsonl(data / f"{public}.jsonl")
    return sets


def score(reader: Reader, documents: list[Document]) -> Score:
    """Score a reader on texts; ACTIVITY counts only where journals annotate it."""
    total = Score()
    found = reader([document.text for document in documents])
    for document, mentions in zip(documents, found, strict=True):
        total.add(document, mentions, TYPES if document.is_journal else PUBLIC_TYPES)
    return total


def as_json(total: Score) -> dict[str, dict[str, float]]:
    """Return strict and relaxed F1, all types together and each apart, in percent."""
    tallies = {"all": total.all, **total.types}
    return {
        name: {
            "strict": round(tally.f1(), 1),
            "relaxed": round(tally.f1(strict=False), 1),
            "mentions": tally.true,
        }
        for name, tally in tallies.items()
    }


def main() -> None:
    """Evaluate from the command line."""
    parser = argparse.ArgumentParser(description="Score the tagger on every set.")
    parser.add_argument("data", type=Path, help="folder of the annotated sets (JSON lines)")
    parser.add_argument("models", nargs="+", type=Path, help=".gguf file, .pt weights, or both")
    parser.add_argument("--journals", type=Path, default=Path(__file__).parent / "journals")
    parser.add_argument("--shifts", type=Path, help="JSON of training.calibration, for .pt")
    parser.add_argument("--test", action="store_true", help="also the untouched writers")
    parser.add_argument("--until", metavar="LETTER", help="also files up to this one alone")
    parser.add_argument("--json", type=Path, help="write the scores to this file")
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    sets = test_sets(
        arguments.data, arguments.journals, with_test=arguments.test, until=arguments.until
    )
    weights = [path for path in arguments.models if path.suffix == ".pt"]
    files = [path for path in arguments.models if path.suffix == ".gguf"]
    results: dict[str, list[Score]] = {name: [] for name in sets}
    readers = [torch_reader(weights, arguments.shifts)] if weights else []
    readers += [gguf_reader(Tagger(path)) for path in files]
    for name, documents in sets.items():
        for reader in readers:
            results[name].append(score(reader, documents))
            sys.stdout.write(f"{name:26} {results[name][-1].line()}\n")
    if arguments.json:
        last = {name: as_json(scores[-1]) for name, scores in results.items()}
        arguments.json.write_text(json.dumps(last, indent=1) + "\n")
    if len(readers) > 1:
        sys.exit(_compare(results))


def _compare(results: dict[str, list[Score]]) -> int:
    """Print how far the readers are apart; return 1 if all sets together exceed the tolerance."""

    def apart(scores: Sequence[Score]) -> float:
        values = [score_.all.f1() for score_ in scores]
        return max(values) - min(values)

    widest = max(results, key=lambda name: apart(results[name]))
    sys.stdout.write(f"furthest apart: {widest}, {apart(results[widest]):.2f}\n")
    readers = [merge(scores) for scores in zip(*results.values(), strict=True)]
    sys.stdout.write(f"all sets together: {apart(readers):.2f}\n")
    return 1 if apart(readers) > TOLERANCE else 0


if __name__ == "__main__":
    main()
