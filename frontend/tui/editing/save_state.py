"""The state of the text in an editor: typed, kept as a draft, saved, or not saved."""

from __future__ import annotations

from dataclasses import dataclass

from backend.errors import CharlieError

# (seconds, what is said about a draft of that age)
_AGES = (
    *((age, f" {age} s ago") for age in (2, 5, 10, 30)),
    *((age * 60, f" {age} min ago") for age in (1, 2, 5, 10, 30)),
    (3600, " over an hour ago"),
)


@dataclass(slots=True)
class WritingState:
    """Counts changes and remembers which of them are safe, and since when.

    Moments are in seconds on any clock that only goes forward.

    `changes` numbers the state of the text on the screen, `saved` the newest state that is an
    entry's revision, `kept` the newest that is in the draft.
    """

    changes: int = 0
    saved: int = 0
    kept: int = 0
    kept_at: float = 0.0
    is_entry: bool = False
    save_problem: CharlieError | None = None
    draft_problem: CharlieError | None = None

    def changed(self, changes: int) -> None:
        """Note that the text was changed, `changes` times so far."""
        self.changes = changes

    def is_saved(self) -> bool:
        """Whether all of it is saved."""
        return self.saved >= self.changes

    def is_safe(self) -> bool:
        """Whether all of it outlives a crash."""
        return max(self.saved, self.kept) >= self.changes

    def was_saved(self, serial: int) -> None:
        """Note that state `serial` is saved, and its draft removed."""
        self.saved = max(self.saved, serial)
        self.is_entry = True
        self.save_problem = None
        self.draft_problem = None

    def was_kept(self, serial: int, at: float = 0.0) -> None:
        """Note that state `serial` is in the draft since the moment `at`."""
        self.kept = max(self.kept, serial)
        self.kept_at = at
        self.draft_problem = None

    def words(self, at: float = 0.0) -> str:
        """Return the state in words at the moment `at`."""
        if self.save_problem is not None:
            return f"not saved · {self._kept(at)}" if self.is_safe() else "not saved"
        if self.changes == 0 and not self.is_entry:
            return ""
        if self.is_saved():
            return "saved" if self.is_entry else ""
        if self.draft_problem is not None:
            return "draft not kept"
        return self._kept(at) if self.is_safe() else "writing"

    def _kept(self, at: float) -> str:
        age = at - self.kept_at
        return "draft kept" + next((words for since, words in reversed(_AGES) if age >= since), "")

    def next_words(self, at: float) -> float | None:
        """Return the seconds until `words` changes though nothing happens; None if it will not.

        The intervals grow: after minutes a second more tells nothing.
        """
        if "kept" not in self.words(at):
            return None
        age = at - self.kept_at
        return next((since - age for since, _ in _AGES if since > age), None)

    def problems(self) -> list[str]:
        """Return what went wrong and what to do about it, in lines; none where nothing did."""
        if self.save_problem is not None:
            first, *rest = self.save_problem.lines()
            lines = [f"Not saved: {first}", *rest]
            if self.is_safe():
                lines.append("Your text is on the screen and kept as a draft.")
            else:
                lines.append("Your text is on the screen.")
            return [*lines, "ctrl+s tries again."]
        if self.draft_problem is not None:
            return [f"The draft is not kept: {self.draft_problem.lines()[0]}"]
        return []
