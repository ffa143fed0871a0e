"""Precision, recall and F1 of mentions."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from training.corpus import Document, Mention


@dataclass(slots=True)
class Tally:
    """Counts of found, true and matching mentions."""

    found: int = 0
    true: int = 0
    strict: int = 0
    relaxed: int = 0

    def f1(self, *, strict: bool = True) -> float:
        """Return F1 in percent; 0 if there is nothing to compare."""
        matching = self.strict if strict else self.relaxed
        return 200 * matching / (self.found + self.true) if self.found + self.true else 0.0


@dataclass(slots=True)
class Score:
    """Tallies of one set: all types together and each apart.

    Strict: the same span and type. Relaxed: the same type and at least one shared character,
    each mention counted for at most one other. Found mentions that touch an ignored span do not
    count.
    """

    all: Tally = field(default_factory=Tally)
    types: dict[str, Tally] = field(default_factory=dict)

    def add(self, document: Document, found: Sequence[Mention], types: Sequence[str]) -> None:
        """Compare what was found in a text with its annotation, for the given types alone."""
        found = [
            mention
            for mention in found
            if not any(mention.start < b and a < mention.end for a, b in document.ignored)
        ]
        for kind in types:
            ours = [mention for mention in found if mention.type == kind]
            gold = [mention for mention in document.mentions if mention.type == kind]
            strict = len(set(ours) & set(gold))
            free = list(gold)
            relaxed = 0
            for mention in ours:
                partner = next(
                    (g for g in free if g.start < mention.end and mention.start < g.end), None
                )
                if partner:
                    free.remove(partner)
                    relaxed += 1
            for tally in (self.all, self.types.setdefault(kind, Tally())):
                tally.found += len(ours)
                tally.true += len(gold)
                tally.strict += strict
                tally.relaxed += relaxed

    def line(self) -> str:
        """Return the score in one line: strict/relaxed F1, all and by type."""
        parts = [f"{self.all.f1():.1f}/{self.all.f1(strict=False):.1f}"]
        parts += [
            f"{kind} {tally.f1():.1f}/{tally.f1(strict=False):.1f}"
            for kind, tally in self.types.items()
        ]
        return "  ".join(parts)


def merge(scores: Sequence[Score]) -> Score:
    """Return the score of several sets as if they were one."""
    total = Score()
    for score in scores:
        for mine, theirs in (
            (total.all, score.all),
            *(
                (total.types.setdefault(kind, Tally()), tally)
                for kind, tally in score.types.items()
            ),
        ):
            mine.found += theirs.found
            mine.true += theirs.true
            mine.strict += theirs.strict
            mine.relaxed += theirs.relaxed
    return total
