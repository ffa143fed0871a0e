"""The table of preferences: each is stored under one name, and nothing stored can break it."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import backend
from backend import preferences
from backend.database.sqlite.connection import write_transaction
from backend.preferences import (
    OWN_MODELS,
    PREFERENCES,
    SCREEN_LOCK,
    THEME,
    PassphraseHash,
    Preference,
    Preferences,
    StoredPreference,
)
from backend.records import DateFormat, Fallback, WeekStart

ROOT = Path(preferences.__file__).parents[1]

#: What journals hold already: neither a name nor the JSON of a value may ever change.
STORED = {
    "theme": ("nord", '"nord"'),
    "week_start": (WeekStart.SUNDAY, '"sunday"'),
    "date_format": (DateFormat.US, '"us"'),
    "daily_prompt": (True, "true"),
    "lock_after": ("15", '"15"'),
    "screen_lock": (
        PassphraseHash(b"\x01", b"\x02", 32768, 8),
        '{"salt": "01", "hash": "02", "cost": 32768, "block": 8}',
    ),
    "journal": ("Trävel", '"Tr\\u00e4vel"'),
    "last_journal": ("Travel", '"Travel"'),
    "default_journal": ("Home", '"Home"'),
    "worker_enabled": (False, "false"),
    "inference_enabled": (False, "false"),
    "model": ("/models/mine.gguf", '"/models/mine.gguf"'),
    "fallback": (Fallback.BUILT_IN, '"built-in"'),
    "parallel": (16, "16"),
    "models": (
        {"a": {"path": "/a"}, "b": {"url": "http://b/v1", "model": "c"}},
        '{"a": {"path": "/a"}, "b": {"url": "http://b/v1", "model": "c"}}',
    ),
}

HOSTILE = [
    "",
    "{",
    "nonsense",
    "[" * 100_000,
    "9" * 5_000,
    "NaN",
    "1e999",
    "-1",
    "17",
    "2.5",
    '""',
    '"\\ud800"',
    '"a\\u0000b"',
    "[]",
    "[1]",
    '[["true"]]',
    '{"salt": "zz", "hash": "", "cost": 0, "block": -1}',
    '{"salt": "01", "hash": "02", "cost": 1099511627776, "block": 8}',
    '{"salt": "01", "hash": "02", "cost": 32767, "block": 8}',
    '{"salt": "01", "hash": "02", "cost": 32768, "block": true}',
    '{"a": {"path": 1}, "b": [], "c": {"url": "http://c"}, "d": null}',
]

NAMES = pytest.mark.parametrize("name", sorted(PREFERENCES))


def test_the_table_is_what_journals_hold() -> None:
    assert set(PREFERENCES) == set(STORED)
    assert all(preference.name == name for name, preference in PREFERENCES.items())
    constants = [each for each in vars(preferences).values() if isinstance(each, Preference)]
    assert len(constants) == len(PREFERENCES)


@NAMES
def test_a_value_is_stored_as_ever(name: str) -> None:
    preference, (value, encoded) = PREFERENCES[name], STORED[name]
    assert preference.to(value) == StoredPreference(name, encoded)
    assert preference.from_json(encoded) == value != preference.default


@NAMES
def test_a_value_comes_back_from_the_journal(name: str) -> None:
    preference = PREFERENCES[name]
    assert backend.get_preference(preference) == preference.default
    for value in (*preference.allowed, STORED[name][0], preference.default):
        backend.set_preference(preference, value)
        assert backend.get_preference(preference) == value
        kept = backend.get_preferences()
        assert kept[preference] == value
        assert type(kept[preference]) is type(value)
        assert preference in kept


@NAMES
def test_what_is_not_understood_counts_as_the_default(name: str) -> None:
    preference = PREFERENCES[name]
    # Any other text may be the name of a theme, a model or a journal.
    takes_any_text = isinstance(STORED[name][0], str) and not preference.allowed
    for encoded in HOSTILE if takes_any_text else [*HOSTILE, '"no such value"']:
        backend.set_preferences(StoredPreference(name, encoded))
        assert backend.get_preference(preference) == preference.if_damaged
        assert backend.get_preferences()[preference] == preference.if_damaged


def test_one_bad_value_does_not_hide_another() -> None:
    backend.set_preference(THEME, "nord")
    with write_transaction() as db:
        db.execute("INSERT INTO preference (key, value) VALUES ('journal', 'not JSON')")
    kept = backend.get_preferences()
    assert kept[THEME] == "nord"
    assert kept[preferences.SHOWN_JOURNAL] is None


def test_one_broken_model_does_not_hide_the_others() -> None:
    whole = {"path": "/models/a.gguf"}
    encoded = json.dumps({"a": whole, "b": {"url": 3}, "c": "d", "e": {}})
    assert OWN_MODELS.from_json(encoded) == {"a": whole}


def test_several_are_stored_together_or_not_at_all() -> None:
    backend.set_preferences(THEME.to("nord"), preferences.PARALLEL.to(2))
    kept = backend.get_preferences()
    assert (kept[THEME], kept[preferences.PARALLEL]) == ("nord", 2)
    backend.set_preferences()
    assert backend.get_preferences()[THEME] == "nord"


def test_nothing_stored_means_the_defaults() -> None:
    nothing = Preferences()
    for preference in PREFERENCES.values():
        assert preference not in nothing
        assert nothing[preference] == preference.default
        assert preference.decode(None) == preference.default
    assert SCREEN_LOCK.from_json("null") is None


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_JSON | st.text())
def test_no_stored_value_raises(value: Any) -> None:
    for preference in PREFERENCES.values():
        for encoded in (json.dumps(value), value if isinstance(value, str) else ""):
            understood = preference.from_json(encoded)
            # What is understood can be stored, and is understood again.
            assert preference.from_json(preference.to(understood).json) == understood


# Names that are a word of their own in the program too: they count where preferences are used.
_WORDS = {"theme", "journal", "model", "models", "fallback", "parallel"}


def _bare_keys(tree: ast.AST) -> Iterator[ast.Constant]:
    """The names of preferences that code spells out instead of using the table."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value in PREFERENCES.keys() - _WORDS:
            yield node
        inner: list[ast.expr] = []
        if isinstance(node, ast.Call) and "preference" in ast.unparse(node.func).lower():
            inner = [*node.args, *(keyword.value for keyword in node.keywords)]
        elif isinstance(node, ast.Subscript) and "preference" in ast.unparse(node.value).lower():
            inner = [node.slice]
        for each in inner:
            keys = each.keys if isinstance(each, ast.Dict) else [each]
            for key in keys:
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key


def test_no_name_of_a_preference_is_spelled_out() -> None:
    spelled = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.value!r}"
        for folder in ("backend", "frontend")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if path != Path(preferences.__file__)
        for node in _bare_keys(ast.parse(path.read_text("utf-8")))
    ]
    assert spelled == []


@pytest.mark.parametrize(
    "code",
    [
        'get_preference("theme")',
        'backend.set_preference("theme", "nord")',
        'preferences.get("journal")',
        'set_preferences({"journal": None})',
        'preferences["model"]',
        'x = "week_start"',
        'Preference("models", {}, f)',
    ],
)
def test_a_spelled_out_name_is_found(code: str) -> None:
    assert list(_bare_keys(ast.parse(code)))
