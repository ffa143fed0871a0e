"""Annotation by hand turns into text and spans."""

from pathlib import Path

import pytest

from training.markup import MarkupError, parse, read_markup


def test_takes_marks_out_of_the_text() -> None:
    text, spans = parse("Tea with [[Ana|PERSON]]'s 🐶 in [[São Paulo|PLACE]].")
    assert text == "Tea with Ana's 🐶 in São Paulo."
    assert [(text[start:end], kind) for start, end, kind in spans] == [
        ("Ana", "PERSON"),
        ("São Paulo", "PLACE"),
    ]


@pytest.mark.parametrize(
    "marked",
    ["[[Ana|PERSON]", "[[Ana|ANIMAL]]", "[[Ana |PERSON]]", "[[Ana|PERSON", "[[the [[Ana|PERSON]]"],
)
def test_refuses_marks_it_cannot_read(marked: str) -> None:
    with pytest.raises(MarkupError):
        parse(marked)


def test_reads_writers_and_entries(tmp_path: Path) -> None:
    path = tmp_path / "journal_x.txt"
    path.write_text("=== a\none\n\ntwo\n---\nthree\n=== b\n[[Ana|PERSON]]\n---\n", "utf-8")
    assert [(writer, text) for writer, text, _ in read_markup(path)] == [
        ("a", "one\n\ntwo"),
        ("a", "three"),
        ("b", "Ana"),
    ]


def test_every_journal_of_ours_can_be_read() -> None:
    folder = Path(__file__).parents[2] / "training" / "journals"
    for path in folder.glob("*.txt"):
        assert read_markup(path)
