"""Text in lines, and marks on it."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from frontend.tui.text.wrapping import Mark, Marks, expand_tabs, fit, wrap

alphabet = st.sampled_from("ab e\t\n\n-日本、。🙂é\u0301\u200d\ufe0f👨👩❤ـسل\u00a0“…")
texts = st.text(alphabet, max_size=120)
widths = st.integers(1, 20)


def lines(text: str, width: int) -> list[str]:
    layout = wrap(text, width)
    return [text[s:e] for s, e in zip(layout.starts, layout.ends, strict=True)]


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("", 10, [""]),
        ("one two three", 7, ["one two", "three"]),
        ("one two three", 6, ["one", "two", "three"]),
        ("one  two", 3, ["one", "two"]),
        ("one\n\ntwo\n", 10, ["one", "", "two", ""]),
        ("extraordinarily", 5, ["extra", "ordin", "arily"]),
        ("   indented text", 9, ["   indent", "ed text"]),
        ("日本語の文章です", 6, ["日本語", "の文章", "です"]),
        ("これは本。", 8, ["これは", "本。"]),
        ("a\tb", 8, ["a\tb"]),
        ("word 🙂🙂 word", 7, ["word 🙂", "🙂 word"]),
    ],
)
def test_lines_break_where_a_reader_would(text: str, width: int, expected: list[str]) -> None:
    assert lines(text, width) == expected


@given(texts, widths)
@example("日\t日", 3)
@example("\t", 1)
@example("🙂", 1)
def test_nothing_but_white_space_is_lost_and_nothing_is_too_wide(text: str, width: int) -> None:
    layout = wrap(text, width)

    kept: set[int] = set()
    before = 0
    for start, end in zip(layout.starts, layout.ends, strict=True):
        assert before <= start <= end <= len(text)
        before = end
        kept.update(range(start, end))
        line = text[start:end]
        assert "\n" not in line
        assert cell_len(expand_tabs(line, 0)) <= width or _is_one_character(line)
    assert all(text[i] in " \n" for i in range(len(text)) if i not in kept)


def _is_one_character(line: str) -> bool:
    """A tab or a wide character may be wider than a very narrow view."""
    visible = [c for c in line if cell_len(c) or c == "\t"]
    return len(visible) <= 1 or "\u200d" in line or "\ufe0f" in line


@given(texts, widths, st.integers(0, 130))
def test_the_line_of_an_offset_begins_at_or_before_it(text: str, width: int, at: int) -> None:
    layout = wrap(text, width)
    line = layout.line_of(at)

    assert line == 0 or layout.starts[line] <= at
    assert line == len(layout) - 1 or layout.starts[line + 1] > at


@given(st.text(st.sampled_from("ab \n日"), min_size=50, max_size=400), widths)
def test_the_beginning_of_a_long_text_is_laid_out_as_the_whole_is(text: str, width: int) -> None:
    part, whole = wrap(text, width, stop=20), wrap(text, width)

    assert list(part.starts) == list(whole.starts)[: len(part)]
    assert list(part.ends) == list(whole.ends)[: len(part)]
    assert len(part) <= len(whole)


def test_text_that_is_not_measured_has_one_cell_a_character() -> None:
    narrow = [chr(i) for i in range(0x20, 0x2600) if wrap(chr(i) * 2, 2).ends[0] == 2]

    wide = [c for c in narrow if cell_len(c) > 1]
    assert not wide


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("short", 10, "short"),
        ("exactly", 7, "exactly"),
        ("rather long", 7, "rather…"),
        ("日本語の", 5, "日本…"),
        ("日本語の", 6, "日本…"),
        ("anything", 0, ""),
    ],
)
def test_text_is_fitted_with_an_ellipsis(text: str, width: int, expected: str) -> None:
    assert fit(text, width) == expected


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [("a\tb", 0, "a   b"), ("\t", 3, " "), ("日\tb", 0, "日  b"), ("plain", 2, "plain")],
)
def test_tabs_reach_the_next_stop(text: str, column: int, expected: str) -> None:
    assert expand_tabs(text, column) == expected


def test_an_inner_mark_wins_over_the_one_around_it() -> None:
    marks = Marks([Mark(0, 10, "outer"), Mark(3, 5, "inner")])

    assert marks.runs(0, 12) == [
        (0, 3, "outer"),
        (3, 5, "inner"),
        (5, 10, "outer"),
        (10, 12, None),
    ]


def test_marks_that_touch_stay_two_runs_if_their_styles_differ() -> None:
    marks = Marks([Mark(0, 3, "a"), Mark(3, 6, "b"), Mark(6, 9, "b")])

    assert marks.runs(0, 9) == [(0, 3, "a"), (3, 9, "b")]


def test_a_mark_that_began_lines_before_is_still_seen() -> None:
    marks = Marks([Mark(0, 100, "long"), *(Mark(i, i + 1, "dot") for i in range(1, 50))])

    assert marks.runs(80, 90) == [(80, 90, "long")]


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.sampled_from("xyz"))),
    st.integers(0, 30),
    st.integers(0, 30),
)
def test_runs_cover_a_range_without_gaps(
    raw: list[tuple[int, int, str]], start: int, end: int
) -> None:
    marks = [Mark(*each) for each in raw]
    runs = Marks(marks).runs(start, end)

    assert [i for left, right, _ in runs for i in range(left, right)] == list(range(start, end))
    for left, right, style in runs:
        for i in range(left, right):
            covering = [m for m in marks if m.start <= i < m.end]
            assert (style is None) == (not covering)
            assert style is None or style in {m.style for m in covering}


@pytest.mark.parametrize("character", ["\u200b", "\u0301", "\u200d"])
def test_characters_without_a_width_do_not_make_a_line_without_an_end(character: str) -> None:
    text = "begin " + character * 20_000 + " end"
    layout = wrap(text, 40)
    lengths = [end - start for start, end in zip(layout.starts, layout.ends, strict=True)]
    assert max(lengths) < 2_000
    assert sum(lengths) >= 20_000
