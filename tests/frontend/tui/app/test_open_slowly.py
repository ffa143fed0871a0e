"""A journal that takes long to open: the first start of a new version backs it up first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend import add_entry, set_preferences
from backend.database.sqlite import migrations
from backend.database.sqlite.connection import close_all
from backend.errors import BackupError
from backend.file_locks import FileLock
from backend.locations import backups_dir, lock_path
from backend.preferences import SHOWN_JOURNAL, THEME
from backend.services import screen_lock
from frontend.tui.screens.editor import EditorScreen
from frontend.tui.screens.lock import LockScreen
from tests.frontend.tui.journeys import begun

#: Seconds; an app that waits for its journal answers nothing until it has it.
HELD_UP = 0.2


@pytest.fixture
def busy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileLock]:
    """Held, it keeps the backup waiting that the journal needs before it is brought up to date."""
    set_preferences(THEME.to("nord"), SHOWN_JOURNAL.to("Travel"))
    if "passphrase" in request.node.name:
        screen_lock.set_passphrase("open sesame")
    add_entry("on the way", journal="Travel")
    add_entry("at home", journal="Home")
    close_all()
    last = migrations.MIGRATIONS[-1].number
    added = migrations.Migration(last + 1, "next", "CREATE TABLE next (x)")
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, added))
    lock = FileLock(lock_path("backup"))
    assert lock.acquire()
    yield lock
    lock.release()


async def test_it_is_said_what_takes_so_long_and_keys_wait(busy: FileLock) -> None:
    async with begun((60, 20), longest_answer=HELD_UP) as journey:
        app = journey.app
        await journey.sees("Charlie", "a new version: backing up first")
        await journey.press("n")
        assert app.screen is app.home
        busy.release()
        await journey.until(lambda: isinstance(app.screen, EditorScreen))
        await journey.press("escape")
        await journey.sees("Travel  1 entry", "on the way")
        await journey.misses("backing up")
        assert app.theme == "nord"
        assert len(list(backups_dir().glob("*-before-migration.db"))) == 1


async def test_an_error_that_comes_late_ends_the_app_with_its_message(busy: FileLock) -> None:
    async with begun(longest_answer=HELD_UP) as journey:
        app = journey.app
        await journey.sees("backing up first")
        folder = backups_dir()
        folder.rmdir()
        folder.write_text("in the way")
        busy.release()
        await journey.until(lambda: app.error is not None)
    assert isinstance(app.error, BackupError)


async def test_one_may_leave_while_it_is_being_opened(busy: FileLock) -> None:
    async with begun(longest_answer=HELD_UP) as journey:
        app = journey.app
        await journey.sees("backing up first")
        await journey.press("q")
        await journey.until(lambda: not app.is_running)
        busy.release()


async def test_what_was_typed_meanwhile_is_no_passphrase(busy: FileLock) -> None:
    async with begun(longest_answer=HELD_UP) as journey:
        app = journey.app
        await journey.sees("backing up first")
        await journey.press("x", "enter")
        busy.release()
        await journey.until(lambda: isinstance(app.screen, LockScreen))
        await journey.sees("Passphrase")
        await journey.misses("That is not it.")
        assert "on the way" not in journey.text
        await journey.type("open sesame")
        await journey.press("enter")
        await journey.sees("on the way")
