"""Progress bars on stderr; where that is no terminal, nothing is drawn."""

from __future__ import annotations

from typing import Self

from backend.text import for_terminal_line


class ProgressBar:
    """A bar for things that are counted, or with `is_transfer` for bytes."""

    def __init__(self, label: str, *, is_transfer: bool = False) -> None:
        self.done = 0
        self.total = 0
        # rich takes 33 ms to import and only a progress bar needs it here.
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )

        amounts = (
            (DownloadColumn(), TransferSpeedColumn()) if is_transfer else (MofNCompleteColumn(),)
        )
        console = Console(stderr=True)
        self._is_drawn = console.is_terminal
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            *amounts,
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self._task = self._progress.add_task(for_terminal_line(label), total=None)

    def __enter__(self) -> Self:
        if self._is_drawn:
            self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_drawn:
            self._progress.stop()

    def update(self, done: int, total: int, _rate: float = 0.0) -> None:
        """Show that `done` of `total` is done; the bar computes its rate by itself."""
        self.done, self.total = done, total
        self._progress.update(self._task, completed=done, total=total)
