"""Markdown as it is shown, and the way back to what was written."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from frontend.tui.text.markdown import render
from frontend.tui.text.rendered_text import (
    CODE,
    EMPHASIS,
    LINK,
    QUIET,
    STRONG,
    STRUCK,
    ShownText,
    as_written,
    lay_out,
)
from frontend.tui.text.wrapping import expand_tabs

# What may be markup, and what is shown for it. All else is the writer's words.
MARKUP = frozenset("#*_`~[]()<>\\!-+=•│─ \t\n")

pieces = st.sampled_from(
    [
        *"#*_`~[]()<>\\!-+=> \n\t",
        *("**", "***", "__", "```", "~~", "    ", "\n\n", "- ", "1. ", "> ", "# ", "---", "- [ ] "),
        *(
            "](",
            "](x)",
            "http://a.b",
            "<a:b>",
            "a",
            "Anna",
            "snake_case",
            "é",
            "e\u0301",
            "日本",
            "🙂",
        ),
        *("👩\u200d👩", "\u00a0", "7", "x", ".", "\u200d", "مرحبا"),
    ]
)
texts = st.lists(pieces, max_size=40).map("".join)


def words(text: str) -> str:
    return "".join(c for c in text if c not in MARKUP)


def lines(text: str, width: int = 40) -> list[str]:
    layout = lay_out(render(text), width)
    return [
        layout.prefix(i) + layout.shown.text[layout.starts[i] : layout.ends[i]]
        for i in range(len(layout))
    ]


def styled(text: str) -> list[tuple[str, int]]:
    shown = render(text)
    runs = shown.format_runs(0, len(shown.text))
    return [(shown.text[start:end], style) for start, end, style in runs if style]


@given(texts)
@example("`` ` ``")
@example('[a](b "c")')
@example("```\n- [x] *a*\n")
@example("-\n1.\n- [ ]")
def test_no_word_is_lost_or_moved(text: str) -> None:
    assert words(render(text).text) == words(text)


@given(texts)
def test_what_is_shown_is_found_again_in_what_was_written(text: str) -> None:
    shown = render(text)
    places = [shown.to_written(i) for i in range(len(shown.text))]

    assert places == sorted(set(places))
    for i, place in enumerate(places):
        assert shown.text[i] == text[place] or shown.text[i] in "• \n"
        assert shown.to_shown(place) == i
    assert shown.to_shown(len(text)) == len(shown.text)
    for place, character in enumerate(text):
        assert character in MARKUP or shown.text[shown.to_shown(place)] == character


@given(texts, st.integers(1, 30))
@example("- " * 12 + "deep", 8)
@example("> > > > > > x", 5)
def test_lines_hold_all_of_it_and_none_is_too_wide(text: str, width: int) -> None:
    layout = lay_out(render(text), width)
    kept = ""
    for i in range(len(layout)):
        line = layout.shown.text[layout.starts[i] : layout.ends[i]]
        kept += line
        room = width - cell_len(layout.prefix(i))
        assert cell_len(expand_tabs(line, 0)) <= max(room, 1) or is_one_character(line)
    assert words(kept) == words(text)


def is_one_character(line: str) -> bool:
    """A tab or a wide character may be wider than a very narrow view."""
    visible = [c for c in line if cell_len(c) or c == "\t"]
    return len(visible) <= 1 or "\u200d" in line


@given(texts)
def test_what_is_written_is_shown_as_it_is_on_request(text: str) -> None:
    shown: ShownText = as_written(text)

    assert shown.text == text
    assert [shown.to_written(i) for i in range(len(text))] == list(range(len(text)))
    assert [shown.to_shown(i) for i in range(len(text) + 1)] == list(range(len(text) + 1))


@given(texts, st.integers(1, 20))
def test_a_cell_is_where_its_character_is_painted(text: str, width: int) -> None:
    layout = lay_out(render(text), width)
    for i in range(len(layout)):
        start, end = layout.starts[i], layout.ends[i]
        cells = cell_len(layout.prefix(i)) + cell_len(expand_tabs(layout.shown.text[start:end], 0))
        offsets = [layout.offset_at(i, cell) for cell in range(cells + 1)]
        assert offsets[-1] is None
        found = [offset for offset in offsets if offset is not None]
        assert found == sorted(found)
        assert all(start <= offset < end for offset in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*one* and _two_", [("one", EMPHASIS), ("two", EMPHASIS)]),
        ("**one** and __two__", [("one", STRONG), ("two", STRONG)]),
        ("***both***", [("both", STRONG | EMPHASIS)]),
        ("**a *b* c**", [("a ", STRONG), ("b", STRONG | EMPHASIS), (" c", STRONG)]),
        ("over **two\nlines** here", [("two", STRONG), ("lines", STRONG)]),
        ("~~gone~~ ~not~", [("gone", STRUCK)]),
        ("a `*b*` c", [("*b*", CODE)]),
        ("`` a`b ``", [("a`b", CODE)]),
        ("[a *b*](c)", [("a ", LINK), ("b", LINK | EMPHASIS), ("(c)", QUIET)]),
        ("![alt](pic.png)", [("alt", LINK), ("(pic.png)", QUIET)]),
        ("see https://a.b/c_d_e.", [("https://a.b/c_d_e", LINK)]),
        ("(https://a.b)", [("https://a.b", LINK)]),
        ("<https://a.b> <x@y.org>", [("https://a.b", LINK), ("x@y.org", LINK)]),
        ("snake_case_name 2*3*4 5 * 6 * 7", [("3", EMPHASIS)]),
        ("\\*no\\* **no\n\nno** `no [no](", []),
        ("*日本*語 **é**", [("日本", EMPHASIS), ("é", STRONG)]),
    ],
)
def test_letters_get_the_style_that_their_marks_ask_for(
    text: str, expected: list[tuple[str, int]]
) -> None:
    assert styled(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# One #\n## Two", ["One", "Two"]),
        ("Title\n=====\nText", ["Title", "Text"]),
        ("#tag is none", ["#tag is none"]),
        ("a\n\n---\nb", ["a", "", "─" * 20, "b"]),
        ("- one two three four five\n- six", ["• one two three four", "  five", "• six"]),
        ("- a\n  - b\n    - c\n- d", ["• a", "  • b", "    • c", "• d"]),
        ("9. one two three four\n10. five", ["9. one two three", "   four", "10. five"]),
        ("- [ ] to do\n* [x] done", ["• [ ] to do", "• [x] done"]),
        ("> one two three four five", ["│ one two three four", "│ five"]),
        ("> > deep\n> - item", ["│ │ deep", "│ • item"]),
        ("```\n*a*\n  b\n```\nc", ["*a*", "  b", "c"]),
        ("```python\nx\n```", ["python", "x"]),
        ("~~~\nnever closed", ["never closed"]),
        ("- a\n\n  still a\n\nnot a", ["• a", "", "  still a", "", "not a"]),
        ("It was\n1987. A good year", ["It was", "1987. A good year"]),
        ("[a](b)", ["a (b)"]),
        ("[no link] [neither](", ["[no link] [neither]("]),
        ("a | b\n--- | ---", ["a | b", "--- | ---"]),
        ("", [""]),
        ("\n", ["", ""]),
    ],
)
def test_blocks_are_shown_without_their_marks(text: str, expected: list[str]) -> None:
    assert lines(text, 20) == expected


@pytest.mark.parametrize(
    "piece",
    ["*a ", "**", "[", "](", "`a``", "[a](  ", "<a:", "_a_", "> ", "- ", '[a](b "', ")", "*a_ "],
)
def test_a_long_line_of_broken_markup_takes_no_longer_than_others(piece: str) -> None:
    text = "http://" + piece * (200_000 // len(piece))

    assert words(render(text).text) == words(text)
    assert words(render(piece * (200_000 // len(piece))).text)[:1] == words(piece)[:1]
