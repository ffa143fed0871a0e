"""A better prompt for finding the names of an entry.

`python -m backend.optimizers.extract_nodes_optimizer DATA… --model NAME` measures the prompt that
people wrote on texts it holds out, has GEPA or BootstrapFewShot improve it on others, measures
again, and writes `prompts/extract_nodes.optimized.toml` if that is better. README.md, beside this,
explains it.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import random
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from backend import locations
from backend.dspy_cache import dspy
from backend.errors import CharlieError, UsageError
from backend.inference import evaluation
from backend.inference.evaluation import Evaluation, GoldEntry, Place
from backend.inference.llm.dspy_lm import DspyLM
from backend.inference.llm.entry_adapter import EntryAdapter
from backend.inference.llm.locating import Sightings, locate
from backend.inference.llm.program import ExtractNodes, Names
from backend.inference.llm.prompt_file import (
    OPTIMIZED_FILE,
    TYPES,
    WRITTEN_FILE,
    Example,
    Prompt,
    choose_prompt,
    encode_prompt,
    read_files,
)
from backend.records import EntityType

log = logging.getLogger("charlie.optimizers")

# Longer texts are extracted in chunks, and a prompt is for one chunk; about 700 tokens.
_LONGEST_TEXT: Final = 2_000
# Examples in a prompt are computed for every entry.
_MOST_DEMOS: Final = 3
# An answer is good enough to be an example from this F1 on.
_GOOD: Final = 0.9

_FIELDS: Final = {type_: field for field, type_ in TYPES.items()}


class Method(StrEnum):
    """How the prompt is improved."""

    GEPA = "gepa"  # instructions, rewritten by a model that is shown what went wrong
    BOOTSTRAP = "bootstrap"  # examples, chosen from answers that were good


@dataclass(frozen=True, slots=True)
class Split:
    """Entries to learn from, to choose by, and to measure with; no writer is in two of them."""

    train: list[GoldEntry]
    choose: list[GoldEntry]
    held_out: list[GoldEntry]


@dataclass(frozen=True, slots=True)
class Budget:
    """How many entries each part of a split has at most, and how many answers GEPA may ask for."""

    train: int = 60
    choose: int = 40
    held_out: int = 120
    calls: int = 600


@dataclass(frozen=True, slots=True)
class Improvement:
    """A program, and the scores on what was held out before and after."""

    program: ExtractNodes
    before: Evaluation
    after: Evaluation

    @property
    def is_better(self) -> bool:
        """Whether it finds names better than before."""
        return self.after.overall.f1 > self.before.overall.f1


def split_by_writer(gold: Sequence[GoldEntry], budget: Budget, seed: int) -> Split:
    """Divide entries by the writer they are of, in the ratio of the budget.

    Raises:
        UsageError: there are too few writers for three parts.
    """
    chooser = random.Random(seed)  # noqa: S311 - the same split each time is the point
    writers = sorted({entry.document for entry in gold})
    chooser.shuffle(writers)
    sizes = (budget.train, budget.choose, budget.held_out)
    borders = [len(writers) * sum(sizes[:n]) // sum(sizes) for n in range(4)]
    parts = []
    for size, (begin, end) in zip(sizes, pairwise(borders), strict=True):
        mine = set(writers[begin:end])
        entries = [
            entry for entry in gold if entry.document in mine and len(entry.text) <= _LONGEST_TEXT
        ]
        if not entries:
            raise UsageError(
                f"{len(writers)} documents are too few to learn from some and measure with others.",
                hint='Each line of the data names its writer: {"doc": …}.',
            )
        chooser.shuffle(entries)
        parts.append(entries[:size])
    return Split(*parts)


def written_prompt() -> Prompt:
    """Return the prompt that people wrote; the built-in one where that cannot be used."""
    files = {name: data for name, data in read_files().items() if name == WRITTEN_FILE}
    prompt, faults = choose_prompt(files)
    for fault in faults:
        log.warning("%s is broken and not used: %s.", fault.path, fault.reason)
    return prompt


def measure(
    program: ExtractNodes, lm: DspyLM, gold: Sequence[GoldEntry], types: Collection[EntityType]
) -> Evaluation:
    """Score a program; an answer that cannot be used found nothing."""

    def extract(text: str) -> list[Any]:
        try:
            return _spans(program(entry=text).names, text)
        except dspy.utils.exceptions.AdapterParseError:
            return []

    with dspy.context(lm=lm, adapter=EntryAdapter(), disable_history=True):
        return evaluation.evaluate(extract, gold, types, _log_progress)


def optimize(
    lm: DspyLM,
    split: Split,
    types: Collection[EntityType],
    *,
    start: Prompt,
    method: Method,
    reflection: DspyLM | None = None,
    budget: Budget | None = None,
    seed: int = 0,
) -> Improvement:
    """Improve the program with the prompt that people wrote, for a model.

    Args:
        lm: the model that is to extract.
        split: annotated entries.
        types: what counts.
        start: the prompt to improve.
        method: how to improve it.
        reflection: the model that writes instructions (GEPA); `lm` if None.
        budget: how many answers GEPA may ask for.
        seed: of every choice that is made.

    Raises:
        CharlieError: the model fails.
    """
    log.info("Before:")
    before = measure(ExtractNodes(start), lm, split.held_out, types)
    log.info("%s", summary(before))
    train = [_example(entry, types) for entry in split.train]
    choose = [_example(entry, types) for entry in split.choose]
    with dspy.context(lm=lm, adapter=EntryAdapter(), disable_history=True):
        if method is Method.GEPA:
            optimizer = dspy.GEPA(
                metric=_feedback,
                reflection_lm=reflection or lm,
                max_metric_calls=(budget or Budget()).calls,
                # A model in this process answers one question at a time.
                num_threads=1,
                seed=seed,
            )
            program = optimizer.compile(ExtractNodes(start), trainset=train, valset=choose)
        else:
            optimizer = dspy.BootstrapFewShot(
                metric=_score,
                metric_threshold=_GOOD,
                max_bootstrapped_demos=_MOST_DEMOS,
                max_labeled_demos=_MOST_DEMOS,
                max_errors=len(train) + 1,  # an answer that cannot be used is no example
            )
            program = optimizer.compile(ExtractNodes(start), trainset=train)
    log.info("After:")
    after = measure(program, lm, split.held_out, types)
    log.info("%s", summary(after))
    return Improvement(program, before, after)


def save(improvement: Improvement, start: Prompt, path: Path, provenance: dict[str, Any]) -> None:
    """Write an improved prompt with where it comes from.

    The file is replaced whole, or not at all.

    Args:
        improvement: what was found.
        start: the prompt that was improved.
        path: the file.
        provenance: all that is to be told but the score.
    """
    predict = improvement.program.find
    instructions = predict.signature.instructions.strip()
    if instructions != start.text:
        start = Prompt(instructions)
    score = {"before": scores(improvement.before), "after": scores(improvement.after)}
    prompt = replace(
        start,
        examples=tuple(
            Example(
                demo["entry"],
                Names.of(demo["names"]).model_dump(),
                str(demo.get("date") or ""),
                str(demo.get("known") or ""),
            )
            for demo in predict.demos
        ),
        provenance={**provenance, "score": score},
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(encode_prompt(prompt))
    part.replace(path)


def scores(result: Evaluation) -> dict[str, float]:
    """Return F1 by type and overall, and the number of entries."""
    rows = {type_.value: score.f1 for type_, score in result.types.items()}
    rounded = {row: round(f1, 4) for row, f1 in {**rows, "overall": result.overall.f1}.items()}
    return {**rounded, "entries": result.entries}


def summary(result: Evaluation) -> str:
    """Return the scores on one line."""
    words = [f"{name} {value:.1%}" for name, value in scores(result).items() if name != "entries"]
    seconds = result.seconds / max(result.entries, 1)
    return f"F1: {', '.join(words)}; {result.entries} entries, {seconds:.2f} s each"


def main(argv: Sequence[str]) -> int:
    """Run the optimizer.

    Args:
        argv: the command line without its first word.

    Returns:
        The exit code: 0 if it wrote a better prompt, 1 if it found none.
    """
    options = _parser().parse_args(argv)
    logging.basicConfig(format="%(message)s", stream=sys.stderr)
    log.setLevel(logging.INFO)
    start = written_prompt()
    budget = Budget(options.train, options.choose, options.held_out, options.calls)
    try:
        gold = [entry for path in options.data for entry in evaluation.read_gold(path)]
        split = split_by_writer(gold, budget, options.seed)
        types = evaluation.annotated_types(gold)
        with (
            DspyLM(options.model) as lm,
            DspyLM(options.reflection_model or options.model) as reflection,
        ):
            improvement = optimize(
                lm,
                split,
                types,
                start=start,
                method=options.method,
                reflection=reflection,
                budget=budget,
                seed=options.seed,
            )
    except CharlieError as error:
        log.error("%s", "\n".join(error.lines()))  # noqa: TRY400 - a sentence, not a traceback
        return error.exit_code
    if not improvement.is_better:
        log.info("Nothing better was found; nothing was written.")
        return 1
    save(
        improvement,
        start,
        options.out,
        {
            "author": "backend.optimizers.extract_nodes_optimizer",
            "date": datetime.now(UTC).replace(microsecond=0),
            "operation": "extract_nodes",
            "method": options.method.value,
            "model": options.model,
            "reflection_model": options.reflection_model or options.model,
            "data": [{"file": path.name, "sha256": _digest(path)} for path in options.data],
            "entries": {
                "train": len(split.train),
                "choose": len(split.choose),
                "held_out": len(split.held_out),
            },
            "seed": options.seed,
            "dspy": dspy.__version__,
        },
    )
    log.info("Wrote %s.", options.out)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="extract_nodes_optimizer", description="Find a better prompt for finding names."
    )
    parser.add_argument("data", nargs="+", type=Path, help="annotated entries, JSON lines")
    parser.add_argument("--model", required=True, help="as `charlie model list` shows it")
    parser.add_argument("--reflection-model", help="writes the instructions (GEPA)")
    parser.add_argument("--method", type=Method, default=Method.GEPA, choices=list(Method))
    default = Budget()
    parser.add_argument("--train", type=int, default=default.train, help="entries")
    parser.add_argument("--choose", type=int, default=default.choose, help="entries")
    parser.add_argument("--held-out", type=int, default=default.held_out, help="entries")
    parser.add_argument("--calls", type=int, default=default.calls, help="answers (GEPA)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=locations.prompts_dir() / OPTIMIZED_FILE)
    return parser


def _example(entry: GoldEntry, types: Collection[EntityType]) -> Any:
    """Return an entry as DSPy's example: its text, and the answer that is wanted."""
    wanted: dict[str, list[str]] = {field: [] for field in _FIELDS.values()}
    for start, end, type_ in sorted(entry.places):
        name = entry.text[start:end]
        if type_ in types and name not in wanted[_FIELDS[type_]]:
            wanted[_FIELDS[type_]].append(name)
    example = dspy.Example(entry=entry.text, names=Names(**wanted), gold=entry, types=types)
    return example.with_inputs("entry")


def _score(example: Any, prediction: Any, _trace: object = None) -> float:
    """F1 of one answer; 1 for nothing where there is nothing."""
    result = _compared(example, prediction)
    nothing = not result.overall.found and not result.overall.wanted
    return 1.0 if nothing else result.overall.f1


def _feedback(
    example: Any,
    prediction: Any,
    _trace: object = None,
    _pred_name: str | None = None,
    _pred_trace: object = None,
) -> Any:
    """Return the score, and in words what was missed and what was wrong."""
    gold: GoldEntry = example.gold
    found = {
        (span.start, span.end, span.type)
        for span in _spans(prediction.names, gold.text)
        if span.type in example.types
    }
    wanted = {place for place in gold.places if place[2] in example.types}
    words = [
        f"{what} {field}: {names}"
        for what, places in (("Missed", wanted - found), ("Wrong under", found - wanted))
        for field, type_ in TYPES.items()
        if (names := _quoted(gold.text, places, type_))
    ]
    return dspy.Prediction(
        score=_score(example, prediction), feedback=". ".join(words) or "All names are right."
    )


def _compared(example: Any, prediction: Any) -> Evaluation:
    gold: GoldEntry = example.gold
    return evaluation.evaluate(lambda text: _spans(prediction.names, text), [gold], example.types)


def _quoted(text: str, places: Collection[Place], type_: EntityType) -> str:
    """Return the names of one type, in quotes."""
    mine = sorted((start, end) for start, end, its in places if its is type_)
    return ", ".join(f"“{text[start:end]}”" for start, end in mine)


def _spans(names: Names, text: str) -> list[Any]:
    sightings = Sightings()
    sightings.add(names.by_type())
    return locate(text, sightings.types())


def _log_progress(done: int, total: int) -> None:
    if done == total or done % 20 == 0:
        log.info("%d of %d", done, total)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
