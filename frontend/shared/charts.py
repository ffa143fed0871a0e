"""Amounts as characters: shades that each look different, and bars.

No amount is told by colour: every shade is a character of its own, and bars have lengths.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

#: For no entry at all, and for the least to the most.
SHADES = "·░▒▓█"
#: The same where these cannot be written.
PLAIN_SHADES = ".-+x#"

_BAR, _HALF_BAR, _PLAIN_BAR = "█", "▌", "#"


@dataclass(frozen=True, slots=True)
class Shading:
    """Which amount has which shade: level 1 up to `limits[0]`, 2 up to `limits[1]`, and so on.

    Level 0 is for where there is nothing at all; more than the last limit is the highest level.
    """

    limits: tuple[int, int, int]
    least: int
    most: int

    @classmethod
    def of(cls, amounts: Iterable[int]) -> Shading:
        """Return the shading in which each level has about a quarter of `amounts`.

        The largest of them has the highest level, however few there are.
        """
        ordered = sorted(amounts)
        if not ordered:
            return cls((0, 0, 0), 1, 0)
        count, most = len(ordered), ordered[-1]
        lower = [0, *(amount for amount in ordered if amount < most)]
        first, second, third = (
            lower[min(count * quarter // 4, len(lower) - 1)] for quarter in (1, 2, 3)
        )
        return cls((first, second, third), ordered[0], most)

    def level(self, amount: int) -> int:
        """Return the level of an amount, from 1 to 4."""
        return 1 + sum(amount > limit for limit in self.limits)

    def legend(self, shades: str = SHADES) -> list[tuple[str, str]]:
        """Return the shades that may occur, and in words what each stands for."""
        entries = [(shades[0], "none")]
        last = self.least - 1
        for level, limit in enumerate((*self.limits, self.most), start=1):
            if limit > last:
                entries.append((shades[level], f"to {limit:,}"))
                last = limit
        return entries


def bar(amount: int, most: int, width: int, *, plain: bool = False) -> str:
    """`amount` as a bar of up to `width` cells, which `most` fills; whatever is, has a beginning.

    `plain`: in ASCII.
    """
    if amount <= 0 or most <= 0 or width <= 0:
        return ""
    halves = max(1, round(2 * width * amount / most))
    if plain:
        return _PLAIN_BAR * ((halves + 1) // 2)
    return _BAR * (halves // 2) + _HALF_BAR * (halves % 2)
