"""F1 counts what the model card says it counts."""

from training.corpus import Document, Mention, split_by_writer
from training.scoring import Score, merge

TYPES = ("PERSON", "PLACE")


def document(*mentions: Mention, ignored: tuple[tuple[int, int], ...] = ()) -> Document:
    return Document("x" * 50, mentions, "writer", "journal_x", ignored)


def test_counts_exact_and_overlapping_mentions() -> None:
    score = Score()
    score.add(
        document(Mention(0, 5, "PERSON"), Mention(10, 15, "PLACE")),
        [Mention(0, 5, "PERSON"), Mention(12, 15, "PLACE"), Mention(20, 22, "PLACE")],
        TYPES,
    )
    assert score.all.f1() == 40.0
    assert score.all.f1(strict=False) == 80.0
    assert score.types["PERSON"].f1() == 100.0


def test_counts_a_mention_for_one_other_at_most() -> None:
    score = Score()
    score.add(
        document(Mention(0, 9, "PERSON")), [Mention(0, 3, "PERSON"), Mention(4, 9, "PERSON")], TYPES
    )
    assert score.all.relaxed == 1


def test_leaves_ignored_spans_and_other_types_out() -> None:
    score = Score()
    score.add(
        document(ignored=((0, 5),)), [Mention(3, 4, "PERSON"), Mention(8, 9, "ACTIVITY")], TYPES
    )
    assert score.all.found == 0


def test_splits_by_writer_so_that_no_writer_is_on_two_sides() -> None:
    journals = [
        Document("text", (), f"journal_{letter}_{number:02}", f"journal_{letter}")
        for letter, count in (("a", 11), ("b", 15))
        for number in range(1, count + 1)
        for _ in range(2)
    ]
    split = split_by_writer(journals)
    sides = [{text.writer for text in side} for side in (split.train, split.dev, split.test)]
    assert sum(map(len, sides)) == len(set().union(*sides)) == 26
    assert [len(side) for side in sides] == [18, 5, 3]


def test_merges_sets_as_if_they_were_one() -> None:
    first, second = Score(), Score()
    first.add(document(Mention(0, 5, "PERSON")), [Mention(0, 5, "PERSON")], TYPES)
    second.add(document(Mention(0, 5, "PLACE")), [], TYPES)
    merged = merge([first, second])
    assert (merged.all.strict, merged.all.true) == (1, 2)
    assert merged.types["PLACE"].f1() == 0.0
