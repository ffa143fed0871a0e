"""The entry that was asked for is the one that is shown, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import chain

import pytest
from textual import events

from backend import (
    add_entry,
    create_journal,
    delete_entry,
    edit_entry,
    get_entry,
    list_entries,
    list_trash,
)
from backend.database.journal.entries import NewEntry, add_entries
from backend.dates import now
from backend.errors import CharlieError
from backend.records import EntityType
from frontend.tui.routes import EntityRoute, EntryRoute
from frontend.tui.screens.editor import EditorScreen
from frontend.tui.screens.entity import EntityScreen
from frontend.tui.screens.trash import TrashScreen
from frontend.tui.widgets.lists.passage_list import PassageList
from tests.frontend.tui.journeys import Journey, opened
from tests.frontend.tui.screens.test_read_entries import add_read
from tests.slow import seeds


def add_many(count: int) -> list[str]:
    """One entry every eight hours, back from now; their uuids, the newest first."""
    at = now()
    add_entries(
        NewEntry(f"entry {i}\nof {count}", created_at=at - timedelta(hours=8 * i))
        for i in range(count)
    )
    return [entry.uuid for entry in list_entries(limit=count)]


def chosen(journey: Journey) -> str | None:
    entry = journey.app.home.entries.chosen
    return entry.uuid if entry else None


def read(journey: Journey) -> str | None:
    reading = journey.app.home.reader.entry_view
    return reading.entry.uuid if reading else None


def is_extracted(journey: Journey, uuid: str) -> bool:
    return read(journey) == uuid


async def settled(journey: Journey) -> None:
    """Wait until the list has shown everything it was asked for."""
    entries = journey.app.home.entries
    await journey.until(lambda: not entries._reloading.is_running and entries.selection is None)


async def turns(choose: random.Random) -> None:
    """Let what runs get on, as far as it may."""
    for _ in range(choose.choice((0, 0, 1, 3, 10, 40))):
        await asyncio.sleep(0)


SIZES = [(80, 24), (120, 40), (100, 33), (160, 34), (80, 50)]


class Bustle:
    """What happens around whoever reads, in an order that `seed` decides."""

    def __init__(self, journey: Journey, seed: int, uuids: list[str]) -> None:
        self.journey = journey
        self.choose = random.Random(seed)
        self.uuids = uuids
        self.wanted = ""

    def another(self) -> str:
        return self.choose.choice([uuid for uuid in self.uuids if uuid != self.wanted])

    async def save(self) -> None:
        """Another thread has a connection of its own."""
        await asyncio.to_thread(add_entry, "something newer")

    async def edit(self) -> None:
        await asyncio.to_thread(edit_entry, self.another(), "edited elsewhere")

    async def delete(self) -> None:
        uuid = self.another()
        self.uuids.remove(uuid)
        await asyncio.to_thread(delete_entry, uuid)

    async def tell(self) -> None:
        self.journey.app.journal_changed.publish(None)

    async def tell_read(self) -> None:
        self.journey.app.entry_extracted.publish(self.choose.choice(self.uuids))

    async def read_again(self) -> None:
        self.journey.app.home._reload()

    async def resize(self) -> None:
        await self.journey.pilot.resize_terminal(*self.choose.choice(SIZES))

    async def open(self) -> None:
        self.wanted = self.choose.choice(self.uuids)
        self.journey.app.navigation.navigate(EntryRoute(self.wanted))

    async def happen(self, *, opens: bool) -> None:
        acts = [self.save, self.edit, self.delete, self.tell, self.tell_read]
        acts += [self.read_again, self.read_again, self.resize]
        acts += [self.open, self.open] if opens else []
        await self.choose.choice(acts)()
        await turns(self.choose)


@pytest.mark.parametrize("seed", seeds(12, quick=2))
async def test_trail_list_and_reader_name_the_same_entry(seed: int) -> None:
    uuids = add_many(90)
    async with opened() as journey:
        home = journey.app.home
        bustle = Bustle(journey, seed, uuids)
        for _ in range(3):
            for _ in range(bustle.choose.randint(0, 6)):
                await bustle.happen(opens=True)
            await bustle.open()
            for _ in range(bustle.choose.randint(1, 6)):
                await bustle.happen(opens=False)
            await settled(journey)
            await journey.until(lambda: read(journey) == bustle.wanted)
            home._reload()
            await settled(journey)
            assert isinstance(journey.app.navigation.history.here, EntryRoute)
            assert journey.app.navigation.history.here.uuid == bustle.wanted
            where = home.where()
            assert isinstance(where, EntryRoute)
            assert where.uuid == bustle.wanted
            assert chosen(journey) == bustle.wanted
            assert read(journey) == bustle.wanted


@pytest.mark.parametrize("seed", seeds(4, quick=2))
async def test_keys_typed_ahead_are_for_the_entry_that_is_asked_for(seed: int) -> None:
    uuids = add_many(90)
    choose = random.Random(seed)
    async with opened() as journey:
        wanted = choose.choice(uuids[5:])
        journey.app.navigation.navigate(EntryRoute(wanted))
        await turns(choose)
        journey.app.home._reload()
        journey.app.simulate_key("e")
        await turns(choose)
        journey.app.home._reload()
        await journey.until(lambda: isinstance(journey.app.screen, EditorScreen))
        assert isinstance(journey.app.screen, EditorScreen)
        await journey.until(journey.app.screen.opened.is_set)
        assert journey.app.screen.editor_session.writer.entry == wanted


def burst(keys: str) -> Iterator[events.Key]:
    return (events.Key(key, key) for key in keys)


@pytest.mark.parametrize("seed", seeds(6, quick=2))
@pytest.mark.parametrize("is_viewing", [False, True])
async def test_a_burst_of_deletions_takes_one_entry_after_the_other(
    seed: int, is_viewing: bool
) -> None:
    uuids = add_many(20)
    choose = random.Random(seed)
    async with opened() as journey:
        await journey.until(lambda: read(journey) == uuids[0])
        await journey.press(*"jj", *(["enter"] if is_viewing else []))
        await journey.until(lambda: read(journey) == uuids[2])
        for key in burst("ddd"):
            journey.app.post_message(key)
            await turns(choose)
            if choose.random() < 0.2:
                journey.app.home._reload()
        await journey.until(lambda: {each.uuid for each in list_trash()} == set(uuids[2:5]))
        await settled(journey)
        assert chosen(journey) == uuids[5]
        await journey.until(lambda: read(journey) == uuids[5])


async def test_a_list_that_is_always_being_read_deletes_no_entry_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    uuids = add_many(20)
    async with opened() as journey:
        await journey.until(lambda: read(journey) == uuids[0])
        told: list[CharlieError] = []
        monkeypatch.setattr(journey.app, "show_error", told.append)

        async def read_on() -> None:
            while True:
                journey.app.home.entries.reload()
                await asyncio.sleep(0.002)

        reading = asyncio.create_task(read_on())
        for key in burst("d" * 15):
            journey.app.post_message(key)
        await journey.until(lambda: len(list_trash()) == 15 or told)
        reading.cancel()
        await journey.until(lambda: journey.app.key_buffer.is_idle)
        assert not told
        assert {entry.uuid for entry in list_trash()} == set(uuids[:15])


async def test_what_is_undone_is_chosen_before_the_next_key() -> None:
    uuids = add_many(5)
    async with opened() as journey:
        await journey.until(lambda: read(journey) == uuids[0])
        for key in burst("dud"):
            journey.app.post_message(key)
        await journey.until(lambda: journey.app.key_buffer.is_idle)
        await journey.until(lambda: [each.uuid for each in list_trash()] == [uuids[0]])


async def test_what_was_deleted_comes_back_one_after_the_other() -> None:
    uuids = add_many(6)
    async with opened() as journey:
        await journey.until(lambda: read(journey) == uuids[0])
        for key in burst("dddd"):
            journey.app.post_message(key)
        await journey.until(lambda: len(list_trash()) == 4)
        await journey.until(lambda: journey.app.key_buffer.is_idle)
        await journey.press("u")
        await journey.sees("“entry 3", "is back", "3 more")
        for key in burst("uuu"):
            journey.app.post_message(key)
        await journey.until(lambda: list_trash() == [])
        await journey.until(lambda: chosen(journey) == uuids[0])
        await journey.sees("“entry 0", "is back")
        await journey.misses("u undo")


async def test_a_burst_in_the_trash_deletes_one_entry_after_the_other() -> None:
    for number in range(6):
        delete_entry(add_entry(f"entry {number}").uuid)
    async with opened() as journey:
        await journey.press("T")
        await journey.until(lambda: isinstance(journey.app.screen, TrashScreen))
        trash = journey.app.screen
        assert isinstance(trash, TrashScreen)
        await journey.until(lambda: trash.chosen is not None)
        before = [entry.uuid for entry in list_trash()]
        for key in burst("dydyd"):
            journey.app.post_message(key)
            trash.reload()
        await journey.sees("Delete “entry 3”", "for good?")
        assert [entry.uuid for entry in list_trash()] == before[2:]


@pytest.mark.parametrize("is_new", [True, False])
@pytest.mark.parametrize(("before", "after"), [((80, 24), (120, 40)), ((120, 40), (80, 24))])
async def test_what_was_written_is_chosen_after_a_resize(
    before: tuple[int, int], after: tuple[int, int], is_new: bool
) -> None:
    uuids = add_many(30)
    async with opened(before) as journey:
        await journey.press(*["j"] * 6)
        await journey.until(lambda: chosen(journey) == uuids[6])
        await journey.press("n" if is_new else "e")
        await journey.until(lambda: isinstance(journey.app.screen, EditorScreen))
        await journey.type("Written just now")
        await journey.pilot.resize_terminal(*after)
        await journey.press("escape")
        await journey.until(lambda: journey.app.screen is journey.app.home)
        await settled(journey)
        await journey.until(lambda: "Written just now" in journey.reader_text)
        expected = uuids[6] if not is_new else list_entries(limit=1)[0].uuid
        assert chosen(journey) == read(journey) == expected
        assert journey.app.home.entries._rows.entry_height == (3 if after[1] >= 34 else 2)


async def test_moving_the_cursor_puts_it_where_it_was_moved() -> None:
    uuids = add_many(90)
    async with opened() as journey:
        entries = journey.app.home.entries
        entries.reload(select=uuids[70])
        entries.choose(4)
        await settled(journey)
        assert chosen(journey) == uuids[4]
        for number in range(3):
            entries.reload()
            await asyncio.to_thread(add_entry, f"newer {number}")
            entries.choose(80 if number % 2 else 2)
            picked = chosen(journey)
            entries.reload()
            await settled(journey)
            await journey.until(lambda: chosen(journey) is not None)
            assert picked is None or chosen(journey) == picked


async def test_a_journal_that_is_chosen_is_shown_whatever_entry_was_wanted() -> None:
    create_journal("Work")
    add_entry("at work", journal="Work")
    uuids = add_many(10)
    async with opened() as journey:
        journey.app.home.entries.reload(select=uuids[-1])
        journey.app.journal_switch.show("Work")
        journey.app.home._reload()
        await settled(journey)
        await journey.until(lambda: "at work" in journey.reader_text)
        assert journey.app.home.entries.source.journal == journey.app.journal_scope.shown == "Work"


async def test_an_entry_that_is_gone_leaves_the_journal_shown() -> None:
    create_journal("Work")
    gone = add_entry("gone", journal="Work")
    stays = add_entry("stays", journal="Work")
    add_many(3)
    async with opened() as journey:
        journey.app.journal_switch.show("Work")
        await journey.until(lambda: "stays" in journey.reader_text)
        delete_entry(gone.uuid)
        journey.app.home.entries.reload(select=gone.uuid)
        await settled(journey)
        assert journey.app.home.entries.source.journal == "Work"
        assert chosen(journey) == stays.uuid


async def test_the_reader_follows_the_cursor_though_another_entry_is_told_of() -> None:
    uuids = add_many(10)
    async with opened() as journey:
        home = journey.app.home
        await journey.until(lambda: read(journey) == uuids[0])
        for position in chain(range(1, 10), (0, 1, 0)):
            told = read(journey)
            home.entries.choose(position)
            await asyncio.sleep(0)
            journey.app.entry_extracted.publish(told or "")
            await journey.until(partial(is_extracted, journey, uuids[position]))


async def test_an_entry_that_was_read_while_the_list_was_read_is_shown_so() -> None:
    uuids = add_many(4)
    async with opened() as journey:
        entries = journey.app.home.entries
        entries.reload()
        await asyncio.sleep(0)
        journey.app.entry_extracted.publish(uuids[0])
        await settled(journey)
        assert entries.chosen is not None
        assert entries.chosen.is_extracted


async def test_the_list_is_read_while_news_does_not_end() -> None:
    uuids = add_many(90)
    async with opened() as journey:
        entries = journey.app.home.entries
        entries.reload(select=uuids[50])
        for _ in range(100_000):
            entries.reload()
            await asyncio.sleep(0)
            if chosen(journey) == uuids[50]:
                break
        assert chosen(journey) == uuids[50]
        await settled(journey)
        assert chosen(journey) == uuids[50]


async def test_a_passage_that_led_here_is_chosen_though_the_passages_are_read_again() -> None:
    for number in range(40):
        entry = add_read(f"Anna on day {number}.", {"Anna": EntityType.PERSON})
    anna = get_entry(entry.uuid).entities[0]
    async with opened() as journey:
        journey.app.navigation.navigate(EntityRoute((anna.id,), "Anna"))
        await journey.until(lambda: isinstance(journey.app.screen, EntityScreen))
        passages = journey.app.screen.query_one(PassageList)
        await journey.until(lambda: passages.chosen is not None)
        source = passages._source
        assert source is not None
        passages.show(source, lambda: 30)
        passages.reload(source)
        await journey.until(lambda: not passages._reloading.is_running)
        assert passages.cursor == 30
