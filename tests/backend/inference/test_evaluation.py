"""Scores of a model against annotated texts."""

import json
from pathlib import Path

import pytest

from backend.errors import NotFoundError, UsageError
from backend.inference.evaluation import (
    Evaluation,
    GoldEntry,
    Score,
    annotated_types,
    evaluate,
    read_gold,
)
from backend.records import EntityType, Span

PERSON, PLACE, ACTIVITY = EntityType.PERSON, EntityType.PLACE, EntityType.ACTIVITY
TEXT = "Anna met Ben in Oslo for chess."


def span(start: int, end: int, type_: EntityType) -> Span:
    return Span(start, end, type_, 1.0)


def score(spans: list[Span], gold: GoldEntry, types: set[EntityType]) -> Evaluation:
    return evaluate(lambda _: spans, [gold], types)


GOLD = GoldEntry(TEXT, frozenset({(0, 4, PERSON), (9, 12, PERSON), (16, 20, PLACE)}))


def test_counts_only_exact_places_and_types() -> None:
    found = [span(0, 4, PERSON), span(9, 13, PERSON), span(16, 20, PERSON)]
    result = score(found, GOLD, {PERSON, PLACE})
    assert result.types[PERSON] == Score(right=1, found=3, wanted=2)
    assert result.types[PLACE] == Score(right=0, found=0, wanted=1)
    assert result.overall == Score(right=1, found=3, wanted=3)


def test_what_is_found_twice_counts_once() -> None:
    result = score([span(0, 4, PERSON), span(0, 4, PERSON)], GOLD, {PERSON})
    assert result.overall == Score(right=1, found=1, wanted=2)


def test_types_that_are_not_asked_for_count_neither_way() -> None:
    result = score([span(25, 30, ACTIVITY), span(16, 20, PLACE)], GOLD, {PLACE})
    assert result.overall == Score(right=1, found=1, wanted=1)


def test_what_touches_an_ignored_place_counts_neither_way() -> None:
    gold = GoldEntry(TEXT, frozenset({(0, 4, PERSON)}), ignored=((8, 12),))
    result = score([span(0, 4, PERSON), span(9, 12, PERSON), span(7, 9, PERSON)], gold, {PERSON})
    assert result.overall == Score(right=1, found=1, wanted=1)


def test_precision_recall_and_f1() -> None:
    tally = Score(right=1, found=2, wanted=4)
    assert (tally.precision, tally.recall) == (0.5, 0.25)
    assert tally.f1 == pytest.approx(1 / 3)
    assert Score().precision == Score().recall == Score().f1 == 0.0


def test_tells_how_far_it_is() -> None:
    told: list[tuple[int, int]] = []
    evaluate(lambda _: [], [GOLD, GOLD], {PERSON}, lambda *state: told.append(state))
    assert told == [(1, 2), (2, 2)]


def test_reads_the_format(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    row = {
        "text": TEXT,
        "entities": [{"start": 0, "end": 4, "type": "PERSON"}],
        "doc": "writer",
        "ignore": [{"start": 9, "end": 12}],
    }
    path.write_text(json.dumps(row) + "\n\n")
    (entry,) = read_gold(path)
    assert entry == GoldEntry(TEXT, frozenset({(0, 4, PERSON)}), ((9, 12),), "writer")
    assert annotated_types([entry]) == {PERSON}


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"text": "x"}',
        '{"text": 1, "entities": []}',
        '{"text": "Anna", "entities": [{"start": 0, "end": 9, "type": "PERSON"}]}',
        '{"text": "Anna", "entities": [{"start": 2, "end": 2, "type": "PERSON"}]}',
        '{"text": "Anna", "entities": [{"start": 0, "end": 4, "type": "ROBOT"}]}',
        '{"text": "Anna", "entities": [{"start": "0", "end": 4, "type": "PERSON"}]}',
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"text": "x", "entities": []}\n' + line)
    with pytest.raises(UsageError, match="Line 2"):
        read_gold(path)


def test_no_file_and_no_entry_are_told(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        read_gold(tmp_path / "none.jsonl")
    (tmp_path / "empty.jsonl").touch()
    with pytest.raises(UsageError, match="no entry"):
        read_gold(tmp_path / "empty.jsonl")
    (tmp_path / "latin.jsonl").write_bytes(b"\xe9")
    with pytest.raises(UsageError, match="UTF-8"):
        read_gold(tmp_path / "latin.jsonl")
