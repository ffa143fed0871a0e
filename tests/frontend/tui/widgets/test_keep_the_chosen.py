"""Lists of items in memory: the cursor keeps to what is chosen, and steps over headings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pytest
from rich.segment import Segment
from rich.style import Style
from textual import on
from textual.app import App, ComposeResult

from frontend.tui.widgets.lists.item_list import ItemList
from frontend.tui.widgets.lists.section_list import BLANK, Caption, SectionList
from frontend.tui.widgets.lists.virtual_list import VirtualList

HEIGHT = 6


class Fruit(NamedTuple):
    name: str
    kind: str = ""
    lines: int = 1


class FruitList(ItemList[Fruit]):
    """A line a fruit, known by its name."""

    COMPONENT_CLASSES = {"list--heading"}  # noqa: RUF012 - as Widget declares it

    def key_of(self, row: Fruit) -> str:
        return row.name

    def row_segments(self, row: Fruit, line: int, room: int, base: Style) -> list[Segment]:
        return [Segment(f"{row.name} {line}"[:room], base)]


class KindList(SectionList[Fruit]):
    """Fruits under their kinds, a blank line over each heading but the first."""

    COMPONENT_CLASSES = {"list--heading"}  # noqa: RUF012 - as Widget declares it

    def key_of(self, row: Fruit) -> str:
        return row.name

    def captions_over(self, position: int) -> Sequence[Caption]:
        if position == self.row_count:
            return [] if position else [(("No fruit", "list--heading"),)]
        kind = self.items[position].kind
        if position and kind == self.items[position - 1].kind:
            return []
        heading = ((kind, "list--heading"),)
        return [BLANK, heading] if position else [heading]

    def item_height(self, position: int) -> int:
        return self.items[position].lines

    def row_segments(self, row: Fruit, line: int, room: int, base: Style) -> list[Segment]:
        return [Segment(f"{row.name} {line}"[:room], base)]


class ListApp(App[None]):
    CSS = "VirtualList { width: 100%; height: 100%; scrollbar-size: 0 0; }"

    def __init__(self, shown: ItemList[Fruit]) -> None:
        super().__init__()
        self.shown = shown
        self.told: list[int | None] = []

    def compose(self) -> ComposeResult:
        yield self.shown

    @on(VirtualList.Chosen)
    def _chosen(self, message: VirtualList.Chosen) -> None:
        self.told.append(message.position)

    @property
    def painted(self) -> list[str]:
        strips = self.screen._compositor.render_strips(self.size)
        return [strip.text.rstrip() for strip in strips]


def fruits(names: str, kind: str = "") -> list[Fruit]:
    return [Fruit(name, kind) for name in names.split()]


def name(shown: ItemList[Fruit]) -> str | None:
    return shown.chosen.name if shown.chosen else None


@pytest.mark.parametrize("kind", [FruitList, KindList])
@pytest.mark.parametrize(
    ("others", "chosen"),
    [
        ("apple pear plum fig", "plum"),
        ("quince apple pear cherry plum", "plum"),
        ("plum", "plum"),
        ("apple pear fig", "fig"),
        ("apple", "apple"),
    ],
    ids=["the same", "moved down", "alone", "gone", "nothing at its position"],
)
async def test_the_chosen_item_stays_chosen(
    kind: type[FruitList] | type[KindList], others: str, chosen: str
) -> None:
    app = ListApp(kind())
    async with app.run_test(size=(20, HEIGHT)):
        app.shown.show(fruits("apple pear plum"))
        app.shown.choose(2)
        app.shown.show(fruits(others))
        assert name(app.shown) == chosen


async def test_the_item_that_is_asked_for_is_chosen() -> None:
    app = ListApp(FruitList())
    async with app.run_test(size=(20, HEIGHT)):
        app.shown.show(fruits("apple pear plum"), "pear")
        assert name(app.shown) == "pear"
        app.shown.show(fruits("plum pear apple"), "apple")
        assert name(app.shown) == "apple"
        app.shown.show(fruits("plum apple pear"), "durian")
        assert name(app.shown) == "apple"


async def test_another_list_begins_with_its_first_item() -> None:
    app = ListApp(FruitList())
    many = [Fruit(str(number)) for number in range(30)]
    async with app.run_test(size=(20, HEIGHT)) as pilot:
        app.shown.show_from_start(many, "20")
        await pilot.pause()
        assert (name(app.shown), app.shown.scroll_offset.y) == ("20", 15)
        app.shown.show_from_start(many)
        await pilot.pause()
        assert (name(app.shown), app.shown.scroll_offset.y) == ("0", 0)


async def test_an_item_that_has_moved_is_scrolled_to_and_another_is_not() -> None:
    app = ListApp(FruitList())
    many = [Fruit(str(number)) for number in range(30)]
    async with app.run_test(size=(20, HEIGHT)) as pilot:
        app.shown.show(many)
        app.shown.scroll_to(y=10, animate=False)
        app.shown.show(many)
        await pilot.pause()
        assert app.shown.scroll_offset.y == 10
        app.shown.show([*many[1:], many[0]])
        await pilot.pause()
        assert app.shown.scroll_offset.y == 24


async def test_an_empty_list_has_nothing_to_choose() -> None:
    app = ListApp(FruitList())
    async with app.run_test(size=(20, HEIGHT)) as pilot:
        app.shown.show(fruits("apple pear"))
        app.shown.show([])
        assert (app.shown.cursor, app.shown.chosen, app.shown.row_count) == (None, None, 0)
        await pilot.press("j", "k", "G", "g", "pagedown", "ctrl+u")
        assert app.shown.cursor is None
        assert app.painted == [""] * HEIGHT
        app.shown.show(fruits("fig"))
        assert name(app.shown) == "fig"


@pytest.mark.parametrize("kind", [FruitList, KindList])
async def test_the_only_item_is_never_left(kind: type[FruitList] | type[KindList]) -> None:
    app = ListApp(kind())
    async with app.run_test(size=(20, HEIGHT)) as pilot:
        app.shown.show(fruits("fig"))
        for key in ("j", "k", "G", "g", "pagedown", "pageup", "ctrl+d", "ctrl+u"):
            await pilot.press(key)
            assert name(app.shown) == "fig"


async def test_others_are_told_once_of_what_is_chosen() -> None:
    app = ListApp(FruitList())
    async with app.run_test(size=(20, HEIGHT)) as pilot:
        await pilot.pause()
        app.told.clear()
        for items in ("apple pear", "pear apple", ""):
            app.shown.show(fruits(items))
            await pilot.pause()
        assert app.told == [0, 1, None]


async def test_headings_are_never_chosen() -> None:
    app = ListApp(KindList())
    items = [*fruits("apple pear", "Pomes"), *fruits("plum cherry", "Drupes"), *fruits("fig", "")]
    async with app.run_test(size=(20, 3)) as pilot:
        app.shown.show(items)
        seen = [name(app.shown)]
        for _ in items[1:]:
            await pilot.press("j")
            seen.append(name(app.shown))
        assert seen == [item.name for item in items]
        for key in ("pageup", "ctrl+u", "pageup", "pagedown", "ctrl+d", "G", "pageup"):
            await pilot.press(key)
            assert app.shown.chosen in items
        await pilot.press("g")
        await pilot.click(KindList, offset=(0, 0))
        assert name(app.shown) == "apple"


async def test_a_heading_is_seen_with_the_item_under_it() -> None:
    app = ListApp(KindList())
    items = [*fruits("apple pear", "Pomes"), Fruit("plum", "Drupes", 2), Fruit("cherry", "Drupes")]
    async with app.run_test(size=(20, 4)) as pilot:
        app.shown.show(items)
        assert app.painted == ["Pomes", "▌ apple 0", "  pear 0", ""]
        await pilot.press("G")
        assert app.painted == ["Drupes", "  plum 0", "  plum 1", "▌ cherry 0"]
        assert app.shown.total_lines() == 8
        await pilot.press("k", "k", "k")
        assert app.painted[:2] == ["Pomes", "▌ apple 0"]
        assert [app.shown.row_at(line) for line in range(-1, 9)] == [
            *(None, None, 0, 1, None, None, 2, 2, 3, None)
        ]


async def test_a_sentence_stands_where_there_are_no_items() -> None:
    app = ListApp(KindList())
    async with app.run_test(size=(20, HEIGHT)) as pilot:
        app.shown.show(fruits("apple"))
        app.shown.show([])
        await pilot.press("j")
        assert app.painted[0] == "No fruit"
        assert app.shown.chosen is None
