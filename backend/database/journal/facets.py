"""What an entry is filed under, as words of the full-text index.

Journal, tags and entities of an entry are indexed beside its words, in a column of their own:
a filter is then one more word to match, and costs no more than one however many entries pass.
The words are ASCII letters and digits, so that no tokenizer divides or folds them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from functools import cache

from backend.text import fold_case

#: Every entry carries it: what remains of a query that only excludes.
ANY = "any"

_ENTITY = "e"
_JOURNAL = "j"

# The most that a tag may have of parts and code points: each of its beginnings is an index word of
# its own, so their length grows with the product of the two.
_MOST_PARTS = 10
_LONGEST = 100

# A mark that is not in a word, an address, an entity (`&#x27;`), a link (`](#part)`), or escaped.
_MARK = re.compile(r"(?<![\w/#&\\])(?<!\]\()#")
# Markdown's code, in which a mark is no tag: between fences, and between backticks of which a span
# holds no blank line. The bound keeps what is never closed from being looked for to the end.
_CODE = re.compile(
    r"^ {0,3}(?P<fence>`{3,}|~{3,})[^\n]*$(?:\n.*?(?:^ {0,3}(?P=fence)[`~]*[ \t]*$|\Z)|\Z)"
    r"|(?<!`)(?P<ticks>`+)(?!`)(?:(?!\n[ \t]*\n).){1,1000}?(?<!`)(?P=ticks)(?!`)",
    re.DOTALL | re.MULTILINE,
)
# Between the letters of some scripts, and between the parts of one emoji.
_JOINERS = "\u200c\u200d\ufe0e\ufe0f"


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
    parts = (part.strip(f"-{_JOINERS}") for part in fold_case(tag).split("/"))
    return "/".join([part for part in parts if part][:_MOST_PARTS])


def find_tags(text: str) -> list[str]:
    """Return the `#tags` of a text as keys, each once, in the order of first appearance.

    A tag is made of letters, marks, digits and emoji of any script, and may have parts
    (`#work/garden`). It holds at least one letter or emoji: `#1` is a number. A Markdown heading is
    no tag, because its marks are followed by a space; nor is what stands in code.
    """
    return list(dict.fromkeys(key for _, _, key in _tags(text)))


def find_tag_ranges(text: str, wanted: Collection[str]) -> list[tuple[int, int]]:
    """Return where a text has one of these tags (keys), or a part of one, with its mark."""
    if not wanted:
        return []
    return [
        (start, end)
        for start, end, key in _tags(text)
        if any(f"{key}/".startswith(f"{tag}/") for tag in wanted)
    ]


def tag_end(text: str, start: int) -> int:
    """Return where the tag ends whose first character would be at `start`; `start` if none is."""
    end = start
    most = min(len(text), start + _LONGEST)
    while end < most and _may_be_in_tag(text[end], is_first=end == start):
        end += 1
    return end


def _tags(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the tags of a text: start of the mark, end, key."""
    if "#" not in text:
        return
    code = _code_ranges(text)
    for match in _MARK.finditer(text):
        start = match.start()
        while code and code[-1][1] <= start:
            code.pop()
        if code and code[-1][0] <= start:
            continue
        end = tag_end(text, start + 1)
        key = tag_key(text[start + 1 : end])
        if any(character.isalpha() or _is_symbol(character) for character in key):
            yield start, end, key


def _code_ranges(text: str) -> list[tuple[int, int]]:
    """Return where a text is Markdown's code, the last range first."""
    if "`" not in text and "~~~" not in text:
        return []
    return [match.span() for match in _CODE.finditer(text)][::-1]


@cache
def _may_be_in_tag(character: str, *, is_first: bool) -> bool:
    if character.isalnum() or character == "_" or _is_symbol(character):
        return True
    return not is_first and (
        character in "/-" or character in _JOINERS or unicodedata.category(character)[0] == "M"
    )


def _is_symbol(character: str) -> bool:
    """Return whether this is an emoji, or a character of the planes that new emoji are added to."""
    return ord(character) >= 0x2190 and unicodedata.category(character) in ("So", "Sk", "Cn")


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
