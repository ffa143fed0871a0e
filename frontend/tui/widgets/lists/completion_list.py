"""The small list at the cursor of what a word may become."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.message import Message
from textual.widget import Widget

from backend import complete_names, complete_tags
from backend.errors import CharlieError
from backend.records import Completion
from backend.text import for_terminal_line, single_line
from frontend.shared.formatting import SINGLE_NAMES
from frontend.tui.tasks import run_latest
from frontend.tui.text.completing import MOST, Completing, Word
from frontend.tui.text.wrapping import fit
from frontend.tui.widgets.fields.writing_area import WritingArea

_WIDEST = 40


class CompletionList(Widget):
    """Shows what a `Completing` offers; the one that would be taken has a bar before it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "completions--chosen",
        "completions--bar",
        "completions--quiet",
    }

    class Clicked(Message):
        """One was clicked: the place in what is offered."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def __init__(self, completing: Completing, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._completing = completing
        self._shown: tuple[object, ...] = ()

    def on_mount(self) -> None:
        """Nothing is offered yet."""
        self.display = False

    def look_up(self, area: WritingArea, journal: str) -> None:
        """Ask what the word that is being typed in `area` may become in `journal`."""
        word = self._completing.word
        if word is not None:
            run_latest(self, "complete", self._find, word, area, journal)
        self.follow(area)

    async def _find(self, word: Word, area: WritingArea, journal: str) -> None:
        find = complete_names if word.mark == "@" else complete_tags
        try:
            # One more: what was typed may be among them, and that is not offered.
            found = await asyncio.to_thread(find, word.typed, journal=journal, limit=MOST + 1)
        except CharlieError:
            # The text matters more than what it may become.
            return
        self._completing.found(word, found)
        self.follow(area)

    def follow(self, area: WritingArea) -> None:
        """Show what is offered now, by the word in `area`."""
        offered = self._completing.offered
        word = self._completing.word
        column, row = area.cursor_screen_offset
        column -= 0 if word is None else 1 + len(word.typed)
        room = self.screen.size
        shown = (tuple(offered), self._completing.chosen, column, row, room)
        if shown == self._shown:
            return
        self._shown = shown
        self.display = bool(offered)
        if not offered:
            return
        width = min(_WIDEST, room.width, max(map(_width, offered)))
        height = len(offered)
        below = row + 1 + height <= room.height
        self.styles.width, self.styles.height = width, height
        self.styles.offset = (
            max(0, min(column - 2, room.width - width)),
            row + 1 if below else max(0, row - height),
        )
        self.refresh()

    def render(self) -> Text:
        """Return a line for each."""
        width = self.content_size.width
        quiet = self.get_component_rich_style("completions--quiet", partial=True)
        bar = self.get_component_rich_style("completions--bar", partial=True)
        lines = Text(no_wrap=True, end="")
        for place, each in enumerate(self._completing.offered):
            is_chosen = place == self._completing.chosen
            about = _about(each)
            name = fit(_name(each), width - cell_len(about) - 5)
            line = Text("▌ " if is_chosen else "  ", bar)
            line.append(name)
            line.append(" " * (width - cell_len(name) - cell_len(about) - 3))
            line.append(f"{about} ", quiet)
            if is_chosen:
                line.stylize(self.get_component_rich_style("completions--chosen", partial=True))
            lines.append(line).append("\n" if place + 1 < len(self._completing.offered) else "")
        return lines

    def on_click(self, event: events.Click) -> None:
        """Take what is clicked."""
        event.stop()
        if 0 <= event.y < len(self._completing.offered):
            self.post_message(self.Clicked(event.y))


def _name(completion: Completion) -> str:
    return for_terminal_line(single_line(completion.text, _WIDEST))


def _about(completion: Completion) -> str:
    kind = SINGLE_NAMES[completion.type] if completion.type is not None else ""
    return f"{kind} {completion.count:,}".strip()


def _width(completion: Completion) -> int:
    return cell_len(_name(completion)) + cell_len(_about(completion)) + 6
