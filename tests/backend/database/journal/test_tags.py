"""Tags in a text."""

from __future__ import annotations

import pytest

from backend.database.journal.facets import entry_facets, find_tags, tag_facet, with_entities


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
