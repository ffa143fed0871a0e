"""Every preference, once: under which name it is stored, its default, and what it may be.

Preferences are stored as JSON in the journal (`backend.database.journal.preferences`). What is
stored there may be damaged, or be of another version: a value that is not understood counts as
the default (of the lock: as a passphrase that nobody knows). Nothing in this module raises because
of a stored value.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Generic, NamedTuple, TypeVar

from backend.records import DateFormat, Fallback, WeekStart

T = TypeVar("T")
ChoiceT = TypeVar("ChoiceT", bound=StrEnum)

# 256 MB, eight times what is used.
_MOST_COST: Final = 2**18
_MOST_BLOCK: Final = 8
_FORMS_OF_A_MODEL: Final = ({"url", "model"}, {"repo", "file", "revision"}, {"path"})

#: The most entries that an endpoint may be asked to extract at once.
MOST_PARALLEL: Final = 16
#: The value of `LOCK_AFTER` with which the screen is not covered by itself.
NEVER: Final = "never"


def _as_it_is(value: object) -> object:
    return value


# A NamedTuple is made in an eighth of a dataclass's time, and every command imports this module.
class StoredPreference(NamedTuple):
    """The name of a preference and its value as JSON, as they are stored."""

    name: str
    json: str


# Not a dataclass, for the same reason.
class Preference(Generic[T]):
    """A preference of type `T`.

    Attributes:
        name: the key under which it is stored; it never changes, because journals hold it.
        default: the value where nothing, or nothing that is understood, is stored.
        understand: turns a value decoded from JSON into one of type `T`; raises TypeError
            or ValueError for any that it does not understand.
        allowed: all values that there are; empty where there are too many to list.
        encode: the opposite of `understand`: a value as JSON can hold it.
        if_damaged: the value where something is stored that is not understood.
        is_of_machine: it was chosen for this machine, and no backup or import sets it: what may
            leave the machine, and who may look at its screen.
    """

    __slots__ = (
        "allowed",
        "default",
        "encode",
        "if_damaged",
        "is_of_machine",
        "name",
        "understand",
    )

    def __init__(
        self,
        name: str,
        default: T,
        understand: Callable[[object], T],
        allowed: tuple[T, ...] = (),
        encode: Callable[[T], object] = _as_it_is,
        *,
        if_damaged: T | None = None,
        is_of_machine: bool = False,
    ) -> None:
        self.name: Final = name
        self.default: Final = default
        self.understand: Final = understand
        self.allowed: Final = allowed
        self.encode: Final = encode
        self.if_damaged: Final = default if if_damaged is None else if_damaged
        self.is_of_machine: Final = is_of_machine

    def decode(self, stored: object) -> T:
        """Return the value that `stored`, decoded from JSON, stands for; else `if_damaged`."""
        try:
            return self.understand(stored)
        except (TypeError, ValueError):
            return self.if_damaged

    def from_json(self, stored: str | None) -> T:
        """Return the value stored as the JSON text `stored`; the default for None."""
        if stored is None:
            return self.default
        try:
            return self.decode(json.loads(stored))
        # Arrays nested a thousand deep are valid JSON, but more than the parser can follow.
        except (ValueError, RecursionError):
            return self.if_damaged

    def is_understood(self, stored: str) -> bool:
        """Return whether the JSON text `stored` stands for a value of this preference."""
        try:
            self.understand(json.loads(stored))
        except (TypeError, ValueError, RecursionError):
            return False
        return True

    def to(self, value: T) -> StoredPreference:
        """Return what is stored to set this preference to `value`."""
        return StoredPreference(self.name, json.dumps(self.encode(value)))


class Preferences:
    """All preferences, as they were stored at one moment: `preferences[THEME]`.

    Args:
        stored: the JSON text of each stored preference, by name.
    """

    __slots__ = ("_stored",)

    def __init__(self, stored: Mapping[str, str] = MappingProxyType({})) -> None:
        self._stored = dict(stored)

    def __getitem__(self, preference: Preference[T]) -> T:
        """Return the value of `preference`."""
        return preference.from_json(self._stored.get(preference.name))

    def __contains__(self, preference: Preference[object]) -> bool:
        """Return whether anything is stored for `preference`."""
        return preference.name in self._stored


class PassphraseHash(NamedTuple):
    """The scrypt hash of the lock's passphrase, with all that is needed to compute it again."""

    salt: bytes
    hash: bytes
    cost: int
    block: int


#: What counts as stored where the passphrase's hash is damaged: no passphrase has it.
UNKNOWN_PASSPHRASE: Final = PassphraseHash(b"", b"", 0, 0)


def _switch(name: str, *, default: bool) -> Preference[bool]:
    def understand(stored: object) -> bool:
        if not isinstance(stored, bool):
            raise TypeError
        return stored

    return Preference(name, default, understand, (True, False))


def _choice(name: str, default: ChoiceT, *, is_of_machine: bool = False) -> Preference[ChoiceT]:
    kind = type(default)

    def understand(stored: object) -> ChoiceT:
        if not isinstance(stored, str):
            raise TypeError
        return kind(stored)

    return Preference(name, default, understand, tuple(kind), is_of_machine=is_of_machine)


def _word(
    name: str, default: str, *, allowed: tuple[str, ...] = (), is_of_machine: bool = False
) -> Preference[str]:
    def understand(stored: object) -> str:
        word = _text(stored)
        if allowed and word not in allowed:
            raise ValueError
        return word

    return Preference(name, default, understand, allowed, is_of_machine=is_of_machine)


def _optional_text(name: str) -> Preference[str | None]:
    def understand(stored: object) -> str | None:
        return None if stored is None else _text(stored)

    return Preference(name, None, understand)


def _text(stored: object) -> str:
    """Return a text that is not empty and that SQLite and file systems can hold."""
    if not isinstance(stored, str) or not stored or "\0" in stored:
        raise ValueError
    # Half of a surrogate pair raises a UnicodeEncodeError, which is a ValueError.
    stored.encode()
    return stored


def _whole_number(stored: object, least: int, most: int) -> int:
    if not isinstance(stored, int) or isinstance(stored, bool) or not least <= stored <= most:
        raise ValueError
    return stored


def _parallel(stored: object) -> int:
    return _whole_number(stored, 1, MOST_PARALLEL)


def _passphrase_hash(stored: object) -> PassphraseHash | None:
    """Return the hash, unless it would take more memory or time than any that Charlie makes."""
    if stored is None:
        return None
    if not isinstance(stored, dict):
        raise TypeError
    salt, hashed = (bytes.fromhex(_text(stored.get(part))) for part in ("salt", "hash"))
    cost = _whole_number(stored.get("cost"), 2, _MOST_COST)
    # scrypt takes powers of two.
    if cost.bit_count() != 1:
        raise ValueError
    return PassphraseHash(salt, hashed, cost, _whole_number(stored.get("block"), 1, _MOST_BLOCK))


def _encode_passphrase_hash(value: PassphraseHash | None) -> object:
    if value is None:
        return None
    return {
        "salt": value.salt.hex(),
        "hash": value.hash.hex(),
        "cost": value.cost,
        "block": value.block,
    }


def _own_models(stored: object) -> Mapping[str, Mapping[str, str]]:
    """Return the models that are whole: one that is not must not hide the others."""
    if not isinstance(stored, dict):
        raise TypeError
    return {
        name: kept
        for name, kept in stored.items()
        if isinstance(kept, dict)
        and all(isinstance(value, str) for value in kept.values())
        and any(form <= kept.keys() for form in _FORMS_OF_A_MODEL)
    }


#: The colours of the screen; which themes there are, only the interface knows.
THEME: Final = _word("theme", "charlie")
#: The day with which weeks begin.
WEEK_START: Final = _choice("week_start", WeekStart.MONDAY)
#: How days are written.
DATE_FORMAT: Final = _choice("date_format", DateFormat.DMY)
#: Whether an empty page asks a question.
DAILY_PROMPT: Final = _switch("daily_prompt", default=False)
#: After how many minutes without a key the screen is covered.
LOCK_AFTER: Final = _word(
    "lock_after", NEVER, allowed=(NEVER, "1", "2", "5", "10", "15", "30", "60")
)
#: The hash of the lock's passphrase; None where none is asked for. One that is damaged must not
#: open the screen.
SCREEN_LOCK: Final = Preference(
    "screen_lock",
    None,
    _passphrase_hash,
    encode=_encode_passphrase_hash,
    if_damaged=UNKNOWN_PASSPHRASE,
    is_of_machine=True,
)
#: The journal that the screen shows, by name; None for all of them.
SHOWN_JOURNAL: Final = _optional_text("journal")
#: The journal that was last chosen to write in, by name.
WRITTEN_JOURNAL: Final = _optional_text("last_journal")
#: What the journal "default" is called, if it was renamed.
DEFAULT_JOURNAL_NAME: Final = _optional_text("default_journal")
#: Whether Charlie starts the worker.
WORKER_ENABLED: Final = _switch("worker_enabled", default=True)
#: Whether names are extracted from entries; the copy in SQLite of Redis' `app:inference_enabled`.
INFERENCE_ENABLED: Final = _switch("inference_enabled", default=True)
#: The model that is used: a name, or the path of a file.
MODEL: Final = _word("model", "built-in", is_of_machine=True)
#: What happens to entries while that model cannot be used.
FALLBACK: Final = _choice("fallback", Fallback.WAIT, is_of_machine=True)
#: How many entries an endpoint is asked to extract at once.
PARALLEL: Final = Preference(
    "parallel", 4, _parallel, tuple(range(1, MOST_PARALLEL + 1)), is_of_machine=True
)
#: The models that the user added, by name; for their form see `inference.models.own_models`.
OWN_MODELS: Final[Preference[Mapping[str, Mapping[str, str]]]] = Preference(
    "models", {}, _own_models, is_of_machine=True
)

#: All preferences by name.
PREFERENCES: Final[Mapping[str, Preference[Any]]] = MappingProxyType(
    {
        each.name: each
        for each in (
            THEME,
            WEEK_START,
            DATE_FORMAT,
            DAILY_PROMPT,
            LOCK_AFTER,
            SCREEN_LOCK,
            SHOWN_JOURNAL,
            WRITTEN_JOURNAL,
            DEFAULT_JOURNAL_NAME,
            WORKER_ENABLED,
            INFERENCE_ENABLED,
            MODEL,
            FALLBACK,
            PARALLEL,
            OWN_MODELS,
        )
    }
)


def sound_preferences(stored: Mapping[str, str]) -> dict[str, str]:
    """Return those of some stored preferences (JSON by name) that are known and understood."""
    return {
        name: value
        for name, value in stored.items()
        if name in PREFERENCES and PREFERENCES[name].is_understood(value)
    }


def preferences_from_elsewhere(stored: Mapping[str, str]) -> dict[str, str]:
    """Return those of the preferences in a backup or an import that may be set here."""
    return {
        name: value
        for name, value in sound_preferences(stored).items()
        if not PREFERENCES[name].is_of_machine
    }
