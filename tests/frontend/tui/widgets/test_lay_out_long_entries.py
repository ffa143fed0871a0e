"""The reader: an entry that takes long to lay out, and what happens to it meanwhile."""

from __future__ import annotations

import asyncio

from rich.style import Style
from textual.app import App, ComposeResult

from backend import add_entry
from backend.database.journal.extractions import store_extraction
from backend.records import EntityType, Span
from frontend.tui.text.entry_view import read
from frontend.tui.widgets.panes.reader import Reader


class ReaderApp(App[None]):
    """A reader with nothing beside it that could have it show something else."""

    CSS = "Reader { width: 100%; height: 100%; } Reader > .reader--chosen { text-style: reverse; }"

    def compose(self) -> ComposeResult:
        yield Reader()

    @property
    def reader(self) -> Reader:
        return self.query_one(Reader)

    @property
    def chosen(self) -> str:
        """The name that is painted as the chosen one."""
        reader = self.reader
        segments = [segment for y in range(reader.size.height) for segment in reader.render_line(y)]
        return "".join(s.text for s in segments if (s.style or Style()).reverse)


async def wait_for(app: ReaderApp, name: str) -> None:
    """Wait until `name` is the chosen one."""
    async with asyncio.timeout(60):
        while app.chosen != name:  # noqa: ASYNC110 - painting has no event
            await asyncio.sleep(0.01)


async def test_names_that_are_found_while_a_long_entry_is_laid_out_are_marked() -> None:
    text = "Anna and words\n" * 20_000 + "Lisbon"
    entry = add_entry(text)
    before = read(entry.uuid)
    at = text.index("Lisbon")
    spans = [Span(0, 4, EntityType.PERSON, 0.9), Span(at, at + 6, EntityType.PLACE, 0.9)]
    assert store_extraction(entry.uuid, entry.revision, "test", spans)
    app = ReaderApp()
    async with app.run_test():
        app.reader.show(before)
        app.reader.show(read(entry.uuid), at=at)
        await wait_for(app, "Lisbon")
        app.reader.action_name(1)
        await wait_for(app, "Anna")
