"""What an entry is filed under, as words of the full-text index.

Journal, tags and entities of an entry are indexed beside its words, in a column of their own:
a filter is then one more word to match, and costs no more than one however many entries pass.
The words are ASCII letters and digits, so that no tokenizer divides or folds them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from backend.text import fold_case

#: Every entry carries it: what remains of a query that only excludes.
ANY = "any"

_ENTITY = "e"
_JOURNAL = "j"
_TAG = re.compile(r"(?<![\w/#])#(\w[\w/-]*)")


def journal_facet(journal_id: int) -> str:
    """Return the index word of a journal."""
    return f"{_JOURNAL}{journal_id}"


def entity_facet(entity_id: int) -> str:
    """Return the index word of an entity."""
    return f"{_ENTITY}{entity_id}"


def tag_facet(tag: str) -> str:
    """Return the index word of a tag; it begins the words of the tags that `tag` begins."""
    return f"t{tag_key(tag).encode().hex()}"


def tag_beginning(typed: str) -> str:
    """Return what the index words of the tags begin with that `typed` may become."""
    # A letter at the end keeps the hyphen or slash before it from being tidied away.
    return f"t{tag_key(f'{typed}x')[:-1].encode().hex()}"


def tag_of(word: str) -> str | None:
    """Return the key of the tag that an index word stands for; None if it is another word."""
    try:
        return bytes.fromhex(word.removeprefix("t")).decode()
    except ValueError:
        return None


def tag_key(tag: str) -> str:
    """Return the form in which spellings of a tag are the same: folded, its parts tidied."""
    parts = (part.strip("-") for part in fold_case(tag).split("/"))
    return "/".join(part for part in parts if part)


def find_tags(text: str) -> list[str]:
    """Return the `#tags` of a text as keys, each once, in the order of first appearance.

    A tag holds at least one letter (`#1` is a number) and may have parts (`#work/garden`).
    A Markdown heading is no tag: its marks are followed by a space.
    """
    keys = (tag_key(match.group(1)) for match in _TAG.finditer(text))
    return list(dict.fromkeys(key for key in keys if any(map(str.isalpha, key))))


def find_tag_ranges(text: str, wanted: Collection[str]) -> list[tuple[int, int]]:
    """Return where a text has one of these tags (keys), or a part of one, with its mark."""
    if not wanted:
        return []
    return [
        match.span()
        for match in _TAG.finditer(text)
        if any(f"{tag_key(match.group(1))}/".startswith(f"{tag}/") for tag in wanted)
    ]


def entry_facets(journal_id: int, tags: Iterable[str], entity_ids: Iterable[int]) -> str:
    """Return all index words of an entry, a tag under each of its beginnings."""
    words = dict.fromkeys((ANY, journal_facet(journal_id)))
    for tag in tags:
        parts = tag.split("/")
        for count in range(1, len(parts) + 1):
            words[tag_facet("/".join(parts[:count]))] = None
    return with_entities(" ".join(words), entity_ids)


def in_journal(words: str, journal_id: int, entity_ids: Iterable[int]) -> str:
    """Return the index words of an entry that has moved to a journal, with its entities there."""
    others = [word for word in words.split() if not word.startswith(_JOURNAL)]
    return with_entities(" ".join([*others, journal_facet(journal_id)]), entity_ids)


def with_entities(words: str, entity_ids: Iterable[int]) -> str:
    """Return the index words of an entry whose entities are now these."""
    others = [word for word in words.split() if not word.startswith(_ENTITY)]
    return " ".join([*others, *(entity_facet(each) for each in sorted(set(entity_ids)))])
