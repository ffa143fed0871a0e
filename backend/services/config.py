"""What the user can set: one table of names, allowed values and explanations for both faces.

Values are words here, as they are typed and shown; what is stored of them is each setting's own
matter. Reading them asks SQLite alone, so that looking at the settings starts no Redis.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from typing import Final

from backend import locations
from backend.database.journal import journals
from backend.database.journal.preferences import get_preference, set_preference, set_preferences
from backend.database.redis_ops import INFERENCE_PREFERENCE
from backend.errors import UsageError
from backend.records import DateFormat, WeekStart
from backend.services.screen_lock import AFTER_CHOICES, AFTER_PREFERENCE, NEVER
from backend.services.supervision import scheduling
from backend.services.supervision.supervisor import WORKER_PREFERENCE

#: The value of the setting "journal" that stands for all of them.
ALL_JOURNALS: Final = "all"

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


def _switch(name: str, title: str, about: str, preference: str, *, usual: bool) -> Setting:
    """A setting that is on or off, kept as a preference of its own."""
    return Setting(
        name,
        title,
        about,
        lambda: "on" if get_preference(preference, usual) else "off",
        lambda value: set_preference(preference, value == "on"),
        _SWITCH,
    )


def _kept(name: str, title: str, about: str, choices: dict[str, str], *, usual: str) -> Setting:
    """A setting that is kept as a preference of the same name; unknown ones count as `usual`."""

    def read() -> str:
        value = get_preference(name)
        is_known = isinstance(value, str) and (not choices or value in choices)
        return str(value) if is_known else usual

    return Setting(name, title, about, read, partial(set_preference, name), choices)


def _read_inference() -> str:
    return "on" if get_preference(INFERENCE_PREFERENCE, True) else "off"


def _write_inference(value: str) -> None:
    scheduling.set_inference_enabled(value == "on")


def _read_model() -> str:
    # The models' code takes 0.1 s to import.
    from backend.services.models import chosen_model  # noqa: PLC0415

    return chosen_model()


def _write_model(value: str) -> None:
    from backend.services.models import choose_model  # noqa: PLC0415 - as above

    choose_model(value)


def _read_journal() -> str:
    value = get_preference(journals.SHOWN_PREFERENCE)
    name = journals.find_journal(value) if isinstance(value, str) else None
    return name or ALL_JOURNALS


def _write_journal(value: str) -> None:
    name = journals.find_journal(value)
    if name is None and value.casefold() != ALL_JOURNALS:
        raise _not_allowed("journal", value, [ALL_JOURNALS, *journals.list_journals()])
    written = {} if name is None else {journals.WRITTEN_PREFERENCE: name}
    set_preferences({journals.SHOWN_PREFERENCE: name, **written})


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
    _switch(
        "worker",
        "Start the worker",
        "Whether Charlie starts it, from next time on.",
        WORKER_PREFERENCE,
        usual=True,
    ),
    _kept("theme", "Colours", "The colours of the screen.", {}, usual="charlie"),
    _kept(
        "week_start",
        "Weeks begin on",
        "The day with which weeks begin.",
        {WeekStart.MONDAY: "Monday", WeekStart.SUNDAY: "Sunday"},
        usual=WeekStart.MONDAY,
    ),
    _kept(
        "date_format",
        "Dates",
        "How days are written, here and by commands.",
        {
            DateFormat.DMY: "21 Nov 2026",
            DateFormat.MDY: "Nov 21, 2026",
            DateFormat.ISO: "2026-11-21",
            DateFormat.US: "11/21/2026",
            DateFormat.EU: "21.11.2026",
        },
        usual=DateFormat.DMY,
    ),
    _switch(
        "daily_prompt",
        "Daily prompt",
        "A question on the empty page of a new entry.",
        "daily_prompt",
        usual=False,
    ),
    _kept(
        AFTER_PREFERENCE,
        "Cover the screen",
        "After so long without a key.",
        {
            minutes: minutes if minutes == NEVER else f"after {minutes} min"
            for minutes in AFTER_CHOICES
        },
        usual=NEVER,
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
    """The setting called `name`; case, hyphens and underscores are the same.

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
    """The values of all settings, by name.

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
