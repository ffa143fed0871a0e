"""Keys come from the environment or a keyring, and never lie in the journal."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.errors import CharlieError, UsageError
from backend.inference.models.api_keys import find_api_key, forget_api_key, keep_api_key

URL = "http://192.168.1.20:8080/v1"

# A keyring as the package of that name is one, kept in a dictionary; LOCKED makes it refuse.
KEYRING = """
from keyring import errors

KEPT = {}
LOCKED = False

def _check():
    if LOCKED:
        raise errors.KeyringLocked("locked")

def get_password(service, user):
    _check()
    return KEPT.get((service, user))

def set_password(service, user, password):
    _check()
    KEPT[service, user] = password

def delete_password(service, user):
    _check()
    if (service, user) not in KEPT:
        raise errors.PasswordDeleteError("not there")
    del KEPT[service, user]
"""
ERRORS = """
class KeyringError(Exception): ...
class KeyringLocked(KeyringError): ...
class PasswordDeleteError(KeyringError): ...
"""


@pytest.fixture
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package `keyring` that can be imported."""
    package = tmp_path / "packages" / "keyring"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(KEYRING)
    (package / "errors.py").write_text(ERRORS)
    monkeypatch.syspath_prepend(package.parent)
    yield
    for name in ("keyring", "keyring.errors"):
        sys.modules.pop(name, None)


def test_there_may_be_no_key() -> None:
    assert find_api_key(URL) is None
    forget_api_key(URL)


def test_the_environment_goes_first(keyring: None, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_api_key(URL, "from-keyring")
    monkeypatch.setenv("CHARLIE_API_KEY", " from-environment ")
    assert find_api_key(URL) == "from-environment"


def test_the_keyring_keeps_a_key_for_each_endpoint(keyring: None) -> None:
    keep_api_key(URL, "secret")
    assert find_api_key(URL) == "secret"
    assert find_api_key("http://other/v1") is None
    forget_api_key(URL)
    forget_api_key(URL)
    assert find_api_key(URL) is None


def test_a_locked_keyring_has_no_key_and_takes_none(keyring: None) -> None:
    import keyring as package

    package.LOCKED = True
    assert find_api_key(URL) is None
    with pytest.raises(CharlieError) as raised:
        keep_api_key(URL, "secret")
    assert "secret" not in " ".join(raised.value.lines())


@pytest.mark.skipif("keyring" in sys.modules, reason="keyring is installed here")
def test_without_a_keyring_nothing_is_stored(charlie_home: Path) -> None:
    with pytest.raises(UsageError, match="keyring"):
        keep_api_key(URL, "secret")
    assert not [path for path in charlie_home.rglob("*") if path.is_file()]
