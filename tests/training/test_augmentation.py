"""Variants keep their annotations exact."""

import random

import pytest

from training import augmentation
from training.corpus import Document, Mention

TEXT = "Tea with Ana. Then ANA left for Rome!\nOk. mum called Dr. Bo about yoga"
NAMES = ("Ana", "ANA", "Rome", "mum", "Bo", "yoga")


@pytest.fixture
def entry() -> Document:
    kinds = ("PERSON", "PERSON", "PLACE", "PERSON", "PERSON", "ACTIVITY")
    mentions = []
    for name, kind in zip(NAMES, kinds, strict=True):
        start = TEXT.index(name)
        mentions.append(Mention(start, start + len(name), kind))
    return Document(TEXT, tuple(mentions), "w", "journal_x")


def surfaces(document: Document) -> list[str]:
    return [document.text[m.start : m.end] for m in document.mentions]


def test_cuts_lines_and_sentences_without_loss(entry: Document) -> None:
    for parts in (augmentation.lines(entry), augmentation.sentences(entry, random.Random(1))):
        assert "".join(part.text for part in parts) == TEXT
        assert [name for part in parts for name in surfaces(part)] == list(NAMES)


def test_swaps_names_for_names_of_the_same_type_and_case(entry: Document) -> None:
    other = Document(
        "Zed in Oslo", (Mention(0, 3, "PERSON"), Mention(7, 11, "PLACE")), "w", "journal_y"
    )
    names = augmentation.Names([other])
    swapped = names.swap(entry, random.Random(1), lambda name: name == "mum")
    assert surfaces(swapped) == ["Zed", "Zed", "Oslo", "mum", "Zed", "yoga"]
    assert (
        swapped.text == "Tea with Zed. Then Zed left for Oslo!\nOk. mum called Dr. Zed about yoga"
    )


def test_recases_without_moving_anything(entry: Document) -> None:
    lowered = augmentation.recase(entry, str.lower)
    assert surfaces(lowered) == [name.lower() for name in NAMES]
    dotted = Document("İstanbul ß", (), "w", "x")
    assert len(augmentation.recase(dotted, str.lower).text) == len(dotted.text)


@pytest.mark.parametrize("seed", range(20))
def test_decorates_around_names(entry: Document, seed: int) -> None:
    decorated = augmentation.decorate(entry, random.Random(seed))
    assert surfaces(decorated) == list(NAMES)
