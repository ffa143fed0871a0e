"""The lock of the screen: a passphrase that is asked for, and what it does not protect.

It keeps people who pass by from reading over your shoulder or at your desk. It encrypts nothing:
the journal's file and every command work as before for anyone who can use the account. What is kept
of the passphrase is its scrypt hash, so that the lock does not give away a passphrase that is used
elsewhere too.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import time
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from backend import files, locations
from backend.database.journal.preferences import (
    get_preference,
    get_preferences,
    set_preference,
)
from backend.errors import CharlieError, StorageError, UsageError
from backend.preferences import (
    LOCK_AFTER,
    NEVER,
    SCREEN_LOCK,
    UNKNOWN_PASSPHRASE,
    PassphraseHash,
)

# 32 MB and about a tenth of a second a try.
_COST = 2**15
_BLOCK = 8
_SALT_BYTES = 16
_HASH_BYTES = 32
# The longest wait after a wrong passphrase, in seconds.
_LONGEST_WAIT = 60.0


@dataclass(frozen=True, slots=True)
class LockStatus:
    """Whether a passphrase is asked for, and after how many idle minutes (None for never)."""

    has_passphrase: bool
    after: int | None


class WrongPassphraseError(CharlieError):
    """The passphrase is another one."""

    def __init__(self) -> None:
        super().__init__(
            "That is not the passphrase.",
            safe="Nothing was changed.",
            hint="If it is forgotten: charlie lock remove --forgotten",
        )


def status() -> LockStatus:
    """Return what is set.

    Raises:
        StorageError: they cannot be read.
    """
    kept = get_preferences()
    after = kept[LOCK_AFTER]
    return LockStatus(kept[SCREEN_LOCK] is not None, None if after == NEVER else int(after))


def is_right(passphrase: str) -> bool:
    """Whether this is the passphrase, or none is set; blocks for a tenth of a second.

    Raises:
        StorageError: it cannot be looked up.
    """
    kept = get_preference(SCREEN_LOCK)
    if kept is None:
        return True
    if kept == UNKNOWN_PASSPHRASE:
        return False
    hashed = _hash(passphrase, kept.salt, kept.cost, kept.block)
    return hmac.compare_digest(hashed, kept.hash)


def seconds_until_next_try() -> float:
    """Return how long a further try does not count after wrong ones, also before this start."""
    _, until = _load_tries()
    # The clock may have been set since.
    return min(max(until - time.time(), 0.0), _LONGEST_WAIT)


def note_wrong_try() -> float:
    """Note a wrong try; return the seconds after which the next one counts.

    Twice as long each time. It is kept beside the locks, so that a new start is no way around it.
    """
    wrong, _ = _load_tries()
    delay = min(_LONGEST_WAIT, 2.0 ** min(wrong, 10))
    record = json.dumps({"wrong": wrong + 1, "until": time.time() + delay})
    with contextlib.suppress(OSError, StorageError):
        path = _tries_path()
        path.unlink(missing_ok=True)
        files.write_private(path, record.encode())
    return delay


def forget_wrong_tries() -> None:
    """Note that the passphrase was right."""
    with contextlib.suppress(OSError, StorageError):
        _tries_path().unlink(missing_ok=True)


def _load_tries() -> tuple[int, float]:
    """Return how many wrong tries there were, and when the next one counts."""
    try:
        record = json.loads(_tries_path().read_bytes())
        return int(record["wrong"]), float(record["until"])
    except (OSError, StorageError, ValueError, TypeError, KeyError):
        return 0, 0.0


def _tries_path() -> Path:
    return locations.run_dir() / "lock-tries.json"


def set_passphrase(passphrase: str, *, current: str | None = None) -> None:
    """Ask for `passphrase` from now on, in place of the one that is `current`.

    Raises:
        UsageError: it is empty.
        WrongPassphraseError: there is one already, and it is not `current`.
        StorageError: it could not be stored.
    """
    if not passphrase.strip():
        raise UsageError("A passphrase needs at least one visible character.")
    _check(current)
    salt = os.urandom(_SALT_BYTES)
    hashed = _hash(passphrase, salt, _COST, _BLOCK)
    set_preference(SCREEN_LOCK, PassphraseHash(salt, hashed, _COST, _BLOCK))


def remove_passphrase(*, current: str | None = None, is_forgotten: bool = False) -> None:
    """Ask for none any more.

    Anyone with the account could take it out of the journal's file; so it can be taken away
    without being known, if that is what one says.

    Raises:
        WrongPassphraseError: there is one, it is not `current` and not said to be forgotten.
        StorageError: that could not be stored.
    """
    if not is_forgotten:
        _check(current)
    set_preference(SCREEN_LOCK, None)


def set_after(minutes: str) -> None:
    """Cover the screen after so many minutes without a key, one of those that `LOCK_AFTER` allows.

    Raises:
        StorageError: it could not be stored.
    """
    set_preference(LOCK_AFTER, minutes)


def _check(current: str | None) -> None:
    if status().has_passphrase and (current is None or not is_right(current)):
        raise WrongPassphraseError


def _hash(passphrase: str, salt: bytes, cost: int, block: int) -> bytes:
    # The same letters typed on another keyboard may come as other code points.
    encoded = unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")
    memory = 2 * 128 * cost * block
    return hashlib.scrypt(
        encoded, salt=salt, n=cost, r=block, p=1, maxmem=memory, dklen=_HASH_BYTES
    )
