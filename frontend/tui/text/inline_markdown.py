"""Markdown within a paragraph: emphasis, code, links, escapes.

The rules are CommonMark's, kept to a single pass. A mark without its partner is text.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from frontend.tui.text.rendered_text import CODE, EMPHASIS, LINK, QUIET, STRONG, STRUCK

#: Whether there is anything in a paragraph that could be markup.
may_hold_markup = re.compile(r"[*_`\[\\<~]|https?://").search

_token = re.compile(
    r"(?P<escape>\\[!-/:-@\[-`{-~])"
    r"|(?P<ticks>`+)"
    r"|(?P<run>\*+|_+|~+)"
    r"|(?P<open>!?\[)"
    r"|(?P<close>\])"
    r"|<(?P<auto>[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)>"
    r"|(?P<address>https?://[^\s<>]+)"
).search

# The target of a link and its title, looked for in so many code points.
_TARGET_LENGTH = 4_000
_target = re.compile(
    r"\( ?(?:<[^<>\n]*>|[^\s()<][^\s()]*(?:\([^\s()]*\)[^\s()]*)*|(?:\([^\s()]*\)[^\s()]*)+)"
    r"(?: (?:\"[^\"\n]*\"|'[^'\n]*'|\([^()\n]*\)))? ?\)"
).match

# What belongs to the sentence and not to the address before it.
_AFTER_ADDRESS = ".,:;!?'\"*_~]”’…"


@dataclass(slots=True)
class Inline:
    """The markup of a paragraph, by offsets of the source.

    Attributes:
        hidden: ranges that are not shown, or (third) what is shown for them.
        spans: ranges in a style.
    """

    hidden: list[tuple[int, int, str]] = field(default_factory=list)
    spans: list[tuple[int, int, int]] = field(default_factory=list)


@dataclass(slots=True)
class _Run:
    """A run of `*`, `_` or `~`, as far as it has found no partner."""

    start: int
    count: int
    character: str
    opens: bool
    closes: bool
    length: int
    number: int


def parse_inline(source: str, lines: Sequence[tuple[int, int]]) -> Inline:
    """Find the markup of a paragraph whose lines are the ranges `lines` of `source`.

    Emphasis may go on over lines, code and links may not.
    """
    found = Inline()
    runs: list[_Run] = []
    for start, end in lines:
        _parse_line(source, start, end, found, runs)
    _pair(runs, found)
    return found


def _parse_line(source: str, start: int, end: int, found: Inline, runs: list[_Run]) -> None:
    ticks: dict[int, list[int]] | None = None
    # (offset of the bracket, where the text after it begins, number of runs before it)
    brackets: list[tuple[int, int, int]] = []
    position = start
    while (match := _token(source, position, end)) is not None:
        at, position = match.span()
        kind = match.lastgroup
        if kind == "escape":
            found.hidden.append((at, at + 1, ""))
        elif kind == "ticks":
            if ticks is None:
                ticks = _list_ticks(source, at, end)
            position = _code(source, at, position, ticks, found)
        elif kind == "run":
            character = source[at]
            if character != "~" or position - at == 2:
                runs.append(_run(source, at, position, start, end, len(runs)))
        elif kind == "open":
            brackets.append((at, position, len(runs)))
        elif kind == "close":
            if not brackets:
                continue
            opener = brackets.pop()
            target = _target(source, position, min(end, position + _TARGET_LENGTH))
            if target is None:
                continue
            _link(opener, at, target.end(), found)
            _pair(runs[opener[2] :], found)
            del runs[opener[2] :]
            # There is no link in a link.
            brackets.clear()
            position = target.end()
        elif kind == "auto":
            found.hidden += [(at, at + 1, ""), (position - 1, position, "")]
            found.spans.append((at + 1, position - 1, LINK))
        else:
            position = _address_end(source, at, position)
            found.spans.append((at, position, LINK))


def _list_ticks(source: str, start: int, end: int) -> dict[int, list[int]]:
    """Where runs of so many backticks begin, the last one first."""
    ticks: dict[int, list[int]] = defaultdict(list)
    for match in re.compile("`+").finditer(source, start, end):
        ticks[match.end() - match.start()].append(match.start())
    for places in ticks.values():
        places.reverse()
    return ticks


def _code(source: str, at: int, inner: int, ticks: dict[int, list[int]], found: Inline) -> int:
    """Note the code that the backticks at `at` begin; where to go on."""
    length = inner - at
    # An escape may have taken the first of the backticks: the run is looked for by its end.
    places = ticks.get(length, [])
    while places and places[-1] < inner:
        places.pop()
    if not places:
        return inner
    close = places.pop()
    first, last = inner, close
    if last - first > 2 and source[first] == source[last - 1] == " ":
        first, last = first + 1, last - 1
    found.hidden += [(at, first, ""), (last, close + length, "")]
    found.spans.append((first, last, CODE))
    return close + length


def _run(source: str, at: int, after: int, start: int, end: int, number: int) -> _Run:
    """Return a run of marks, and on which side of words it stands."""
    before = source[at - 1] if at > start else " "
    behind = source[after] if after < end else " "
    space_before, space_behind = before.isspace(), behind.isspace()
    mark_before, mark_behind = _is_mark(before), _is_mark(behind)
    left = not space_behind and (not mark_behind or space_before or mark_before)
    right = not space_before and (not mark_before or space_behind or mark_behind)
    character = source[at]
    opens, closes = left, right
    if character == "_":
        # Not within words: snake_case_names.
        opens = left and (not right or mark_before)
        closes = right and (not left or mark_behind)
    return _Run(at, after - at, character, opens, closes, after - at, number)


def _is_mark(character: str) -> bool:
    return not character.isalnum() and not character.isspace() and character.isprintable()


def _link(opener: tuple[int, int, int], close: int, end: int, found: Inline) -> None:
    """Show a link as its text and, quietly, its target."""
    bracket, inner, _ = opener
    found.hidden.append((bracket, inner, ""))
    # The bracket between text and target becomes the space between them.
    found.hidden.append((close, close + 1, " " if inner < close else ""))
    found.spans += [(inner, close, LINK), (close + 1, end, QUIET)]


def _address_end(source: str, at: int, end: int) -> int:
    # A bracket that is opened before the address is closed after it.
    unopened = source.count(")", at, end) - source.count("(", at, end)
    while True:
        last = source[end - 1]
        if last == ")" and unopened > 0:
            unopened -= 1
        elif last not in _AFTER_ADDRESS:
            return end
        end -= 1


def _pair(runs: list[_Run], found: Inline) -> None:
    """Find the partners of emphasis marks."""
    openers: list[_Run] = []
    # Below this number no partner was found for such a run; none is looked for again.
    bottoms: dict[tuple[str, bool, int], int] = {}
    for run in runs:
        while run.closes and run.count:
            key = (run.character, run.opens, run.length % 3)
            bottom = bottoms.get(key, -1)
            index = len(openers) - 1
            while index >= 0 and openers[index].number > bottom:
                if _are_partners(openers[index], run):
                    break
                index -= 1
            else:
                bottoms[key] = openers[-1].number if openers else bottom
                break
            opener = openers[index]
            del openers[index + 1 :]
            _emphasise(opener, run, found)
            if not opener.count:
                openers.pop()
        if run.opens and run.count:
            openers.append(run)


def _are_partners(opener: _Run, closer: _Run) -> bool:
    if opener.character != closer.character:
        return False
    if not (opener.closes or closer.opens):
        return True
    both = opener.length + closer.length
    return both % 3 != 0 or (opener.length % 3 == 0 and closer.length % 3 == 0)


def _emphasise(opener: _Run, closer: _Run, found: Inline) -> None:
    used = 2 if opener.count >= 2 and closer.count >= 2 else 1
    style = STRUCK if opener.character == "~" else STRONG if used == 2 else EMPHASIS
    opener.count -= used
    inner = opener.start + opener.count
    found.hidden += [(inner, inner + used, ""), (closer.start, closer.start + used, "")]
    found.spans.append((inner + used, closer.start, style))
    closer.start += used
    closer.count -= used
