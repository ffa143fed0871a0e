"""Pasted text comes through the terminal's parser as it was."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from frontend.tui.text.pasting import PasteGuard, unguard

START, END = "\x1b[200~", "\x1b[201~"
pieces = st.lists(st.sampled_from([START, END, "\x1b", "[20", "0~", "1~", "a", "\x00", "日", "\r"]))


def filtered(stream: str, *sizes: int) -> str:
    guard = PasteGuard()
    out, rest = [], stream
    for size in sizes:
        out.append(guard.filter(rest[:size]))
        rest = rest[size:]
    out.append(guard.filter(rest))
    return "".join(out)


def test_keys_pass_unchanged() -> None:
    keys = "hello \x1b[A\x1b[1;5C\x1bOP\x00"

    assert filtered(keys) == keys


def test_escapes_are_guarded_inside_a_paste_alone() -> None:
    out = filtered(f"\x1b[A{START}red \x1b[31m \x00{END}\x1b[B")

    assert out.startswith(f"\x1b[A{START}red ")
    assert out.endswith(f"{END}\x1b[B")
    inside = out[out.index(START) + len(START) : out.index(END)]
    assert "\x1b" not in inside
    assert unguard(inside) == "red \x1b[31m \x00"


@given(pieces, st.lists(st.integers(1, 9)))
def test_it_does_not_matter_how_the_stream_is_cut(parts: list[str], sizes: list[int]) -> None:
    # What may be the beginning of a mark is held until the next piece; "..." ends any such.
    stream = "".join(parts) + "..."

    assert filtered(stream, *sizes) == filtered(stream)


@given(pieces)
def test_nothing_is_lost_or_added(parts: list[str]) -> None:
    stream = "".join(parts) + "..."
    out = filtered(stream)

    assert len(out) == len(stream)
    assert unguard(out) == stream


def test_a_pasted_guard_cannot_become_an_escape() -> None:
    guarded = filtered(f"{START}\x1b{END}")[len(START)]

    assert unguard(filtered(f"{START}{guarded}{END}")[len(START)]) == "\ufffd"
