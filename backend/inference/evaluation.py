"""How well a model extracts: precision, recall and F1 against annotated texts.

Gold data is JSON lines, `{"text", "entities": [{"start", "end", "type"}], "ignore": [{"start",
"end"}]}`, offsets in code points; `ignore` may be missing. A found span counts if its place and
type are the annotated ones exactly. What touches an ignored place counts neither way, nor do
types that the data does not annotate.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from backend.errors import NotFoundError, UsageError
from backend.records import EntityType, Span

Place = tuple[int, int, EntityType]


@dataclass(frozen=True, slots=True)
class GoldEntry:
    """A text and what is to be found in it; `ignored` places count neither way."""

    text: str
    places: frozenset[Place]
    ignored: tuple[tuple[int, int], ...] = ()
    document: str = ""


@dataclass(slots=True)
class Score:
    """Counts of what was right, found, and to be found."""

    right: int = 0
    found: int = 0
    wanted: int = 0

    @property
    def precision(self) -> float:
        """The share of what was found that is right; 0 where nothing was found."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """The share of what is there that was found; 0 where nothing is there."""
        return self.right / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        total = self.found + self.wanted
        return 2 * self.right / total if total else 0.0


@dataclass(slots=True)
class Evaluation:
    """The scores of a model on a set of entries, and the seconds it took to extract them."""

    types: dict[EntityType, Score]
    overall: Score = field(default_factory=Score)
    entries: int = 0
    seconds: float = 0.0

    def add(self, gold: GoldEntry, spans: Iterable[Span]) -> None:
        """Compare what was found in one entry."""
        found = {
            (span.start, span.end, span.type)
            for span in spans
            if not any(span.start < end and start < span.end for start, end in gold.ignored)
        }
        for type_, score in self.types.items():
            ours = {place for place in found if place[2] is type_}
            theirs = {place for place in gold.places if place[2] is type_}
            for tally in (score, self.overall):
                tally.right += len(ours & theirs)
                tally.found += len(ours)
                tally.wanted += len(theirs)
        self.entries += 1


def evaluate(
    extract: Callable[[str], Iterable[Span]],
    gold: Sequence[GoldEntry],
    types: Collection[EntityType],
    progress: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Score what a model finds in annotated texts.

    Args:
        extract: returns the mentions in a text.
        gold: the texts, with what is to be found.
        types: those that count.
        progress: called with entries done and those in all.
    """
    evaluation = Evaluation({type_: Score() for type_ in EntityType if type_ in types})
    for entry in gold:
        begin = time.perf_counter()
        spans = list(extract(entry.text))
        evaluation.seconds += time.perf_counter() - begin
        evaluation.add(entry, spans)
        if progress:
            progress(evaluation.entries, len(gold))
    return evaluation


def annotated_types(gold: Iterable[GoldEntry]) -> frozenset[EntityType]:
    """Return the types that occur; the others are taken for not annotated, not for absent."""
    return frozenset(type_ for entry in gold for *_, type_ in entry.places)


def read_gold(path: Path) -> list[GoldEntry]:
    """Return the entries of a file.

    Raises:
        NotFoundError: the file cannot be read.
        UsageError: a line is not of the format; the message names it.
    """
    try:
        with path.open(encoding="utf-8") as lines:
            entries = list(_entries(path, lines))
    except OSError as error:
        raise NotFoundError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not valid UTF-8.") from error
    if not entries:
        raise UsageError(f"{path} holds no entry.")
    return entries


def _entries(path: Path, lines: Iterable[str]) -> Iterator[GoldEntry]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield _entry(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(
                f"Line {number} of {path} cannot be used: {error}.",
                hint='A line is {"text": …, "entities": [{"start": 0, "end": 4, "type": '
                '"PERSON"}, …]}.',
            ) from error


def _entry(row: dict[str, object]) -> GoldEntry:
    text = row["text"]
    entities = row["entities"]
    ignored = row.get("ignore") or []
    if not isinstance(text, str) or not isinstance(entities, list) or not isinstance(ignored, list):
        raise TypeError("text, entities or ignore is of another kind")
    places = frozenset(
        (*_place(text, entity), EntityType(str(entity["type"]))) for entity in entities
    )
    spots = tuple(_place(text, spot) for spot in ignored)
    return GoldEntry(text, places, spots, str(row.get("doc", "")))


def _place(text: str, span: dict[str, object]) -> tuple[int, int]:
    start, end = span["start"], span["end"]
    if not isinstance(start, int) or not isinstance(end, int):
        raise TypeError("an offset is not a number")
    if not 0 <= start < end <= len(text):
        raise ValueError(f"{start} to {end} is no place in the text")
    return start, end
