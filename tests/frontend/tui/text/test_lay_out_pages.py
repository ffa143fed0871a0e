"""The text of an entry in lines: its names, and what is pointed at."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from backend.records import EntityType, Entry, Mention
from frontend.tui.text.entry_view import prepare
from frontend.tui.text.page import Page, make_page, merge_runs

TYPES = list(EntityType)
pieces = st.sampled_from(
    [*"*_`[]() \n\t", "**", "Anna", "Norte", "é", "e\u0301", "日本", "🙂", "a"]
)
texts = st.lists(pieces, min_size=1, max_size=30).map("".join)
spans = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12), st.sampled_from(TYPES)))


def entry(text: str, found: list[tuple[int, int, EntityType]]) -> Entry:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    mentions = tuple(
        Mention("x", start, end, text[start:end], 1.0, i, text[start:end], kind)
        for i, (start, end, kind) in enumerate(found)
    )
    return Entry(
        *("x", "default", "", now, "UTC", now.date(), 1, 1, text[:50], True),
        text=text,
        mentions=mentions,
    )


def lay_out(
    text: str, found: list[tuple[int, int, EntityType]], *, width: int = 20, is_source: bool = False
) -> Page:
    return make_page(prepare(entry(text, found)), width, is_source=is_source, is_whole=True)


@given(texts, spans, st.booleans())
def test_every_letter_of_a_name_is_marked_and_no_other(
    text: str, raw: list[tuple[int, int, EntityType]], is_source: bool
) -> None:
    found = [(s, min(s + n, len(text)), kind) for s, n, kind in raw if s < len(text)]
    page = lay_out(text, found, is_source=is_source)
    shown = page.layout.shown

    for line in range(len(page)):
        start, end = page.layout.starts[line], page.layout.ends[line]
        for first, last, style in page.names.runs(start, end):
            for at in range(first, last):
                written = shown.to_written(at)
                covering = {k.value.lower() for s, e, k in found if s <= written < e}
                assert (style is None) == (not covering)
                assert style is None or style in covering


def test_where_names_overlap_the_inner_one_is_pointed_at_or_the_chosen_one() -> None:
    page = lay_out(
        "**Anna Norte** x",
        [(2, 6, EntityType.PERSON), (2, 12, EntityType.ORGANIZATION), (7, 12, EntityType.PLACE)],
    )
    names = [mention.text for mention in page.entry_view.mentions]

    assert names == ["Anna Norte", "Anna", "Norte"]
    assert [page.mention_at(0, cell) for cell in (0, 4, 5, 9, 10, 30)] == [1, 0, 2, 2, None, None]
    assert page.mention_at(0, 0, 0) == 0
    assert page.mention_at(0, 0, 2) == 1


def test_offsets_and_lines_lead_to_each_other() -> None:
    text = "# Head\n\none **two** three\n\n> four"
    page = lay_out(text, [], width=8)

    for word in ("Head", "one", "two", "three", "four"):
        line = page.line_of(text.index(word))
        shown = page.layout.shown.text[page.layout.starts[line] : page.layout.ends[line]]
        assert word in shown
        assert page.offset_of(line) <= text.index(word)
    assert page.offset_of(-5) == page.offset_of(0)
    assert page.offset_of(99) == text.index("four")


def test_a_long_text_is_begun_with_its_beginning() -> None:
    text = "A line of some words.\n" * 5_000 + "the end"
    reading = prepare(entry(text, [(len(text) - 3, len(text), EntityType.PLACE)]))
    first = make_page(reading, 40, is_source=False, is_whole=False)
    whole = make_page(reading, 40, is_source=False, is_whole=True)

    assert not first.is_whole
    assert len(first) < 1_500 < len(whole)
    assert list(first.layout.starts) == list(whole.layout.starts)[: len(first)]
    assert not first.holds(len(text) - 3)
    assert whole.holds(len(text) - 3)
    assert len(first.names) == 0
    assert len(whole.names) == 1


def test_runs_are_cut_wherever_one_of_them_changes() -> None:
    letters = [(0, 4, 1), (4, 9, 0)]
    names = [(0, 2, None), (2, 6, "place"), (6, 9, None)]

    assert merge_runs(letters, names, [(0, 9, None)]) == [
        (0, 2, 1, (None, None)),
        (2, 4, 1, ("place", None)),
        (4, 6, 0, ("place", None)),
        (6, 9, 0, (None, None)),
    ]
    assert merge_runs([], [], []) == []
