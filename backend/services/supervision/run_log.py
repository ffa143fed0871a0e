"""How extraction went: the last runs, sums by model and route, the worker's deaths, its log.

Kept in Redis, which may lose it: it is there to look at, and nothing depends on it. A run names
its entry and holds no word of it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, TypeVar

from backend import locations
from backend.database.redis import run_records

T = TypeVar("T")

# Bytes of the log's end that are looked at, for a line: most have fewer.
_BYTES_A_LINE = 400


class RouteTaken(StrEnum):
    """Why a model extracted an entry."""

    CHOSEN = "chosen"
    FALLBACK = "fallback"  # in place of the chosen one
    REEXTRACTED = "re-read"  # the entry had been extracted before, by another model or the same


class Ending(StrEnum):
    """How a run ended."""

    EXTRACTED = "read"
    REUSED = "reused"  # the same model had extracted the same text before
    SUPERSEDED = "superseded"  # saved again or deleted meanwhile
    STOPPED = "stopped"  # by the user, or because the worker left
    PUT_OFF = "put off"  # nothing could be extracted then
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Run:
    """One attempt to extract an entry.

    `model` is the name of the model, "" if none was chosen yet; `at` is when it ended, in
    seconds since the epoch; `seconds` how long it took, the loading of a model included; `words`
    counts those of the entry; `error` is the sentence of a run that failed or was put off.
    """

    uuid: str
    ending: Ending
    model: str = ""
    route: RouteTaken = RouteTaken.CHOSEN
    at: float = 0.0
    seconds: float = 0.0
    words: int = 0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Death:
    """The worker died, `at` seconds since the epoch; `reason` is a sentence if it gave one."""

    at: float
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ModelFigures:
    """What a model has extracted: entries by each route, in how many seconds and words.

    `reused` counts the texts that it had extracted before and was not given again.
    """

    model: str
    chosen: int = 0
    fallback: int = 0
    reread: int = 0
    reused: int = 0
    seconds: float = 0.0
    words: int = 0

    @property
    def read(self) -> int:
        """How many entries were extracted, by any route."""
        return self.chosen + self.fallback + self.reread

    @property
    def mean_seconds(self) -> float | None:
        """Seconds per entry; None before the first."""
        return self.seconds / self.read if self.read else None

    @property
    def words_a_second(self) -> float | None:
        """Words per second; None before the first."""
        return self.words / self.seconds if self.seconds else None


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums over all runs that Redis remembers. `endings` counts them by how they ended."""

    models: tuple[ModelFigures, ...]
    endings: Mapping[Ending, int]


#: The figures before the first extraction.
NOTHING_EXTRACTED = Figures((), dict.fromkeys(Ending, 0))


def record_run(run: Run) -> None:
    """Keep a run.

    Raises:
        RedisUnavailableError: Redis cannot be reached or written.
    """
    sums: dict[str, float] = {f"ending:{run.ending}": 1}
    if run.ending is Ending.EXTRACTED:
        sums |= {
            f"{run.route}:{run.model}": 1,
            f"seconds:{run.model}": run.seconds,
            f"words:{run.model}": run.words,
        }
    elif run.ending is Ending.REUSED:
        sums[f"{run.ending}:{run.model}"] = 1
    run_records.add_run(asdict(run), sums)


def record_death(reason: str | None) -> None:
    """Keep that the worker died just now.

    Args:
        reason: a sentence, if it gave one.

    Raises:
        RedisUnavailableError: Redis cannot be reached or written.
    """
    run_records.add_death(asdict(Death(time.time(), reason)))


def list_runs(limit: int = run_records.MOST_RUNS) -> list[Run]:
    """Return the last runs, the newest first.

    Raises:
        RedisUnavailableError: Redis cannot be started or reached.
    """
    decoded = (_decode_run(record) for record in run_records.list_runs(limit))
    return [run for run in decoded if run is not None]


def list_deaths() -> list[Death]:
    """Return when and why the worker died, the last time first.

    Raises:
        RedisUnavailableError: Redis cannot be started or reached.
    """
    decoded = (_build(Death, record) for record in run_records.list_deaths())
    return [death for death in decoded if death is not None]


def load_figures() -> Figures:
    """Return the sums over all runs; the models with most entries first.

    Raises:
        RedisUnavailableError: Redis cannot be started or reached.
    """
    by_model: dict[str, dict[str, float]] = {}
    endings = dict.fromkeys(Ending, 0)
    for name, number in run_records.load_sums().items():
        about, _, rest = name.partition(":")
        if about == "ending" and rest in set(Ending):
            endings[Ending(rest)] = int(number)
        elif about in _FIELDS:
            by_model.setdefault(rest, {})[_FIELDS[about]] = number
    models = [
        ModelFigures(
            model,
            **{name: number if name == "seconds" else int(number) for name, number in sums.items()},  # type: ignore[arg-type] # seconds alone are a float
        )
        for model, sums in by_model.items()
    ]
    models.sort(key=lambda figures: (-figures.read, figures.model))
    return Figures(tuple(models), endings)


def log_tail(lines: int) -> list[str]:
    """Return the last lines of the worker's log, not sanitised; none if there is no log.

    Raises:
        StorageError: the folder of the logs cannot be used.
    """
    try:
        with locations.log_path("worker").open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(file.tell() - lines * _BYTES_A_LINE, 0))
            is_cut = file.tell() > 0
            found = file.read().decode(errors="replace").splitlines()
    except OSError:
        return []
    # The first one may have lost its beginning.
    return found[is_cut:][-lines:]


# The sums of a model, and the fields of `ModelFigures` that they become.
_FIELDS = {
    RouteTaken.CHOSEN: "chosen",
    RouteTaken.FALLBACK: "fallback",
    RouteTaken.REEXTRACTED: "reread",
    Ending.REUSED: "reused",
    "seconds": "seconds",
    "words": "words",
}


def _decode_run(record: Mapping[str, Any]) -> Run | None:
    try:
        kinds = {
            "ending": Ending(record["ending"]),
            "route": RouteTaken(record.get("route", RouteTaken.CHOSEN)),
        }
    except (KeyError, ValueError):
        return None
    return _build(Run, {**record, **kinds})


def _build(kind: type[T], record: Mapping[str, Any]) -> T | None:
    """Return a dataclass of what was kept; None where a field is missing."""
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type] # a dataclass
    try:
        return kind(**{name: value for name, value in record.items() if name in known})
    except TypeError:
        return None
