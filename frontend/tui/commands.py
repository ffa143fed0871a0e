"""What can be done from the command palette, found by its words. Pure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

RECENT: Final = "Recent"
GO_TO: Final = "Go to"
HERE: Final = "Here"
ENTRIES: Final = "Entries"
NAMES: Final = "Names"

#: What is shorter than this is not looked for in the journal: it is in too much of it.
SHORTEST: Final = 2

_MOST_RECENT = 3


@dataclass(frozen=True, slots=True)
class Command:
    """Something that can be done: what in words, how else (a key), the doing, and its group.

    The words are safe for the terminal.
    """

    words: str
    hint: str
    run: Callable[[], Awaitable[object] | None]
    group: str = HERE


def find_commands(commands: Sequence[Command], typed: str) -> list[Command]:
    """Return the commands in whose words every word of `typed` begins a word, or at least occurs.

    Group by group, in the order in which `commands` come to the groups. In a group those in
    which the words begin one come first, else in the order of `commands`.
    """
    wanted = typed.casefold().split()
    groups = list(dict.fromkeys(command.group for command in commands))

    def place(command: Command) -> tuple[int, int]:
        words = command.words.casefold().split()
        beginnings = sum(any(word.startswith(each) for word in words) for each in wanted)
        return groups.index(command.group), -beginnings

    found = [c for c in commands if all(each in c.words.casefold() for each in wanted)]
    return sorted(found, key=place)


def recent_commands(commands: Sequence[Command], words: Sequence[str]) -> list[Command]:
    """Those of `commands` that were chosen lately; `words` are theirs, the latest last."""
    by_words = {command.words: command for command in reversed(commands)}
    lately = dict.fromkeys(reversed(words))
    again = [by_words[each] for each in lately if each in by_words][:_MOST_RECENT]
    return [Command(each.words, each.hint, each.run, RECENT) for each in again]
