"""Text on its way in and out: the one sanitiser, decoding of input, names as keys.

Stored text is never altered; `for_terminal` is applied where text leaves for a screen.
"""

from __future__ import annotations

import codecs
import re
import sys
import unicodedata

# U+202A..U+202E and U+2066..U+2069 reorder what surrounds them ("Trojan Source",
# CVE-2021-42574). The plain marks U+200E and U+200F, which honest right-to-left text
# uses, change nothing but themselves and stay.
_BIDI_CONTROLS = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
_LINE_SEPARATORS = (0x2028, 0x2029)

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# One code point for one code point, so that the offsets of mentions still fit what is shown.
_VISIBLE: dict[int, str] = {
    **{code: chr(0x2400 + code) for code in range(0x20)},
    0x7F: "\N{SYMBOL FOR DELETE}",
    **dict.fromkeys(range(0x80, 0xA0), _REPLACEMENT),
    **dict.fromkeys((*_BIDI_CONTROLS, *_LINE_SEPARATORS), _REPLACEMENT),
    **dict.fromkeys(range(0xD800, 0xE000), _REPLACEMENT),
    ord("\t"): "\t",
    ord("\n"): "\n",
}
_VISIBLE_ON_ONE_LINE = {**_VISIBLE, ord("\t"): " ", ord("\n"): " ", ord("\r"): " "}

# Control, format, half of a surrogate pair.
_UNSEEN = ("Cc", "Cf", "Cs")

_SPACES = re.compile(r"\s+")

# The marks of Markdown on a line that may once have been several. Those that begin a line in the
# middle of it are taken for marks only where they can hardly be anything else. Most lines have
# none: the patterns are compiled when the first line that has is met, 2 ms that every command
# would pay for else.
_MAY_BE_MARKED = re.compile(r"[#>*_`~\[\\]|^[-+] ").search
_LEADING_MARKS = r"(?:(?:#{1,6}|>|[-*+](?: \[[ xX]\])?) +)+"
_LATER_MARKS = r"(?<= )(?:#{2,6}|[-*+] \[[ xX]\]) (?=\S)"
_LINK = r"!?\[([^\[\]]*)\]\([^()\s]*(?: \"[^\"]*\")?\)"
# What was cut off may have ended it.
_EMPHASIS = (
    r"(?<!\\)(\*{1,3}|~~|`+)(?=[^\s*~`])(.+?)(?:(?<=[^\s*~`])\1|(?=…$))"
    r"|(?<![\w\\])(_{1,3})(?=[^\s_])(.+?)(?:(?<=[^\s_])\3(?!\w)|(?=…$))"
)
_ESCAPE = r"\\([!-/:-@\[-`{-~])"
# So many kinds of emphasis are looked for in each other.
_DEPTH = 3


def for_terminal(text: str) -> str:
    """`text` without anything a terminal would obey; as long as `text`, line breaks kept.

    C0 controls and DEL become their control pictures, C1 controls, bidi overrides and line
    separators U+FFFD. A carriage return before a line break becomes a space.
    """
    return text.replace("\r\n", " \n").translate(_VISIBLE)


def for_terminal_line(text: str) -> str:
    """Like `for_terminal`, with tabs and line breaks as single spaces; as long as `text`."""
    return text.translate(_VISIBLE_ON_ONE_LINE)


def single_line(text: str, limit: int) -> str:
    """Return the beginning of `text` on a line, spaces collapsed, at most `limit` code points."""
    # Collapsing shortens; a bounded slice keeps a 5 MB entry from being scanned whole.
    line = _SPACES.sub(" ", text[: limit * 4]).strip()
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def without_marks(line: str, *, is_joined: bool = False) -> str:
    """Return a line as it is read: without the marks of Markdown, as far as a line tells them.

    Args:
        line: where `single_line` cut it, emphasis may have lost its end.
        is_joined: whether it may be made of several lines.
    """
    if _MAY_BE_MARKED(line) is None:
        return line
    plain = line[found.end() :] if (found := re.match(_LEADING_MARKS, line)) else line
    if is_joined:
        plain = re.sub(_LATER_MARKS, "", plain)
    plain = re.sub(_LINK, r"\1", plain)
    for _ in range(_DEPTH):
        before, plain = plain, re.sub(_EMPHASIS, lambda found: found[2] or found[4], plain)
        if plain == before:
            break
    plain = re.sub(_ESCAPE, r"\1", plain).strip()
    # A line that is nothing but marks, a rule for one, is read as it is.
    return plain if any(map(str.isalnum, plain)) else line


def decode_utf8(data: bytes) -> str:
    """Decode text typed, piped or read from a file; a byte order mark is dropped.

    Raises:
        UnicodeDecodeError: the bytes are not UTF-8; nothing is guessed.
    """
    return data.removeprefix(codecs.BOM_UTF8).decode("utf-8")


def decode_typed(data: bytes) -> str:
    """Decode what was typed or piped: UTF-8, or else the encoding of the user's locale.

    Raises:
        UnicodeDecodeError: the bytes are neither; nothing is guessed.
    """
    try:
        return decode_utf8(data)
    except UnicodeDecodeError:
        # That of the locale, which Python takes for names of files.
        encoding = sys.getfilesystemencoding()
        if codecs.lookup(encoding).name == "utf-8":
            raise
        return data.decode(encoding)


def fold_case(text: str) -> str:
    """Return `text` in its compatibility-composed form and without upper case.

    Unlike `fold`, accents and punctuation stay.
    """
    # Folding may decompose what was composed.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def name_key(name: str) -> str:
    """Return the form under which two spellings of a name are the same name.

    Compatibility-composed, case-folded, white space collapsed, surrounding punctuation dropped
    where something is left without it.
    """
    collapsed = _SPACES.sub(" ", fold_case(name)).strip()
    return collapsed.strip(" \"'“”‘’«»„.,;:!?()[]*_~`") or collapsed


def fold(text: str) -> str:
    """Return the words of `text` as they are looked for: without case, accents and punctuation.

    Words are parted by single spaces. "St. Zoë’s" and "st zoe s" are the same.
    """
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept: list[str] = []
    for character in decomposed:
        category = unicodedata.category(character)
        if category[0] == "Z" or category[0] == "P" or category == "Cc":
            kept.append(" ")
        elif category != "Cf" and not unicodedata.combining(character):
            kept.append(character)
    return " ".join("".join(kept).split())


def has_content(text: str) -> bool:
    """Whether `text` has anything a reader would see: not only spaces, controls and marks.

    A character that this version of Unicode does not know, a new emoji, is seen.
    """
    return any(
        (category := unicodedata.category(c))[0] not in "ZM" and category not in _UNSEEN
        for c in text
    )


def is_typed_text(character: str) -> bool:
    """Return whether a key stands for text: whatever is no control character.

    `str.isprintable` says no to spaces but one, joiners, private use and what is newer than
    Python's own tables.
    """
    return unicodedata.category(character) not in ("Cc", "Cs")


def count_words(text: str) -> int:
    """Return the number of white-space separated words."""
    return len(text.split())


def shared_prefix(a: str, b: str) -> int:
    """How many code points both begin with."""
    # Comparing slices runs at memory speed; comparing characters of a 5 MB entry takes a second.
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def shared_suffix(a: str, b: str) -> int:
    """How many code points both end with."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[len(a) - middle : len(a) - low] == b[len(b) - middle : len(b) - low]:
            low = middle
        else:
            high = middle - 1
    return low
