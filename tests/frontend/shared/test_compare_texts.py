"""What changed between two texts."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from frontend.shared.diffing import Change, DiffLine, abridge, compare, count_changes

texts = st.lists(
    st.sampled_from(["a", "b", "the ", "cat ", "sat ", "é", "日", "\n", " ", "."]), max_size=40
).map("".join)


def rows(lines: list[DiffLine]) -> list[str]:
    signs = {Change.SAME: " ", Change.REMOVED: "-", Change.ADDED: "+", Change.SKIPPED: "~"}
    found = []
    for line in lines:
        text = line.text
        for start, end in reversed(line.changed if line.is_changed_in_part else ()):
            text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
        found.append(signs[line.change] + text)
    return found


@given(texts, texts)
@example("a\nb", "b\na")
@example("", "\n")
def test_both_texts_are_in_what_is_told(old: str, new: str) -> None:
    lines = compare(old, new)

    assert "\n".join(x.text for x in lines if x.change is not Change.ADDED) == old
    assert "\n".join(x.text for x in lines if x.change is not Change.REMOVED) == new
    for line in lines:
        before = 0
        for start, end in line.changed:
            assert before <= start < end <= len(line.text)
            before = end


@given(texts)
def test_nothing_changed_in_the_same_text(text: str) -> None:
    assert {line.change for line in compare(text, text)} == {Change.SAME}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("one\ntwo", "one\ntwo\nthree", [" one", " two", "+three"]),
        ("one\ntwo\nthree", "one\nthree", [" one", "-two", " three"]),
        (
            "We went to Lisbon yesterday.",
            "We went to Porto yesterday.",
            ["-We went to [Lisbon] yesterday.", "+We went to [Porto] yesterday."],
        ),
        ("He sat.", "He sat down.", ["-He sat.", "+He sat[ down]."]),
        ("Good.", "Bad!", ["-Good.", "+Bad!"]),
        ("私は本を読む", "私は紙を読む", ["-私は[本]を読む", "+私は[紙]を読む"]),
        ("a one\nb two", "a 1\nb 2", ["-a [one]", "+a [1]", "-b [two]", "+b [2]"]),
    ],
)
def test_words_that_differ_are_marked(old: str, new: str, expected: list[str]) -> None:
    assert rows(compare(old, new)) == expected


def test_what_stayed_is_left_out_for_reading() -> None:
    old = [f"line {i}" for i in range(20)]
    new = [*old[:10], "another", *old[11:]]

    assert rows(abridge(compare("\n".join(old), "\n".join(new)))) == [
        "~8 lines without changes",
        " line 8",
        " line 9",
        "-line 10",
        "+another",
        " line 11",
        " line 12",
        "~7 lines without changes",
    ]


def test_a_long_paragraph_is_shown_around_its_changes() -> None:
    words = [f"word{i}" for i in range(1000)]
    old, new = " ".join(words), " ".join([*words[:500], "changed", *words[501:]])
    removed, added = abridge(compare(old, new))

    assert len(removed.text) < 600
    assert " … " in removed.text
    assert [removed.text[start:end] for start, end in removed.changed] == ["word500"]
    assert [added.text[start:end] for start, end in added.changed] == ["changed"]
    assert added.text.startswith("word0 ")
    assert added.text.endswith(" word999")


def test_words_are_counted() -> None:
    assert count_changes(compare("one two three\nfour", "one 2 three\nfour\nfive six")) == (1, 3)


@pytest.mark.parametrize("kind", ["few changes", "nothing alike", "few words", "moved"])
def test_long_texts_are_compared(kind: str) -> None:
    chance = random.Random(7)
    old = [f"w{chance.randrange(8_000)}" for _ in range(50_000)]
    new = list(old)
    if kind == "few changes":
        for at in range(0, len(new), 500):
            new[at] = "changed"
    elif kind == "nothing alike":
        new = [f"v{chance.randrange(8_000)}" for _ in range(50_000)]
    elif kind == "few words":
        old = [chance.choice("abc") for _ in range(50_000)]
        new = [chance.choice("abc") for _ in range(50_000)]
    else:
        new = old[25_000:] + old[:25_000]
    for joint in (" ", "\n"):
        before, after = joint.join(old), joint.join(new)
        lines = compare(before, after)
        assert "\n".join(x.text for x in lines if x.change is not Change.ADDED) == before
        if kind == "few changes":
            assert count_changes(lines) == (100, 100)
