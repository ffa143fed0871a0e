"""What the user can set: one table of names, allowed values and explanations for both faces.

Values are words here, as they are typed and shown; what is stored of them is each setting's own
matter. Reading them asks SQLite alone, so that looking at the settings starts no Redis.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final, TypeVar

from backend import locations
from backend.database.journal import journals
from backend.database.journal.preferences import get_preference, set_preference, set_preferences
from backend.errors import UsageError
from backend.preferences import (
    DAILY_PROMPT,
    DATE_FORMAT,
    FALLBACK,
    INFERENCE_ENABLED,
    LOCK_AFTER,
    NEVER,
    PARALLEL,
    SHOWN_JOURNAL,
    THEME,
    WEEK_START,
    WORKER_ENABLED,
    WRITTEN_JOURNAL,
    Preference,
)
from backend.records import DateFormat, Fallback, WeekStart
from backend.services.supervision import scheduling

#: The value of the setting "journal" that stands for all of them.
ALL_JOURNALS: Final = "all"

WordT = TypeVar("WordT", bound=str)

_SWITCH: Final = {"on": "on", "off": "off"}
_SAME: Final = {"true": "on", "yes": "on", "1": "on", "false": "off", "no": "off", "0": "off"}


@dataclass(frozen=True, slots=True)
class Setting:
    """Something that can be set.

    `title` and `about` are what a person reads: what it is, and a line about it. `choices` are the
    allowed values and what each looks like; empty where they are not known before (models,
    journals, themes) and where nothing can be chosen: `write` is None there.
    """

    name: str
    title: str
    about: str
    read: Callable[[], str]
    write: Callable[[str], None] | None
    choices: dict[str, str]


def _switch(name: str, title: str, about: str, preference: Preference[bool]) -> Setting:
    """Return a setting that is on or off, kept as a preference."""
    return Setting(
        name,
        title,
        about,
        lambda: "on" if get_preference(preference) else "off",
        lambda value: set_preference(preference, value == "on"),
        _SWITCH,
    )


def _kept(
    title: str, about: str, preference: Preference[WordT], choices: dict[str, str]
) -> Setting:
    """Return a setting that is kept as the preference of the same name, in the same words."""
    return Setting(
        preference.name,
        title,
        about,
        lambda: get_preference(preference),
        lambda value: set_preference(preference, preference.decode(value)),
        choices,
    )


def _read_inference() -> str:
    return "on" if get_preference(INFERENCE_ENABLED) else "off"


def _write_inference(value: str) -> None:
    scheduling.set_inference_enabled(value == "on")


def _read_model() -> str:
    # The models' code takes 0.1 s to import.
    from backend.services.models import chosen_model  # noqa: PLC0415

    return chosen_model()


def _write_model(value: str) -> None:
    from backend.services.models import choose_model  # noqa: PLC0415 - as above

    choose_model(value)


def _write_fallback(value: str) -> None:
    from backend.services.models import set_fallback  # noqa: PLC0415 - as above

    set_fallback(Fallback(value))


def _write_parallel(value: str) -> None:
    from backend.services.models import set_parallel  # noqa: PLC0415 - as above

    set_parallel(int(value))


def _read_journal() -> str:
    value = get_preference(SHOWN_JOURNAL)
    name = None if value is None else journals.find_journal(value)
    return name or ALL_JOURNALS


def _write_journal(value: str) -> None:
    name = journals.find_journal(value)
    if name is None and value.casefold() != ALL_JOURNALS:
        raise _not_allowed("journal", value, [ALL_JOURNALS, *journals.list_journals()])
    written = () if name is None else (WRITTEN_JOURNAL.to(name),)
    set_preferences(SHOWN_JOURNAL.to(name), *written)


_TABLE: Final = (
    Setting(
        "inference",
        "Read my entries",
        "Whether entries are read as they are saved.",
        _read_inference,
        _write_inference,
        _SWITCH,
    ),
    Setting(
        "model",
        "Model",
        "Which model reads them.",
        _read_model,
        _write_model,
        {},
    ),
    Setting(
        FALLBACK.name,
        "Meanwhile",
        "Who reads while that model cannot be used.",
        lambda: get_preference(FALLBACK),
        _write_fallback,
        {Fallback.WAIT: "entries wait", Fallback.BUILT_IN: "the built-in model"},
    ),
    Setting(
        PARALLEL.name,
        "Read at once",
        "How many entries an endpoint reads at once.",
        lambda: str(get_preference(PARALLEL)),
        _write_parallel,
        {str(number): str(number) for number in PARALLEL.allowed},
    ),
    _switch(
        "worker",
        "Start the worker",
        "Whether Charlie starts it, from next time on.",
        WORKER_ENABLED,
    ),
    _kept("Colours", "The colours of the screen.", THEME, {}),
    _kept(
        "Weeks begin on",
        "The day with which weeks begin.",
        WEEK_START,
        {WeekStart.MONDAY: "Monday", WeekStart.SUNDAY: "Sunday"},
    ),
    _kept(
        "Dates",
        "How days are written, here and by commands.",
        DATE_FORMAT,
        {
            DateFormat.DMY: "21 Nov 2026",
            DateFormat.MDY: "Nov 21, 2026",
            DateFormat.ISO: "2026-11-21",
            DateFormat.US: "11/21/2026",
            DateFormat.EU: "21.11.2026",
        },
    ),
    _switch(
        DAILY_PROMPT.name,
        "Daily prompt",
        "A question on the empty page of a new entry.",
        DAILY_PROMPT,
    ),
    _kept(
        "Cover the screen",
        "After so long without a key.",
        LOCK_AFTER,
        {
            minutes: minutes if minutes == NEVER else f"after {minutes} min"
            for minutes in LOCK_AFTER.allowed
        },
    ),
    Setting(
        "journal",
        "Journal",
        "Which one is shown and written in, or all.",
        _read_journal,
        _write_journal,
        {},
    ),
    Setting(
        "journal_folder",
        "Kept in",
        "Where all is kept; CHARLIE_HOME names it.",
        lambda: str(locations.data_dir()),
        None,
        {},
    ),
)

#: All settings by name, in the order in which they are shown.
SETTINGS: Final[dict[str, Setting]] = {setting.name: setting for setting in _TABLE}


def find_setting(name: str) -> Setting:
    """Return the setting called `name`; case, hyphens and underscores are the same.

    Raises:
        UsageError: there is none; the nearest one, or all of them, are named.
    """
    key = name.strip().casefold().replace("-", "_")
    if key in SETTINGS:
        return SETTINGS[key]
    near = get_close_matches(key, SETTINGS, n=1)
    raise UsageError(
        f"There is no setting “{name}”.",
        hint=f"Did you mean {near[0]}?" if near else f"There are: {', '.join(SETTINGS)}.",
    )


def read_settings() -> dict[str, str]:
    """Return the values of all settings, by name.

    Raises:
        StorageError: the journal cannot be read.
    """
    return {name: setting.read() for name, setting in SETTINGS.items()}


def change_setting(name: str, value: str, *, themes: Collection[str] = ()) -> str:
    """Set a setting, at once; its value as it is from now on.

    Args:
        name: of the setting.
        value: one of its allowed values; case does not matter.
        themes: the names of the themes there are, which only a face knows.

    Raises:
        UsageError: there is no such setting, it cannot be set, or this is no value of it.
        RedisUnavailableError: `inference` is kept in Redis, which cannot be reached.
        StorageError: it could not be written; nothing was changed.
    """
    setting = find_setting(name)
    if setting.write is None:
        raise UsageError(f"“{setting.name}” cannot be set: it is only shown.", hint=setting.about)
    allowed = list(themes) if setting.name == "theme" else list(setting.choices)
    if allowed:
        wanted = value.strip().casefold()
        wanted = _SAME.get(wanted, wanted) if setting.choices is _SWITCH else wanted
        by_key = {choice.casefold(): choice for choice in allowed}
        if wanted not in by_key:
            raise _not_allowed(setting.name, value, allowed)
        value = by_key[wanted]
    setting.write(value)
    return setting.read()


def _not_allowed(name: str, value: str, allowed: Collection[str]) -> UsageError:
    return UsageError(
        f"“{value}” is no value of “{name}”.",
        safe="Nothing was changed.",
        hint=f"Allowed: {', '.join(allowed)}.",
    )
