"""What the editor says about the text in it."""

from __future__ import annotations

from backend.errors import StorageError
from frontend.tui.editing.save_state import WritingState

FULL = StorageError("The disk is full.", safe="Nothing was changed.", hint="Make room.")


def test_an_empty_page_says_nothing() -> None:
    state = WritingState()

    assert state.words() == ""
    assert state.is_saved()


def test_an_entry_as_it_was_opened_is_saved() -> None:
    assert WritingState(is_entry=True).words() == "saved"


def test_typing_is_writing_until_the_draft_is_kept() -> None:
    state = WritingState()
    state.changed(1)
    assert state.words() == "writing"
    state.was_kept(1)
    assert state.words() == "draft kept"
    state.changed(2)
    assert state.words() == "writing"


def test_the_age_of_a_draft_is_told_ever_more_seldom() -> None:
    state = WritingState()
    assert state.next_words(0.0) is None
    state.changed(1)
    assert state.next_words(0.0) is None
    state.was_kept(1, 100.0)

    told, at = [state.words(100.0)], 100.0
    while (wait := state.next_words(at)) is not None:
        at += wait
        told.append(state.words(at))
    assert told[:4] == [
        "draft kept",
        "draft kept 2 s ago",
        "draft kept 5 s ago",
        "draft kept 10 s ago",
    ]
    assert told[-1] == "draft kept over an hour ago"
    assert len(set(told)) == len(told) == 11
    state.changed(2)
    assert state.words(at) == "writing"


def test_a_change_during_a_save_is_not_saved_by_it() -> None:
    state = WritingState()
    state.changed(2)
    state.was_saved(1)

    assert not state.is_saved()
    assert state.words() == "writing"


def test_a_failed_save_says_why_and_what_is_safe() -> None:
    state = WritingState()
    state.changed(1)
    state.save_problem = FULL
    assert state.words() == "not saved"
    assert state.problems() == [
        "Not saved: The disk is full.",
        "Nothing was changed.",
        "Make room.",
        "Your text is on the screen.",
        "ctrl+s tries again.",
    ]
    state.was_kept(1)
    assert state.words() == "not saved · draft kept"
    assert "Your text is on the screen and kept as a draft." in state.problems()


def test_a_save_that_succeeds_takes_the_problem_away() -> None:
    state = WritingState(save_problem=FULL)
    state.changed(1)
    state.was_saved(1)

    assert state.problems() == []
    assert state.words() == "saved"


def test_a_draft_that_cannot_be_kept_is_told() -> None:
    state = WritingState(draft_problem=FULL)
    state.changed(1)

    assert state.words() == "draft not kept"
    assert state.problems() == ["The draft is not kept: The disk is full."]
