"""What an entry is filed under, as words of the full-text index.

Journal, tags and entities of an entry are indexed beside its words, in a column of their own:
a filter is then one more word to match, and costs no more than one however many entries pass.
The words are ASCII letters and digits, so that no tokenizer divides or folds them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

#: Every entry carries it: what remains of a query that only excludes.
ANY = "any"

_TAG = re.compile(r"(?<![\w/#])#(\w[\w/-]*)")


def journal_facet(journal_id: int) -> str:
    """The word of a journal."""
    return f"j{journal_id}"


def entity_facet(entity_id: int) -> str:
    """The word of an entity."""
    return f"e{entity_id}"


def tag_facet(tag: str) -> str:
    """The word of a tag; a tag's word is the beginning of the words of tags it begins."""
    return f"t{tag_key(tag).encode().hex()}"


def tag_key(tag: str) -> str:
    """The form under which two spellings of a tag are the same tag."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", tag).casefold())


def find_tags(text: str) -> list[str]:
    """The `#tags` of a text as keys, each once, in the order of their first appearance.

    A tag holds at least one letter (`#1` is a number) and may have parts (`#work/garden`).
    A Markdown heading is no tag: its marks are followed by a space.
    """
    found: dict[str, None] = {}
    for match in _TAG.finditer(text):
        tag = match.group(1).rstrip("/-")
        if any(character.isalpha() for character in tag):
            found[tag_key(tag)] = None
    return list(found)


def entry_facets(journal_id: int, text: str, entity_ids: Iterable[int]) -> str:
    """All words of an entry. A tag with parts is filed under each of its beginnings too."""
    words = dict.fromkeys((ANY, journal_facet(journal_id)))
    for tag in find_tags(text):
        parts = tag.split("/")
        for count in range(1, len(parts) + 1):
            words[tag_facet("/".join(parts[:count]))] = None
    for entity_id in sorted(set(entity_ids)):
        words[entity_facet(entity_id)] = None
    return " ".join(words)
