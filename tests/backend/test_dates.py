"""Which day an instant falls on, and what clocks show when they are put forward or back."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import tzlocal

from backend import dates
from backend.dates import exists, is_repeated, local_date, local_time, zone_info
from tests.commands import RunCharlie

ZONE = "America/New_York"
LISBON = "Europe/Lisbon"
# 21:30 on 20 November in New York.
NOW = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)


def test_an_evening_belongs_to_the_writers_day() -> None:
    assert local_date(NOW, ZONE) == date(2026, 11, 20)
    assert local_date(NOW, "Asia/Tokyo") == date(2026, 11, 21)
    assert f"{local_time(NOW, ZONE):%H:%M}" == "21:30"


def test_an_unknown_zone_counts_as_utc() -> None:
    assert local_date(NOW, "Mars/Olympus") == date(2026, 11, 21)


def test_a_time_that_clocks_were_put_forward_past_never_was() -> None:
    lisbon = zone_info(LISBON)
    assert not exists(datetime(2026, 3, 29, 1, 30, tzinfo=lisbon))
    assert exists(datetime(2026, 3, 29, 2, 0, tzinfo=lisbon))
    assert exists(datetime(2026, 10, 25, 1, 30, tzinfo=lisbon))


def test_a_time_that_clocks_showed_twice_is_known() -> None:
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    assert is_repeated(first, LISBON)
    assert is_repeated(second, LISBON)
    assert not is_repeated(datetime(2026, 10, 25, 2, 0, tzinfo=UTC), LISBON)
    assert not is_repeated(datetime(2026, 3, 29, 1, 0, tzinfo=UTC), LISBON)


@pytest.fixture
def fresh_zone() -> Iterator[None]:
    """The zone of this machine is asked for anew, in the test and after it."""
    dates.local_zone.cache_clear()
    yield
    dates.local_zone.cache_clear()
    tzlocal.reload_localzone()


@pytest.mark.usefixtures("fresh_zone")
@pytest.mark.parametrize("zone", ["Europe/Lisbon", "Asia/Tokyo", ":Europe/Lisbon", None])
def test_the_zone_of_the_machine_is_the_one_that_tzlocal_finds(
    zone: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if zone is None:
        monkeypatch.delenv("TZ")
    else:
        monkeypatch.setenv("TZ", zone)
    tzlocal.reload_localzone()
    assert dates.local_zone() == tzlocal.get_localzone_name()


@pytest.mark.usefixtures("fresh_zone")
@pytest.mark.parametrize("named", [None, "Asia/Tokyo", "Mars/Olympus"])
def test_a_zone_is_taken_from_files_only_where_they_agree(
    named: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TZ")
    tzlocal.reload_localzone()
    link, file = tmp_path / "localtime", tmp_path / "timezone"
    link.symlink_to("/usr/share/zoneinfo/Asia/Tokyo")
    if named is not None:
        file.write_text(f"{named}\n")
    monkeypatch.setattr(dates, "_LOCAL_TIME", link)
    monkeypatch.setattr(dates, "_TIME_ZONE", file)
    agrees = named in (None, "Asia/Tokyo")
    assert dates.local_zone() == ("Asia/Tokyo" if agrees else tzlocal.get_localzone_name())


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("JST-9", "+09:00"),
        ("<+0330>-3:30", "+03:30"),
        ("XYZ+4:30", "-04:30"),
        ("UTC0", "UTC"),
        ("EST5EDT", "EST5EDT"),
        (":Europe/Lisbon", "Europe/Lisbon"),
        ("AAA-1BBB,M3.5.0,M10.5.0/3", None),
    ],
)
def test_a_zone_that_is_spelt_out_is_honoured_as_by_the_system(
    zone: str, name: str | None, run_charlie_process: RunCharlie
) -> None:
    done = run_charlie_process("add", "--json", "Now.", environment={"TZ": zone})
    stored = json.loads(done.stdout)
    assert stored["zone"] in ({name} if name else {"+01:00", "+02:00"})
    code = "import time; print(time.strftime('%Y-%m-%d %H:%M'))"
    libc = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "TZ": zone},
        capture_output=True,
        text=True,
        check=True,
    )
    written = datetime.fromisoformat(stored["created_at"])
    shown = dates.local_time(written, stored["zone"])
    # A minute may have begun between the two.
    assert abs(
        shown.replace(tzinfo=None) - datetime.fromisoformat(libc.stdout.strip())
    ) < timedelta(minutes=10)


@pytest.mark.parametrize("name", ["+24:00", "+1:00", "9:00", "+09:60", "+09:00 "])
def test_an_offset_that_is_none_counts_as_utc(name: str) -> None:
    assert dates.zone_info(name) is UTC
