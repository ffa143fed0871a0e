"""Watching the work: what waits, what failed and what can be done about it, at every width."""

from __future__ import annotations

import asyncio

import pytest

import backend
from backend import locations
from backend.database import redis_ops
from backend.database.redis.client import client
from backend.records import Entry
from backend.services.supervision import queue_view, run_log
from backend.services.supervision.queue_view import STOPPED_ERROR
from backend.services.supervision.run_log import Ending, ModelFigures, RouteTaken, Run
from backend.services.supervision.work_report import WorkReport
from backend.services.supervision.worker_status import ModelState, Phase, WorkerStatus
from frontend.shared.worker_formatting import log_lines, model_lines, now_lines
from frontend.tui.screens.work import WorkScreen
from frontend.tui.widgets.lists.work_list import WorkList
from tests.backend.services.work import are_extracted, is_being_read, long_text
from tests.frontend.tui.app.test_notify import toasts
from tests.frontend.tui.journeys import SIZES, Journey, opened


def give_up(entry: Entry, error: str = "The answer could not be used.") -> None:
    redis_ops.set_episode_status(
        entry.uuid, "dead", entry.journal, error=error, attempts=5, revision=entry.revision
    )


def work_list(journey: Journey) -> WorkList:
    return journey.app.screen.query_one(WorkList)


def commands_done() -> int:
    with client() as redis:
        return int(redis.info("stats")["total_commands_processed"])


async def nobody_asks(journey: Journey) -> None:
    """Check that Redis is left alone for longer than the screen pauses between two asks."""
    before = await asyncio.to_thread(commands_done)
    await journey.pilot.pause(1.5)
    # Asking how many there were is one.
    assert await asyncio.to_thread(commands_done) == before + 1


@pytest.mark.parametrize("size", SIZES)
async def test_queue_figures_and_log_are_there_at_every_width(size: tuple[int, int]) -> None:
    redis_ops.set_inference_enabled(False)
    failed, _waiting = backend.add_entry("A dark day"), backend.add_entry("A bright day")
    redis_ops.reconcile()
    give_up(failed)
    read = backend.add_entry("A day that was read")
    run_log.record_run(
        Run(
            read.uuid,
            Ending.EXTRACTED,
            "built-in",
            RouteTaken.CHOSEN,
            1.7e9,
            seconds=0.25,
            words=500,
        )
    )
    locations.log_path("worker").write_text(
        "2026-01-01 10:00:00,001 WARNING charlie.worker Something is odd.\n", encoding="utf-8"
    )
    async with opened(size) as journey:
        await journey.press("w")
        await journey.sees("Could not be read · 1", "A dark day", "failed 5 times")
        await journey.sees("Waiting · 2", "A bright day", "for inference")
        await journey.sees("Read lately", "0.25 s", "2,000 words a second")
        await journey.press("tab")
        await journey.sees("1 read: 1 as the chosen model", "0.25 s an entry")
        await journey.press("3")
        await journey.sees("10:00:00  warning: Something is odd.")
        await journey.press("tab")
        await journey.sees("Could not be read · 1")
        assert not [line for line in journey.lines if len(line) > size[0]]
        await journey.press("escape")
        await journey.misses("Could not be read")


async def test_a_failed_entry_is_tried_again() -> None:
    entry = backend.add_entry("A dark day")
    redis_ops.reconcile()
    give_up(entry)
    async with opened(start_worker=True) as journey:
        await journey.press("w")
        await journey.sees("r retry")
        await journey.press("r")
        # It goes by itself before long.
        await journey.until(lambda: toasts(journey) == ["“A dark day” is tried again."])
        await journey.until(lambda: are_extracted(entry))
        await journey.sees("everything is read", "✓ A dark day")


async def test_a_failed_entry_is_dropped_after_a_question() -> None:
    entries = [backend.add_entry(f"A dark day {number}") for number in range(3)]
    redis_ops.reconcile()
    for entry in entries:
        give_up(entry)
    async with opened() as journey:
        await journey.press("w")
        await journey.sees("Could not be read · 3")
        await journey.press("d")
        await journey.sees("Leave “A dark day")
        await journey.press("n", "d")
        await journey.sees("Leave “A dark day")
        await journey.press("y")
        await journey.sees("Could not be read · 2")
        await journey.press("D")
        await journey.sees("Leave all failed")
        await journey.press("y")
        await journey.misses("Could not be read")
    assert all(are_extracted(entry) for entry in entries)


async def test_all_failed_entries_are_tried_again() -> None:
    redis_ops.set_inference_enabled(False)
    entries = [backend.add_entry(f"A dark day {number}") for number in range(3)]
    redis_ops.reconcile()
    for entry in entries:
        give_up(entry)
    async with opened() as journey:
        await journey.press("w")
        await journey.sees("Could not be read · 3")
        await journey.press("R")
        await journey.sees("Waiting · 3")
    assert queue_view.list_failed() == []


@pytest.mark.parametrize("size", [(60, 20), pytest.param((120, 40), marks=pytest.mark.slow)])
async def test_what_is_read_is_stopped_and_set_aside(size: tuple[int, int]) -> None:
    entry = backend.add_entry(f"A long walk\n{long_text(200_000)}")
    async with opened(size, start_worker=True) as journey:
        await journey.until(lambda: is_being_read(entry))
        await journey.press("w")
        await journey.sees("Being read · 1", "● A long walk", "% read")
        await journey.press("C")
        await journey.sees("✗ A long walk", STOPPED_ERROR)
        await journey.until(lambda: "1 given up" in journey.app.status)
        assert not are_extracted(entry)
        # Whoever stopped it need not be told that it was not read.
        assert not [toast for toast in toasts(journey) if "could not be read" in toast]


async def test_an_entry_opens_and_the_way_back_leads_to_its_row() -> None:
    redis_ops.set_inference_enabled(False)
    for number in range(30):
        backend.add_entry(f"Day {number}")
    async with opened((80, 24)) as journey:
        await journey.press("w")
        await journey.sees("Waiting · 30")
        await journey.press(*"jjjjjjj")
        chosen = work_list(journey).chosen
        assert chosen is not None
        await journey.press("enter")
        await journey.until(lambda: chosen.title in journey.reader_text)
        await journey.press("escape")
        await journey.until(lambda: isinstance(journey.app.screen, WorkScreen))
        await journey.until(lambda: work_list(journey).chosen == chosen)


async def test_the_mouse_works_too() -> None:
    redis_ops.set_inference_enabled(False)
    for number in range(5):
        backend.add_entry(f"Day {number}")
    async with opened((120, 40)) as journey:
        await journey.press("w")
        await journey.sees("Waiting · 5")
        y = next(number for number, line in enumerate(journey.lines) if "Day 2" in line)
        await journey.pilot.click(offset=(10, y))
        await journey.until(lambda: (row := work_list(journey).chosen) and row.title == "Day 2")
        await journey.pilot.click(offset=(10, y))
        await journey.until(lambda: "Day 2" in journey.reader_text)


@pytest.mark.parametrize("size", SIZES)
async def test_panes_are_opened_with_the_mouse(size: tuple[int, int]) -> None:
    async with opened(size) as journey:
        await journey.press("w")
        await journey.sees("▸1 Queue")
        await journey.until(lambda: work_list(journey).has_focus)
        row = next(y for y, line in enumerate(journey.lines) if "▸1 Queue" in line)
        await journey.pilot.click(offset=(journey.lines[row].index("3 Log"), row))
        await journey.sees("▸3 Log")
        await journey.until(lambda: journey.app.screen.query_one("#log").has_focus)
        assert journey.app.screen.focused is journey.app.screen.query_one("#log")
        await journey.press("1")
        await journey.sees("▸1 Queue")


async def test_a_click_into_a_pane_opens_it() -> None:
    async with opened((120, 40)) as journey:
        await journey.press("w")
        await journey.sees("▸1 Queue")
        await journey.until(lambda: work_list(journey).has_focus)
        await journey.pilot.click("#log")
        await journey.sees("▸3 Log")


async def test_nobody_is_asked_while_nobody_looks() -> None:
    backend.add_entry("A day")
    async with opened() as journey:
        await journey.until(lambda: journey.app.status == "not running")
        await journey.press("w")
        await journey.sees("A day", "Queue")
        before = await asyncio.to_thread(commands_done)
        await journey.until(lambda: commands_done() > before + 10)
        await journey.press("question_mark")
        await journey.until(lambda: not isinstance(journey.app.screen, WorkScreen))
        await nobody_asks(journey)
        await journey.press("escape")
        await journey.until(lambda: isinstance(journey.app.screen, WorkScreen))
        before = await asyncio.to_thread(commands_done)
        await journey.until(lambda: commands_done() > before + 10)
        await journey.press("escape")
        await journey.until(lambda: journey.app.screen is journey.app.home)
        await nobody_asks(journey)


@pytest.mark.slow
async def test_a_worker_that_was_given_up_is_started_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = backend.add_entry("A day")
    with client() as redis:
        redis.ping()
    # No Python can start like this.
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    async with opened((120, 40), start_worker=True) as journey:
        await journey.press("w")
        await journey.until(lambda: "not running: it died again" in journey.app.status)
        assert toasts(journey) == [
            "The worker ended unexpectedly",
            "The worker cannot be kept running",
        ]
        await journey.sees("W start", "Restarts", "died 5 times")
        monkeypatch.delenv("PYTHONHOME")
        await journey.press("W")
        await journey.until(lambda: are_extracted(entry))
        await journey.until(lambda: "The worker is back" in toasts(journey))


async def test_hostile_text_is_only_text() -> None:
    entry = backend.add_entry("A day\x1b]52;c;AAAA\x07 with \x9b31m escapes")
    redis_ops.reconcile()
    give_up(entry, "Why \x1b[31m red?")
    locations.log_path("worker").write_text("odd \x1b[2J\n", encoding="utf-8")
    async with opened((120, 40)) as journey:
        await journey.press("w")
        await journey.sees("A day␛]52", "Why ␛[31m red?", "odd ␛[2J")
        assert not set("\x1b\x07\x9b") & set(journey.text)


async def test_a_resize_keeps_what_is_looked_at() -> None:
    backend.add_entry("A day")
    async with opened((120, 40)) as journey:
        await journey.press("w", "3")
        await journey.sees("▸3 Log", "A day")
        await journey.pilot.resize_terminal(60, 20)
        await journey.sees("▸3 Log")
        await journey.misses("A day")
        await journey.press("1")
        await journey.sees("A day")


async def test_what_lies_below_follows_a_resize_when_it_is_seen_again() -> None:
    backend.add_entry("A day\nin the mountains")
    async with opened((120, 40)) as journey:
        await journey.press("w")
        await journey.sees("Queue")
        await journey.pilot.resize_terminal(60, 20)
        await journey.press("escape")
        await journey.until(lambda: journey.app.screen is journey.app.home)
        await journey.until(lambda: journey.app.home.has_class("-narrow"))
        assert not [line for line in journey.lines if len(line) > 60]
        await journey.press("w")
        await journey.sees("Queue")
        await journey.pilot.resize_terminal(200, 50)
        await journey.press("escape")
        await journey.until(lambda: journey.app.home.has_class("-roomy"))
        await journey.sees("in the mountains")


async def test_only_what_shows_through_is_painted_beneath() -> None:
    backend.add_entry("A day")
    async with opened((120, 40)) as journey:
        await journey.press("w")
        await journey.sees("Queue")
        assert journey.app._background_screens == []
        await journey.press("question_mark")
        await journey.sees("Keys")
        assert [type(each) for each in journey.app._background_screens] == [WorkScreen]
        await journey.sees("Journal › Work")


def test_without_redis_it_says_so() -> None:
    away = WorkerStatus(Phase.STOPPED, reason="Redis is away.")
    assert [line for line, _ in now_lines(WorkReport(away), 60)] == [
        "Redis is away.",
        "no model in memory",
    ]


@pytest.mark.parametrize("width", [56, 76, 116, 196])
@pytest.mark.parametrize("share", [None, 0.0, 0.5, 1.0])
def test_what_happens_now_fits_its_line(width: int, share: float | None) -> None:
    title = "A title that is much longer than any line has room for " * 5
    status = WorkerStatus(
        Phase.EXTRACTING, ModelState.WARM, "u", title, 41, 31_234, share=share, entries=("u",)
    )
    (line, _), _ = now_lines(WorkReport(status), width)
    assert len(line) <= width
    assert "42 of 31,234" in line
    assert share is None or f"{share:.0%}" in line


def test_the_log_is_told_shortly() -> None:
    lines = [
        "2026-11-29 13:05:39,123 INFO charlie.worker Read"
        " 0192f0c1-1111-7222-8333-444455556666, revision 1: stored.",
        "Traceback (most recent call last):",
    ]
    assert [text for text, _ in log_lines(lines)] == [
        "13:05:39  Read 0192f0c1, revision 1: stored.",
        lines[1],
    ]


def test_a_models_reading_is_told_by_route() -> None:
    model = ModelFigures("m", chosen=10, fallback=2, reread=1, reused=4, seconds=26, words=2600)
    assert model_lines(model) == [
        "13 read: 10 as the chosen model, 2 in place of another, 1 read again",
        "4 known already",
        "2.00 s an entry, 100 words a second",
    ]
