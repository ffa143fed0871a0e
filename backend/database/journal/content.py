"""What is derived from an entry's text when it is saved, and what a text may be."""

from __future__ import annotations

import re
from typing import NamedTuple

from backend import text as texts
from backend.database.journal import facets
from backend.errors import EmptyEntryError, UsageError

#: The largest text of one entry, in bytes of UTF-8: some ten thousand printed pages.
MAX_TEXT_BYTES = 50_000_000
#: The longest title, in code points.
MAX_TITLE_LENGTH = 1_000

# Code points of what a list shows.
_PREVIEW_LENGTH = 200
_HEADING_LENGTH = 80

# A line as `str.splitlines` sees it, without making a list of a long text's.
_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_HEADING_MARKS = re.compile(r"^\s{0,3}#{1,6}(?:\s+|$)")


# A NamedTuple is made in an eighth of a dataclass's time, and every command imports this module.
class Content(NamedTuple):
    """A text and what lists and the index show of it; `tags` as keys (facets.py)."""

    text: str
    heading: str
    preview: str
    word_count: int
    tags: tuple[str, ...]


def derive(text: str) -> Content:
    """Check a text and derive what is stored beside it.

    Raises:
        EmptyEntryError: there is nothing to see in it.
        UsageError: it is too large, or is not Unicode text.
    """
    if not texts.has_content(text):
        raise EmptyEntryError(
            "There is nothing to save: the text is empty.", hint="Write something first."
        )
    size = len(encodable(text, "The text").encode())
    if size > MAX_TEXT_BYTES:
        raise UsageError(
            f"The text has {size / 1e6:.0f} MB; an entry holds at most"
            f" {MAX_TEXT_BYTES / 1e6:.0f} MB.",
            safe="Nothing was saved.",
            hint="Split it into several entries.",
        )
    return Content(
        text=text,
        heading=heading(text),
        preview=texts.single_line(text, _PREVIEW_LENGTH),
        word_count=texts.count_words(text),
        tags=tuple(facets.find_tags(text)),
    )


def heading(text: str) -> str:
    """Return the first line with something to see, without the marks of a Markdown heading."""
    for line in _LINE.finditer(text):
        bare = _HEADING_MARKS.sub("", line.group(), count=1)
        if texts.has_content(bare):
            return texts.single_line(bare, _HEADING_LENGTH)
    return ""


def checked_title(title: str) -> str:
    """Return `title` without surrounding space.

    Raises:
        UsageError: it is too long, or is not Unicode text.
    """
    trimmed = encodable(title, "The title").strip()
    if len(trimmed) > MAX_TITLE_LENGTH:
        raise UsageError(
            f"The title has {len(trimmed)} characters; it may have {MAX_TITLE_LENGTH}.",
            safe="Nothing was saved.",
            hint="Shorten it, or write it into the text.",
        )
    return trimmed


def encodable(text: str, what: str) -> str:
    """Return `text`, if it can be written as UTF-8.

    Python keeps bytes that are not UTF-8 (in an argument, say) as lone surrogates; SQLite
    cannot.

    Raises:
        UsageError: it cannot.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UsageError(
            f"{what} is not valid UTF-8 (at character {error.start + 1}).",
            safe="Nothing was saved.",
            hint="Convert it to UTF-8 first.",
        ) from None
    return text
