"""A grammar in which a language model can answer with names of a given text, and nothing else.

GBNF (https://github.com/ggml-org/llama.cpp/tree/master/grammars). A name is a path through the
text's words: it begins with one, goes on with those that follow, and ends after a few at most.
Whatever the text says, an answer cannot hold a name that is not in it, nor anything but JSON of
the given form, nor more than so many names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from backend.inference.llm.words import Kind, Unit, units

# How long a name may be: a word costs 3, a letter of a script without spaces 1, a sign 1. The
# longest of 9,005 annotated names is "St-Jean-Pied-de-Port".
_LENGTH: Final = 19
_COST: Final = {Kind.WORD: 3, Kind.LETTER: 1, Kind.SIGN: 1}

# Signs that a name may have inside (O'Brien, St. Mary's, AC/DC, H&M, 1:1), and those at its end
# (J., C++, Yahoo!). Others end it.
_INSIDE: Final = frozenset("'’‘-‐‑–.&/+#@_·・!:")
_AT_END: Final = frozenset(".+#!")

# A longer word is no name: an address, a key, a line without spaces.
_LONGEST_WORD: Final = 40

# How far a name is written: the units just written, in all places where the text has
# the same so far, and the length that is left.
_State = tuple[frozenset[int], int]


class NameGraph:
    """The names that can be made of `text`."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._units = [unit for unit in units(text) if _is_usable(text, unit)]
        self._words = [text[unit.start : unit.end] for unit in self._units]
        self._costs = [_COST[unit.kind] for unit in self._units]
        # What stands before each unit: nothing, a space, or None where a name cannot go on.
        self._gaps: list[str | None] = [None]
        for before, after in pairwise(self._units):
            self._gaps.append(_gap(text[before.end : after.start]))
        self._gaps.append(None)
        # The length of what a name could go on with after each unit.
        self._rests = [0] * len(self._units)
        for place in reversed(range(len(self._units) - 1)):
            if self._gaps[place + 1] is not None:
                rest = self._costs[place + 1] + self._rests[place + 1]
                self._rests[place] = min(rest, _LENGTH)
        self._numbers: dict[_State, int] = {}
        self._waiting: list[_State] = []

    def longest(self) -> str:
        """Return the name with most characters, or nearly; empty where there is none."""
        found = ""
        for first, unit in enumerate(self._units):
            last, left = first, _LENGTH - self._costs[first]
            while self._gaps[last + 1] is not None and left >= self._costs[last + 1]:
                last += 1
                left -= self._costs[last]
            if self._units[last].end - unit.start > len(found):
                found = self._text[unit.start : self._units[last].end]
        return found

    def grammar(self, field: str, lists: Sequence[str], most: int) -> str:
        """Return a grammar (its root "root") of `{field: {each of lists: [names]}}`.

        Written compactly, keys in order, at most `most` names in all the lists together; where
        there are no names, only empty lists. `field` and `lists` are plain identifiers.
        """
        names = dict(self._names())
        rules = dict(_lists(lists, most if names else 0))
        begin = _literal(f'{{"{field}":{{"{lists[0]}":[')
        lines = [f"root ::= {begin} {_first(0, most if names else 0)}"]
        lines += [f"{name} ::= {body}" for name, body in (rules | names).items()]
        return "\n".join(lines)

    def _names(self) -> Iterator[tuple[str, str]]:
        """Yield the names and bodies of the rules for a name; none where none can be made.

        What goes on the same way shares a rule.
        """
        self._numbers.clear()
        starts = [place for place, unit in enumerate(self._units) if unit.kind is not Kind.SIGN]
        if not starts:
            return
        yield "name", f'"\\"" ({self._next(starts, _LENGTH)})'
        yield "q", '"\\""'
        while self._waiting:
            state = self._waiting.pop()
            yield f"n{self._numbers[state]}", self._body(*state)

    def _body(self, places: Iterable[int], left: int) -> str:
        """Return what comes after the units at `places`: the end of the name, or one more unit."""
        ways = ["q"] if any(self._may_end(place) for place in places) else []
        for gap in ("", " "):
            near = [place + 1 for place in places if self._gaps[place + 1] == gap]
            near = [place for place in near if self._leads_on(place, left)]
            if near:
                words = self._next(near, left)
                ways.append(f'" " ({words})' if gap else words)
        return " | ".join(ways)

    def _next(self, places: Iterable[int], left: int) -> str:
        """Return the alternatives for the next unit of those at `places`, by first character."""
        # llama.cpp follows all alternatives at once: the fewer begin alike, the quicker it is.
        groups: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        for place in places:
            word = self._words[place]
            groups[word[0]][word].add(place)
        ways = []
        for first, words in groups.items():
            rests = []
            for word, same in words.items():
                state = self._state(same, left)
                rests.append(f"{_literal(word[1:])} {state}" if len(word) > 1 else state)
            ways.append(f"{_literal(first)} ({' | '.join(rests)})")
        return " | ".join(ways)

    def _state(self, places: set[int], left: int) -> str:
        """Return the rule for what comes after the units at `places`, all of the same word."""
        left -= self._costs[min(places)]
        left = min(left, max(self._rests[place] for place in places))
        if left <= 0:
            return "q"
        state = frozenset(places), left
        if state not in self._numbers:
            self._numbers[state] = len(self._numbers)
            self._waiting.append(state)
        return f"n{self._numbers[state]}"

    def _may_end(self, place: int) -> bool:
        return self._units[place].kind is not Kind.SIGN or self._words[place] in _AT_END

    def _leads_on(self, place: int, left: int) -> bool:
        """Return whether a name that goes on with the unit at `place` can still end."""
        left -= self._costs[place]
        while left >= 0:
            if self._may_end(place):
                return True
            place += 1
            if self._gaps[place] is None:
                return False
            left -= self._costs[place]
        return False


def _lists(lists: Sequence[str], most: int) -> Iterator[tuple[str, str]]:
    """Yield the rules for the lists: one for each of them and each number of names that is left.

    A grammar cannot count, so where it stands says how many names may still come.
    """
    for number in range(len(lists)):
        for left in range(most + 1):
            if number + 1 < len(lists):
                key = _literal(f'],"{lists[number + 1]}":[')
                end = f"{key} {_first(number + 1, left)}"
            else:
                end = _literal("]}}")
            yield _first(number, left), f"{end} | name {_next(number, left - 1)}" if left else end
            yield (
                _next(number, left),
                f'{end} | "," name {_next(number, left - 1)}' if left else end,
            )


def _first(number: int, left: int) -> str:
    """Return the rule for what follows the beginning of a list."""
    return f"first{number}-{left}"


def _next(number: int, left: int) -> str:
    """Return the rule for what follows a name in a list."""
    return f"next{number}-{left}"


def _is_usable(text: str, unit: Unit) -> bool:
    if unit.kind is Kind.SIGN:
        return text[unit.start] in _INSIDE
    return unit.end - unit.start <= _LONGEST_WORD


def _gap(between: str) -> str | None:
    """Return what a name that goes on over `between` has in its place; None if it cannot go on."""
    if not between:
        return ""
    # A name may be broken at the end of a line, but not of a paragraph.
    return " " if between.isspace() and between.count("\n") < 2 else None


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
