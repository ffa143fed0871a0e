"""Keys of endpoints: from the environment or the system's keyring, never from the journal."""

from __future__ import annotations

import importlib.util
import os
from typing import Any, Final

from backend.errors import CharlieError, UsageError

ENVIRONMENT_VARIABLE: Final = "CHARLIE_API_KEY"

# The name under which the keyring knows us; the endpoint's URL is the user name there.
_SERVICE: Final = "charlie"


def find_api_key(url: str) -> str | None:
    """Return the key for the endpoint at `url`: `CHARLIE_API_KEY`, else what the keyring holds.

    A keyring that is locked or broken has none.
    """
    if key := os.environ.get(ENVIRONMENT_VARIABLE, "").strip():
        return key
    keyring = _keyring()
    if keyring is None:
        return None
    try:
        key = keyring.get_password(_SERVICE, url)
    except keyring.errors.KeyringError:
        return None
    return str(key) if key else None


def keep_api_key(url: str, key: str) -> None:
    """Put a key into the system's keyring.

    Raises:
        UsageError: the package `keyring` is not installed.
        CharlieError: the keyring refuses.
    """
    keyring = _keyring()
    if keyring is None:
        raise UsageError(
            "There is no keyring to keep the key in.",
            safe="The key was not stored anywhere.",
            hint=f"Set {ENVIRONMENT_VARIABLE} to it instead, or: pip install keyring",
        )
    try:
        keyring.set_password(_SERVICE, url, key)
    except keyring.errors.KeyringError as error:
        raise CharlieError(
            f"The keyring did not take the key: {type(error).__name__}.",
            safe="The key was not stored anywhere.",
            hint=f"Unlock the keyring, or set {ENVIRONMENT_VARIABLE} instead.",
        ) from error


def forget_api_key(url: str) -> None:
    """Remove the endpoint's key from the keyring, if it is there."""
    keyring = _keyring()
    if keyring is None:
        return
    try:
        keyring.delete_password(_SERVICE, url)
    except keyring.errors.KeyringError:
        return


def _keyring() -> Any:
    """Return the package `keyring` where it is installed; it is no dependency."""
    if importlib.util.find_spec("keyring") is None:
        return None
    # It looks for a desktop's service when imported, which takes a while.
    import keyring  # noqa: PLC0415
    import keyring.errors  # noqa: PLC0415

    return keyring
