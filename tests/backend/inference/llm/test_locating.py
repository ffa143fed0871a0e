"""From names to places in the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.inference.llm.locating import Sightings, locate, plain_name
from backend.records import EntityType

PERSON, PLACE, ORGANIZATION, ACTIVITY = (
    EntityType.PERSON,
    EntityType.PLACE,
    EntityType.ORGANIZATION,
    EntityType.ACTIVITY,
)


def test_every_mention_is_found() -> None:
    text = "Ann came. Ann's dog too; ANN left, Ann!"
    assert [span.start for span in locate(text, {"Ann": PERSON})] == [0, 10, 35]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Annabel", "Ann"),
        ("Joann", "ann"),
        ("Ann2", "Ann"),
        ("Anne\u0301", "Anne"),
        ("हिन्दी", "हिन्द"),
    ],
)
def test_a_part_of_a_word_is_no_mention(text: str, name: str) -> None:
    assert locate(text, {name: PERSON}) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("(Ann)", "Ann"),
        ("Ann_Bob", "Ann"),
        ("x😀Ann😀", "Ann"),
        ("昨天和王小明去", "王小明"),
        ("田中さんと東京スカイツリーで", "東京スカイツリー"),
        ("I like C++.", "C++"),
        ("J. came", "J."),
        ("New\nYork", "New York"),
        ("New  York", "New York"),
    ],
)
def test_a_name_is_found_between_borders(text: str, name: str) -> None:
    (span,) = locate(text, {name: PLACE})
    assert "".join(text[span.start : span.end].split()) == "".join(name.split())


def test_longer_names_go_first_and_none_overlap() -> None:
    names = {"Sarah": PERSON, "Sarah Chen": PERSON, "Chen Street": PLACE}
    text = "Sarah Chen Street, Sarah Chen, Sarah"
    mentions = [text[span.start : span.end] for span in locate(text, names)]
    assert mentions == ["Sarah", "Chen Street", "Sarah Chen", "Sarah"]


@pytest.mark.parametrize(
    ("text", "name", "type_", "mentions"),
    [
        ("I will ask Will", "Will", PERSON, ["Will"]),
        ("Yoga, then yoga", "yoga", ACTIVITY, ["Yoga", "yoga"]),
        ("Yoga, then yoga", "Yoga", ACTIVITY, ["Yoga", "yoga"]),
        ("mom. Mom said", "mom", PERSON, ["mom", "Mom"]),
        ("new york, New York", "New York", PLACE, ["new york", "New York"]),
        ("SARAH! Sarah", "Sarah", PERSON, ["SARAH", "Sarah"]),
    ],
)
def test_other_letters_count_where_they_mean_the_same(
    text: str, name: str, type_: EntityType, mentions: list[str]
) -> None:
    assert [text[span.start : span.end] for span in locate(text, {name: type_})] == mentions


@pytest.mark.parametrize(
    ("name", "type_", "plain"),
    [
        ("Dr. Okafor", PERSON, "Okafor"),
        ("dr okafor", PERSON, "okafor"),
        ("Mrs. Dr. Weber", PERSON, "Weber"),
        ("Drew", PERSON, "Drew"),
        ("Ms", PERSON, "Ms"),
        ("Aunt Rosa", PERSON, "Aunt Rosa"),
        ("my sister", PERSON, "sister"),
        ("Priya's", PERSON, "Priya"),
        ("Priya’s", PERSON, "Priya"),
        ("McDonald's", PLACE, "McDonald's"),
        ("the Elbe", PLACE, "Elbe"),
        ("The Hague", PLACE, "The Hague"),
        ("Theo", PERSON, "Theo"),
        ("Berlin.", PLACE, "Berlin"),
        ("J.", PERSON, "J."),
        ("“Ann”", PERSON, "Ann"),
        ("I", PERSON, ""),
        ("...", PLACE, ""),
        ("", PLACE, ""),
    ],
)
def test_a_name_is_what_the_guide_leaves_of_it(name: str, type_: EntityType, plain: str) -> None:
    assert plain_name(name, type_) == plain


def test_the_type_that_most_parts_say_is_the_names() -> None:
    sightings = Sightings()
    sightings.add({PERSON: ["Paris"], PLACE: ["Rome"]})
    sightings.add({PERSON: [], PLACE: ["Paris", "Rome"]})
    sightings.add({PERSON: [], PLACE: ["Paris", "Paris"]})
    assert sightings.types() == {"Paris": PLACE, "Rome": PLACE}


def test_a_name_listed_twice_in_one_part_is_of_the_first_type() -> None:
    sightings = Sightings()
    sightings.add({PERSON: ["Paris"], PLACE: ["Paris"]})
    assert sightings.types() == {"Paris": PERSON}


@given(
    st.text(max_size=60),
    st.dictionaries(st.text(min_size=1, max_size=8), st.sampled_from(EntityType), max_size=6),
)
def test_mentions_are_in_order_and_do_not_overlap(text: str, names: dict[str, EntityType]) -> None:
    plain = {plain_name(name, type_): type_ for name, type_ in names.items()}
    plain.pop("", None)
    end = 0
    for span in locate(text, plain):
        assert end <= span.start < span.end <= len(text)
        assert text[span.start : span.end].strip()
        end = span.end
