"""Tags in a text."""

from __future__ import annotations

import pytest

from backend.database.journal.entries import add_entry
from backend.database.journal.facets import (
    entry_facets,
    find_tag_ranges,
    find_tags,
    tag_facet,
    tag_key,
    with_entities,
)
from backend.database.search.search import search_entries


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#one, (#two) and\n#three.", ["one", "two", "three"]),
        ("#Work #WORK #work", ["work"]),
        ("#work/garden/", ["work/garden"]),
        ("#a-b #c- #d/ #-e", ["a-b", "c", "d"]),
        ("#1 #2024 #42/7 #2024-goals #q1", ["2024-goals", "q1"]),
        ("# heading\n## second\n#heading", ["heading"]),
        ("##twice ###thrice", []),
        ("https://example.org/#part https://example.org/a#part a#b", []),
        ("#Été #日記 #straße #STRASSE", ["été", "日記", "strasse"]),
        ("#//x #x//y", ["x/y"]),
        ("#", []),
        ("#_ #__", []),
    ],
)
def test_tags_are_found(text: str, tags: list[str]) -> None:
    assert find_tags(text) == tags


def test_facets_are_words_that_no_tokenizer_divides() -> None:
    words = entry_facets(3, ["été/日記", "work"], [9, 2, 9]).split()
    assert words[:2] == ["any", "j3"]
    assert words[2:5] == [tag_facet("été"), tag_facet("été/日記"), tag_facet("work")]
    assert words[5:] == ["e2", "e9"]
    assert all(word.isascii() and word.isalnum() for word in words)


def test_entities_are_exchanged_without_touching_the_rest() -> None:
    words = entry_facets(3, ["e5"], [9])
    assert with_entities(words, [1]) == f"any j3 {tag_facet('e5')} e1"
    assert with_entities(words, []) == f"any j3 {tag_facet('e5')}"


@pytest.mark.parametrize(
    "tag",
    [
        "दिल्ली",
        "เชียงใหม่",
        "cafe\u0301s",
        "🎉party",
        "👩\u200d👧",
        "❤\ufe0f",
        "🩷",
        "می\u200cخواهم",
        "日本/東京",
        "naïve-plan_2",
    ],
)
def test_a_tag_of_any_script_is_whole_and_found_as_typed(tag: str) -> None:
    text = f"Seen #{tag}, and more."
    assert find_tags(text) == [tag_key(tag)]
    (found,) = find_tag_ranges(text, [tag_key(tag)])
    assert text[slice(*found)] == f"#{tag}"
    entry = add_entry(text)
    assert [hit.entry.uuid for hit in search_entries(f"#{tag}")] == [entry.uuid]


@pytest.mark.parametrize(
    "text",
    [
        "```c\n#include <stdio.h>\n```",
        "~~~\n#define x\n~~~",
        "```\ncolor: #ff8800\nnever closed",
        "Use `#pragma` here.",
        "See ``a ` #b`` there.",
        "[t](#sec) and [u](https://a.b/c#d)",
        "It&#x27;s &#8217;",
        "An escaped \\\\#no".replace("\\\\", "\\"),
        "#1 #-a #/b",
    ],
)
def test_code_links_entities_and_escapes_make_no_tags(text: str) -> None:
    assert find_tags(text) == []
    assert find_tag_ranges(text, ["ff8800", "include"]) == []


def test_a_tag_beside_code_is_a_tag() -> None:
    text = "```\n#no\n```\n#yes `#no` #also\n\n` #open\n\n#last"
    assert find_tags(text) == ["yes", "also", "open", "last"]


def test_what_one_tag_may_cost_is_bounded() -> None:
    deep, long = "#" + "/".join(["a"] * 10_000), "#" + "b" * 10_000
    assert all(len(entry_facets(1, find_tags(text), [])) < 5_000 for text in (deep, long))
    assert find_tags(deep)
    many = " ".join("`" * (number % 40 + 1) + "x" for number in range(20_000))
    assert find_tags(f"{many} #end")
