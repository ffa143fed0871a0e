"""Finding an entry by what a user calls it."""

from __future__ import annotations

import pytest

from backend.database.journal.entries import (
    add_entry,
    delete_entry,
    get_entry,
    get_entry_text,
    locate_entry,
    restore_entry,
)
from backend.errors import CharlieError, NotFoundError, UsageError


def test_a_beginning_names_an_entry_if_it_names_one_alone() -> None:
    first = add_entry("one", uuid="abcd1111")
    add_entry("two", uuid="abcd2222")
    assert get_entry(" ABCD1 ").uuid == first.uuid
    with pytest.raises(UsageError, match="More than one"):
        get_entry("abcd")


def test_a_whole_uuid_is_never_ambiguous() -> None:
    add_entry("one", uuid="abcd")
    add_entry("two", uuid="abcd2")
    assert get_entry("abcd").text == "one"


@pytest.mark.parametrize("name", ["", "a", "abc"])
def test_less_than_four_characters_name_nothing(name: str) -> None:
    with pytest.raises(UsageError, match="too short"):
        get_entry(name)


@pytest.mark.parametrize("name", ["ffff", "%%%%", "____", "' OR 1=1", "é́é́", "a\0bc", "\udcff" * 4])
def test_what_names_no_entry_is_not_found(name: str) -> None:
    add_entry("one", uuid="abcd1111")
    for action in (get_entry, locate_entry, delete_entry, restore_entry):
        with pytest.raises(NotFoundError):
            action(name)


def test_the_trash_is_named_where_the_entry_is_in_it() -> None:
    entry = add_entry("one")
    delete_entry(entry.uuid)
    with pytest.raises(NotFoundError) as caught:
        get_entry(entry.uuid)
    assert caught.value.hint == f"charlie restore {entry.uuid} brings it back."
    assert get_entry_text(entry.uuid) is None
    with pytest.raises(CharlieError, match="not in the trash"):
        restore_entry(restore_entry(entry.uuid).uuid)


def test_a_beginning_prefers_what_is_not_in_the_trash() -> None:
    old = add_entry("old", uuid="abcd1111")
    delete_entry(old.uuid)
    new = add_entry("new", uuid="abcd2222")
    assert get_entry("abcd").uuid == new.uuid
    assert restore_entry("abcd").uuid == old.uuid
