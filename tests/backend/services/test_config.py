"""Settings by name: read, changed at once, refused with what is allowed."""

from __future__ import annotations

import pytest

import backend
from backend.database.redis_ops import get_inference_enabled
from backend.errors import CharlieError, NotFoundError, UsageError
from backend.locations import data_dir
from backend.preferences import DATE_FORMAT, WRITTEN_JOURNAL, StoredPreference
from backend.records import DateFormat, WeekStart
from backend.services import config, models
from frontend.shared.date_preferences import date_preferences
from frontend.shared.theme_names import DEFAULT_THEME


def test_every_setting_has_a_value_and_a_line() -> None:
    values = config.read_settings()
    assert list(values) == list(config.SETTINGS)
    for name, setting in config.SETTINGS.items():
        assert setting.name == name
        assert setting.about.endswith(".")
        assert len(setting.about) <= 48
        assert not setting.choices or values[name] in setting.choices
    assert values == {
        "inference": "on",
        "model": models.BUILT_IN,
        "fallback": "wait",
        "parallel": "4",
        "worker": "on",
        "theme": DEFAULT_THEME,
        "week_start": "monday",
        "date_format": "dmy",
        "daily_prompt": "off",
        "lock_after": "never",
        "journal": "all",
        "journal_folder": str(data_dir()),
    }


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("week_start", "Sunday", "sunday"),
        ("week-start", " MONDAY ", "monday"),
        ("date_format", "iso", "iso"),
        ("daily_prompt", "yes", "on"),
        ("worker", "0", "off"),
        ("Model", "built-in", "built-in"),
        ("fallback", "Built-in", "built-in"),
        ("parallel", "16", "16"),
    ],
)
def test_a_value_is_kept(name: str, typed: str, kept: str) -> None:
    assert config.change_setting(name, typed) == kept
    assert config.find_setting(name).read() == kept


def test_habits_are_what_is_kept() -> None:
    config.change_setting("week_start", "sunday")
    config.change_setting("date_format", "eu")
    date_preferences.apply(backend.get_preferences())
    assert (date_preferences.week_start, date_preferences.date_format) == (
        WeekStart.SUNDAY,
        DateFormat.EU,
    )
    backend.set_preferences(StoredPreference(DATE_FORMAT.name, '["nonsense"]'))
    date_preferences.apply(backend.get_preferences())
    assert date_preferences.date_format is DateFormat.DMY
    assert config.read_settings()["date_format"] == "dmy"


def test_the_switch_is_redis_own() -> None:
    assert config.change_setting("inference", "off") == "off"
    assert not get_inference_enabled()
    assert config.change_setting("inference", "on") == "on"
    assert get_inference_enabled()


def test_a_journal_is_chosen_by_its_name_or_all_of_them() -> None:
    backend.create_journal("Travel")
    assert config.change_setting("journal", "travel") == "Travel"
    assert backend.get_preference(WRITTEN_JOURNAL) == "Travel"
    backend.rename_journal("Travel", "Voyages")
    assert config.read_settings()["journal"] == "Voyages"
    assert config.change_setting("journal", "ALL") == "all"
    assert backend.get_preference(WRITTEN_JOURNAL) == "Voyages"


@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        ("week_start", "friday", "Allowed: monday, sunday."),
        ("date_format", "", "Allowed: dmy, mdy, iso, us, eu."),
        ("daily_prompt", "maybe", "Allowed: on, off."),
        ("parallel", "17", "Allowed: 1, 2, 3"),
        ("journal", "nowhere", "Allowed: all, Home."),
        ("theme", "mud", "Allowed: charlie, nord."),
        ("journal_folder", "/tmp", "CHARLIE_HOME"),
        ("week_stert", "monday", "Did you mean week_start?"),
        ("xyz", "monday", "There are: inference, model"),
    ],
)
def test_a_wrong_value_is_told_what_is_allowed(name: str, typed: str, told: str) -> None:
    backend.create_journal("Home")
    before = config.read_settings()
    with pytest.raises(UsageError) as caught:
        config.change_setting(name, typed, themes=["charlie", "nord"])
    assert told in (caught.value.hint or "")
    assert config.read_settings() == before


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(CharlieError) as caught:
        config.change_setting("model", "nobody")
    assert not isinstance(caught.value, NotFoundError) or caught.value.hint
    assert config.read_settings()["model"] == models.BUILT_IN
