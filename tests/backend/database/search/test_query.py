"""The language of searches: what is understood, and what is said where it is not."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend import dates
from backend.database.search.query import (
    MAX_LENGTH,
    Journal,
    Name,
    Part,
    Query,
    Tag,
    Words,
    parse,
)
from backend.errors import QueryError


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("word", [Words("word")]),
        ("two words", [Words("two"), Words("words")]),
        ('"a phrase"', [Words("a phrase")]),
        ("“typed quotes„ x", [Words("typed quotes"), Words("x")]),
        ('one"two three"four', [Words("one"), Words("two three"), Words("four")]),
        ("-not", [Words("not", is_excluded=True)]),
        ('-"not this"', [Words("not this", is_excluded=True)]),
        ("well-known", [Words("well-known")]),
        ("--double", [Words("-double", is_excluded=True)]),
        ("@sarah", [Name("sarah")]),
        ('@"Sarah Chen"', [Name("Sarah Chen")]),
        ('-@"Sarah Chen"', [Name("Sarah Chen", is_excluded=True)]),
        ("me@example.org", [Words("me@example.org")]),
        ("#work/garden", [Tag("work/garden")]),
        ("-#work", [Tag("work", is_excluded=True)]),
        ("journal:travel", [Journal("travel")]),
        ('JOURNAL:"my trips"', [Journal("my trips")]),
        ("-journal:travel", [Journal("travel", is_excluded=True)]),
        ("12:30", [Words("12:30")]),
        ("re: rent", [Words("re:"), Words("rent")]),
        ("within:2024", [Words("within:2024")]),
        ("salt & pepper - or not", [Words(w) for w in ("salt", "pepper", "or", "not")]),
        ("NEAR(a b) OR *", [Words("NEAR(a"), Words("b)"), Words("OR")]),
        ("\u3000日記\u00a0é", [Words("日記"), Words("é")]),
    ],
)
def test_parts(source: str, parts: list[Part]) -> None:
    assert parse(source) == Query(parts=parts)


@pytest.mark.parametrize(
    ("source", "first", "last"),
    [
        ("in:2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("in:2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("in:2024-12", date(2024, 12, 1), date(2024, 12, 31)),
        ("in:2024-5-7", date(2024, 5, 7), date(2024, 5, 7)),
        ('IN:"2024"', date(2024, 1, 1), date(2024, 12, 31)),
        ("from:2024-05", date(2024, 5, 1), None),
        ("to:2024-05", None, date(2024, 5, 31)),
        ("from:2023 to:2024-01-02", date(2023, 1, 1), date(2024, 1, 2)),
        ("in:2024 from:2024-06", date(2024, 6, 1), date(2024, 12, 31)),
        ("in:9999", date(9999, 1, 1), date(9999, 12, 31)),
        ("to:0001", None, date(1, 12, 31)),
    ],
)
def test_days(source: str, first: date | None, last: date | None) -> None:
    assert parse(source) == Query(first=first, last=last)


def test_relative_days_are_the_writers() -> None:
    today = dates.local_date(dates.now(), dates.local_zone())
    assert parse("in:today") in (
        Query(first=today, last=today),
        Query(first=today + timedelta(days=1), last=today + timedelta(days=1)),
    )
    assert parse("from:Yesterday").first in (today - timedelta(days=1), today)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "nothing to search"),
        (" \t ", "nothing to search"),
        ("… :) 🎂", "nothing to search"),
        ("@ # -", "nothing to search"),
        ('say "hello', "character 5"),
        ('@"Sarah', "character 2"),
        ("a in:", "character 3"),
        ("in:soon", "“soon” at character 1"),
        ("in:2024-13", "not a day"),
        ("in:2024-02-30", "not a day"),
        ("in:0000", "not a day"),
        ("in:24", "not a day"),
        ("in:²⁰²⁴", "not a day"),
        ("x journal:", "character 3"),
        ("journal:🎂", "names nothing"),
        ("-in:2024", "cannot be excluded"),
        ("from:2024 to:2023", "No day is both"),
        ("x" * (MAX_LENGTH + 1), f"{MAX_LENGTH:,}"),
        ("a\udcff", "UTF-8"),
    ],
)
def test_what_is_not_understood_is_told_with_its_place(source: str, message: str) -> None:
    with pytest.raises(QueryError, match=message) as caught:
        parse(source)
    assert caught.value.hint
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ("lunch in:soon 🎂", "in:soon"),
        ('🎂 -@"Sarah', '"Sarah'),
        ("a  in: b", "in:"),
        ('x from:"next week" y', 'from:"next week"'),
        ("x -in:2024", "-in:2024"),
        ("from:2024 lunch to:2023 x", "to:2023"),
        ("in:2024-13", "in:2024-13"),
    ],
)
def test_the_part_that_is_not_understood_is_pointed_at(source: str, wrong: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(source)
    error = caught.value
    assert error.query == source
    assert error.start is not None
    assert source[error.start : error.start + error.length] == wrong


@pytest.mark.parametrize("source", ["", "x" * (MAX_LENGTH + 1)])
def test_a_query_that_is_wrong_as_a_whole_points_at_nothing(source: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(source)
    assert (caught.value.start, caught.value.length) == (None, 0)


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("", []),
        ("wor", [Words("wor", is_prefix=True)]),
        ("two wor", [Words("two"), Words("wor", is_prefix=True)]),
        ("done ", [Words("done")]),
        ('"a phr', [Words("a phr", is_prefix=True)]),
        ('"a phrase"', [Words("a phrase")]),
        ("@", []),
        ("word @sa", [Words("word"), Name("sa", is_prefix=True)]),
        ('@"Sarah Ch', [Name("Sarah Ch", is_prefix=True)]),
        ("#wo", [Tag("wo", is_prefix=True)]),
        ("word in:20", [Words("word")]),
        ("word in:", [Words("word")]),
        ("word -in:", [Words("word")]),
        ("journal:", []),
        ("-", []),
        ("-no", [Words("no", is_excluded=True, is_prefix=True)]),
    ],
)
def test_while_typing_the_last_part_may_be_unfinished(source: str, parts: list[Part]) -> None:
    assert parse(source, as_typed=True) == Query(parts=parts)


def test_while_typing_it_is_said_what_the_last_part_lacks() -> None:
    unfinished = parse("word in:20", as_typed=True).unfinished
    assert unfinished is not None
    assert (unfinished.start, unfinished.length) == (5, 5)
    assert parse("word in:2024", as_typed=True).unfinished is None


def test_while_typing_only_the_last_part_may_be_unfinished() -> None:
    with pytest.raises(QueryError, match="character 1"):
        parse("in:20 word", as_typed=True)


@given(st.text(max_size=60), st.booleans())
def test_any_text_is_understood_or_refused(source: str, as_typed: bool) -> None:
    with suppress(QueryError):
        query = parse(source, as_typed=as_typed)
        assert as_typed or not query.is_empty()


WORDS = st.text(alphabet="abcdefgé日1", min_size=1, max_size=8)


@given(st.lists(st.tuples(st.sampled_from(["", "@", "#"]), WORDS, st.booleans()), min_size=1))
def test_parts_written_down_are_parts_understood(given_parts: list[tuple[str, str, bool]]) -> None:
    kinds: dict[str, type[Part]] = {"": Words, "@": Name, "#": Tag}
    source = " ".join(f"{'-' * excluded}{mark}{word}" for mark, word, excluded in given_parts)
    if len(source) <= MAX_LENGTH:
        expected = [kinds[mark](word, excluded) for mark, word, excluded in given_parts]
        assert parse(source).parts == expected
