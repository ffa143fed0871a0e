"""Searching: what is found, in which order, and what is shown of it."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from backend.database.journal.entries import (
    NewEntry,
    add_entries,
    add_entry,
    delete_entry,
    edit_entry,
    restore_entry,
)
from backend.database.journal.extractions import store_extraction
from backend.database.journal.listing import list_entries
from backend.database.search import search
from backend.database.search.search import find_matches, search_entries, search_page
from backend.errors import QueryError
from backend.records import EntityType, EntrySummary, SearchHit, SearchOrder, Span

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


def add(text: str, *names: str, day: int = 0, journal: str = "default", title: str = "") -> None:
    """Add an entry, `day` days after 2024-05-01, in which `names` were found as persons."""
    entry = add_entry(
        text, journal=journal, title=title, created_at=NOON + timedelta(days=day), zone="UTC"
    )
    spans = [Span(text.find(n), text.find(n) + len(n), EntityType.PERSON, 0.9) for n in names]
    assert store_extraction(entry.uuid, 1, "m", spans)


def found(query: str, *, journal: str | None = None, as_typed: bool = False) -> set[str]:
    """The first words of the entries that match."""
    hits = search_entries(query, journal=journal, as_typed=as_typed)
    return {hit.entry.preview.split()[0] for hit in hits}


@pytest.fixture
def diary() -> None:
    """A handful of entries that the queries below tell apart."""
    add("A: lunch with Sarah Chen at the café #food", "Sarah Chen", day=0)
    add("B: Sarah and Tom went running, running #sport/run", "Sarah", "Tom", day=1)
    add("C: Lunch alone. Don't forget the well-known list #food #work", day=31, journal="Work")
    add("D: TOM'S birthday; ÜBER-long lunch break, naïve", "TOM", day=300, title="Party time")


@pytest.mark.usefixtures("diary")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("lunch", "ACD"),
        ("LUNCH", "ACD"),
        ("lunch sarah", "A"),
        ('"lunch with"', "A"),
        ('"with lunch"', ""),
        ("cafe", "A"),
        ("uber naive", "D"),
        ("don't", "C"),
        ("well-known", "C"),
        ("known well", "C"),
        ("party", "D"),
        ('"party time" lunch', "D"),
        ("lun", ""),
        ("-lunch", "B"),
        ("lunch -sarah", "CD"),
        ("-lunch -running", ""),
        ("@sarah", "B"),
        ('@"sarah chen"', "A"),
        ("@SARAH", "B"),
        ("@tom", "BD"),
        ("-@tom", "AC"),
        ("@tom lunch", "D"),
        ("@tom -@sarah", "D"),
        ("@nobody", ""),
        ("-@nobody", "ABCD"),
        ("#food", "AC"),
        ("#FOOD -#work", "A"),
        ("#sport", "B"),
        ("#sport/run", "B"),
        ("#spo", ""),
        ("#run", ""),
        ("-#food", "BD"),
        ("in:2024", "ABC"),
        ("in:2024-05", "AB"),
        ("in:2024-05-01", "A"),
        ("from:2024-05-02", "BCD"),
        ("to:2024-05-02", "AB"),
        ("from:2024-05-02 to:2024-06", "BC"),
        ("in:2025 lunch", "D"),
        ("in:1999", ""),
        ("journal:work", "C"),
        ("-journal:WORK lunch", "AD"),
        ("journal:work journal:default", ""),
        ("any", ""),
        ("j1", ""),
        ("facets:any", ""),
        ("lunch OR running", ""),
        ("lunch AND sarah", ""),
        ('lunch "" sarah', "A"),
    ],
)
def test_queries_find_what_they_say(query: str, expected: str) -> None:
    assert found(query) == {f"{letter}:" for letter in expected}


@pytest.mark.usefixtures("diary")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ""),
        ("lun", "ACD"),
        ("lunch sar", "A"),
        ("sar lunch", ""),
        ("lu", ""),
        ('"lunch wi', ""),
        ('"lunch wit', "A"),
        ("@sa", "AB"),
        ("@sarah", "AB"),
        ('@"sarah c', "A"),
        ("#spo", "B"),
        ("#food -#w", "A"),
        ("journal:wor", ""),
        ("journal:work", "C"),
        ("lunch in:20", "ACD"),
        ("lunch @", "ACD"),
        ('lunch "', "ACD"),
    ],
)
def test_while_typing_the_beginning_is_enough(query: str, expected: str) -> None:
    assert found(query, as_typed=True) == {f"{letter}:" for letter in expected}


@pytest.mark.usefixtures("diary")
def test_one_journal_can_be_searched_alone() -> None:
    assert found("lunch", journal="WORK") == {"C:"}
    assert found("-lunch", journal="default") == {"B:"}
    assert found("lunch", journal="none") == set()


@pytest.mark.usefixtures("diary")
def test_a_journal_that_does_not_exist_is_named() -> None:
    with pytest.raises(QueryError, match="no journal “wrok”") as caught:
        search_entries("lunch -journal:wrok a")
    assert (caught.value.start, caught.value.length) == (6, 13)
    assert caught.value.hint == "There are: default, Work."
    with pytest.raises(QueryError, match="no journal “wrok”"):
        search_entries("journal:wrok lunch", as_typed=True)


def test_an_edit_the_trash_and_a_restore_are_followed_at_once() -> None:
    entry = add_entry("old words")
    edit_entry(entry.uuid, "new words")
    assert search_entries("old") == []
    assert len(search_entries("new")) == 1
    delete_entry(entry.uuid)
    assert search_entries("new") == search_entries("-nothing") == search_entries("in:2000") == []
    restore_entry(entry.uuid)
    assert len(search_entries("new")) == 1


def test_a_few_matches_come_by_relevance() -> None:
    filler = "and then some other things happened on that long day " * 3
    add(f"once: a garden. {filler}", day=3)
    add(f"often: garden, garden and again the garden {filler}", day=1)
    add(f"title: {filler}", title="Garden", day=0)
    add(f"none: {filler}", day=5)
    hits = search_entries("garden")
    assert [hit.entry.preview.split()[0] for hit in hits] == ["title:", "often:", "once:"]


def test_a_rare_word_says_more_than_a_common_one() -> None:
    for day in range(30):
        add(f"{day}: the walk", day=day)
    add("rare: the lighthouse lighthouse walk", day=31)
    add("common: the walk walk lighthouse", day=32)
    assert search_entries("walk lighthouse")[0].entry.preview.startswith("rare:")


def test_many_matches_come_newest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "RANKED_MATCHES", 4)
    for day in (3, 1, 4, 0, 2):
        add(f"{day} " + "word " * (day + 1), day=day)
    assert [hit.entry.preview[0] for hit in search_entries("word")] == list("43210")


def test_the_beginning_of_a_word_is_ranked_too() -> None:
    add("often: garden, gardens and gardening", day=0)
    add("once: a garden, and then some other things happened on that long day", day=1)
    page = search_page("gard", as_typed=True)
    assert [hit.entry.preview.split()[0] for hit in page.hits] == ["often:", "once:"]
    assert (page.order, page.total) == (SearchOrder.RELEVANCE, 2)


def test_of_entries_that_fit_as_well_the_newest_comes_first() -> None:
    for day in (3, 1, 4, 0, 2):
        add(f"{day} word", day=day)
    add("5 word", day=4)
    assert [hit.entry.preview[0] for hit in search_entries("word")] == list("543210")


def test_the_newest_can_be_wanted_first(monkeypatch: pytest.MonkeyPatch) -> None:
    for day in (3, 1, 4, 0, 2):
        add(f"{day} " + "word " * (5 - day), day=day)
    page = search_page("word", order=SearchOrder.NEWEST, limit=3)
    assert [hit.entry.preview[0] for hit in page.hits] == list("432")
    assert (page.order, page.total) == (SearchOrder.NEWEST, 5)
    assert [hit.entry.preview[0] for hit in search_entries("word")] == list("01234")
    monkeypatch.setattr(search, "RANKED_MATCHES", 4)
    assert search_page("word").total is None


def test_filters_alone_come_newest_first() -> None:
    for day in (3, 1, 4, 0, 2):
        add(f"{day} Tom #tag", "Tom", day=day)
    for query in ("@tom", "#tag", "in:2024", "-nothing"):
        page = search_page(query)
        assert [hit.entry.preview[0] for hit in page.hits] == list("43210")
        assert page.order is SearchOrder.NEWEST


def test_pages_together_are_all_hits() -> None:
    for day in range(25):
        add(f"n{day} Tom word " + "filler " * (day % 7), "Tom", day=day)
    for query in ("word", "@tom", "n3 -nothing", "wor"):
        whole = search_entries(query, limit=100, as_typed=query == "wor")
        pages: list[SearchHit] = []
        for offset in range(0, 30, 4):
            pages += search_entries(query, limit=4, offset=offset, as_typed=query == "wor")
        assert pages == whole
    assert search_entries("word", limit=0) == []
    assert search_entries("word", limit=-1, offset=-1) == []


def test_a_snippet_shows_the_words_highlighted() -> None:
    add("filler " * 200 + "\n\n the   Café\tat\nnight " + "filler " * 200)
    (hit,) = search_entries("cafe night")
    assert [hit.snippet[low:high] for low, high in hit.highlights] == ["Café", "night"]
    assert "the Café at night" in hit.snippet
    assert hit.snippet.startswith("…")
    assert hit.snippet.endswith("…")
    assert isinstance(hit.entry, EntrySummary)


def test_a_snippet_shows_a_name_highlighted() -> None:
    add("filler " * 200 + "\n\n with  Tom Ray\nagain " + "filler " * 200, "Tom Ray")
    (hit,) = search_entries('@"tom ray"')
    assert [hit.snippet[low:high] for low, high in hit.highlights] == ["Tom Ray"]
    assert "with Tom Ray again" in hit.snippet


def test_a_snippet_shows_a_tag_highlighted() -> None:
    add("filler " * 200 + "#tags #tag/part\n#Tag " + "filler " * 200)
    (hit,) = search_entries("#tag")
    assert [hit.snippet[low:high] for low, high in hit.highlights] == ["#tag/part", "#Tag"]


def test_without_words_names_and_tags_the_snippet_is_the_preview() -> None:
    add("first line\nsecond #tag")
    for query in ("in:2024", "-#other"):
        (hit,) = search_entries(query)
        assert (hit.snippet, hit.highlights) == ("first line second #tag", ())
        assert hit.offset is None


@pytest.mark.parametrize(
    ("query", "matches"),
    [
        ("cafe", ["Café", "cafe"]),
        ('"at the cafe" night', ["at the\n Café", "night"]),
        ('@"tom ray"', ["Tom Ray"]),
        ("#go", ["#go/out"]),
        ('#go @"tom ray" night -none', ["night", "Tom Ray", "#go/out"]),
        ("in:2024", []),
        ("nothing", []),
        ("cafe -night", []),
    ],
)
def test_matches_are_found_in_the_whole_text(query: str, matches: list[str]) -> None:
    text = "🎂 at the\n Café at night, é " + "é filler " * 9_000 + "Tom Ray #go/out #gone cafe"
    add(text, "Tom Ray", title="Cafe")
    (entry,) = list_entries()
    ranges = find_matches(entry.uuid, query)
    assert [text[start:end] for start, end in ranges] == matches
    for hit in search_entries(query):
        assert hit.offset is None or (hit.offset in [start for start, _ in ranges])
        assert (hit.offset is None) == (not matches)


def test_matches_of_what_is_still_typed_are_those_of_its_beginning() -> None:
    add("a needle and needles")
    (entry,) = list_entries()
    assert find_matches(entry.uuid, "need", as_typed=True) == ((2, 8), (13, 20))
    assert find_matches(entry.uuid, "", as_typed=True) == ()
    assert find_matches("gone", "need", as_typed=True) == ()


def test_the_offset_is_that_of_the_first_highlight() -> None:
    text = "🎂 tea. " + "é filler\n" * 5_000 + "tea with  biscuits " + "é filler " * 500
    add(text)
    (hit,) = search_entries("tea biscuits")
    assert hit.offset == text.index("tea with")


@pytest.mark.parametrize(
    "text",
    [
        "<b>word</b> <mark>word</mark> \x02word\x03 {word} [word] **word** \ue000word\ue001",
        "word\0word \0 after",
        "\x1b[31m word\x1b[0m \x9bword",
        "word" + " " * 2_000_000 + "word",
        "word " + "x" * 2_000_000,
        "👩‍👩‍👧word 👩‍👩‍👧 word",
    ],
)
def test_no_text_can_pass_for_a_highlight(text: str) -> None:
    add_entry(text)
    (hit,) = search_entries("word")
    assert {hit.snippet[low:high] for low, high in hit.highlights} == {"word"}
    assert len(hit.snippet) <= 300


def test_a_hostile_query_is_only_words() -> None:
    add_entry("harmless")
    for query in (
        '") OR ("',
        'harmless" OR "x',
        "text : harmless",
        "{title text}:harmless",
        "harmless*",
        "^harmless",
        "harmless + NEAR(x, 2)",
        "(((((",
        "'; DROP TABLE entry; --",
        "\\",
        "%_",
        "\0harmless\0",
        "-" * 500,
        "(" * 900 + "a",
        "a b " * 240,
        '"' + "a " * 400 + '"',
    ):
        for as_typed in (False, True):
            with suppress(QueryError):
                search_entries(query, as_typed=as_typed)
    assert len(search_entries("^harmless*")) == 1


def test_an_entry_of_five_megabytes_is_found() -> None:
    add_entry("filler words " * 400_000 + " needle")
    add_entries([NewEntry("another needle")])
    assert len(search_entries("needle")) == 2
