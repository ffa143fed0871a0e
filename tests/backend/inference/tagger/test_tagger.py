"""The shipped tagger, from text to spans."""

import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.errors import TaggingCancelledError
from backend.inference.tagger.tagger import Tagger
from backend.records import EntityType, Span

ENTRY = (
    "Went bouldering with Priya at Mile End after work. Mum rang from Leeds about the garden.\n"
    "\n"
    "Therapy on Thursday with Dr. Okafor. Siemens still haven't replied to my application."
)


def named(text: str, spans: list[Span]) -> set[tuple[str, str]]:
    return {(text[span.start : span.end], span.type.value) for span in spans}


def check(text: str, spans: list[Span]) -> None:
    """Check what holds for the spans of any text."""
    position = 0
    for span in spans:
        surface = text[span.start : span.end]
        assert position <= span.start < span.end <= len(text)
        assert surface == surface.strip()
        assert any(map(str.isalnum, surface))
        assert isinstance(span.type, EntityType)
        assert 0 <= span.confidence <= 1
        position = span.end


def test_finds_the_four_types(tagger: Tagger) -> None:
    assert named(ENTRY, tagger.tag(ENTRY)) == {
        ("bouldering", "ACTIVITY"),
        ("Priya", "PERSON"),
        ("Mile End", "PLACE"),
        ("Mum", "PERSON"),
        ("Leeds", "PLACE"),
        ("Therapy", "ACTIVITY"),
        ("Okafor", "PERSON"),
        ("Siemens", "ORGANIZATION"),
    }


@pytest.mark.parametrize(
    "text",
    [
        "coffee with priya in leeds, then yoga",
        "COFFEE WITH PRIYA IN LEEDS, THEN YOGA",
        "Coffee with **Priya** in _Leeds_, then [yoga](x)",
        "> - [ ] Coffee with Priya😀 in Leeds🌧️, then yoga!!!",
        "Coffee with Priya\u00a0in\u2003Leeds,\tthen yoga\r\n",
        "Coffee\x00 with Priya\u200b in Leeds, then yoga\x1b[0m",
        "\u202bCoffee with Priya in Leeds, then yoga\u202c",
    ],
)
def test_reads_casual_typing(tagger: Tagger, text: str) -> None:
    found = {(name.lower(), kind) for name, kind in named(text, tagger.tag(text))}
    assert {("priya", "PERSON"), ("leeds", "PLACE"), ("yoga", "ACTIVITY")} <= found


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n\n\t", "ok", "...", "!!! 😀😀", "\x00\x01\x02", "\u0301\u0301", "\u200d", "12:30"],
)
def test_finds_nothing_in_next_to_nothing(tagger: Tagger, text: str) -> None:
    assert tagger.tag(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Весь день шёл дождь, сидел дома и читал.",
        "今天下雨，一直在家里看书，很早就睡了。",
        "昨日は何もしなかった。雨だった。",
        "오늘은 비가 와서 하루 종일 집에 있었다.",
        "كان اليوم طويلا وشربت الشاي ثم نمت.",
        "ירד גשם כל היום ונשארתי בבית.",
        "आज पूरे दिन बारिश हुई और मैं घर पर रहा।",
        "วันนี้ฝนตกทั้งวัน อยู่บ้านอ่านหนังสือ",
        "Όλη μέρα έβρεχε και έμεινα σπίτι.",
    ],
)
def test_finds_no_names_where_other_scripts_have_none(tagger: Tagger, text: str) -> None:
    assert tagger.tag(text) == []


def test_counts_code_points_after_wide_characters(tagger: Tagger) -> None:
    text = "👩‍👩‍👧‍👦🏳️‍🌈 e\u0301e\u0301 𝔘𝔫𝔦 — dinner with Priya in Leeds"
    spans = tagger.tag(text)
    check(text, spans)
    assert ("Priya", "PERSON") in named(text, spans)
    assert ("Leeds", "PLACE") in named(text, spans)


def test_keeps_possessives_and_markup_out_of_spans(tagger: Tagger) -> None:
    text = 'Met **Priya**\'s boss and "Tom" (Amira sends her love).'
    assert {"Priya", "Tom", "Amira"} <= {name for name, _ in named(text, tagger.tag(text))}


def test_reads_long_lines_to_the_end(tagger: Tagger) -> None:
    filler = "Then it rained and we waited and nothing much happened for a while. " * 120
    text = f"{filler}Had tea with Priya in Leeds. {filler}Called Amira in Cairo."
    found = named(text, tagger.tag(text))
    assert {("Priya", "PERSON"), ("Leeds", "PLACE"), ("Cairo", "PLACE")} <= found


def test_finds_the_same_in_every_line(tagger: Tagger) -> None:
    line = "Had tea with Priya in Leeds.\n"
    spans = tagger.tag(line * 50)
    starts = [span.start for span in spans if span.type is EntityType.PERSON]
    assert starts == [13 + number * len(line) for number in range(50)]


def test_finds_the_same_again(tagger: Tagger, model_path: Path) -> None:
    with Tagger(model_path, threads=1) as other:
        assert tagger.tag(ENTRY) == tagger.tag(ENTRY)
        assert named(ENTRY, other.tag(ENTRY)) == named(ENTRY, tagger.tag(ENTRY))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_spans_are_sound_in_any_text(tagger: Tagger, text: str) -> None:
    check(text, tagger.tag(text))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.sampled_from(
            [
                "Priya",
                "in Leeds",
                "**",
                "# ",
                "\n",
                " ",
                "😀",
                "'s",
                "Dr. ",
                "yoga",
                "東京",
                "\u0301",
            ]
        ),
        max_size=60,
    )
)
def test_spans_are_sound_in_jumbled_entries(tagger: Tagger, parts: list[str]) -> None:
    text = "".join(parts)
    check(text, tagger.tag(text))


@pytest.mark.parametrize(
    "text",
    [
        "x" * 100_000,
        "😀" * 5_000,
        "( " * 5_000,
        "\n" * 100_000,
        "\u0301" * 50_000,
        "東京" * 2_000,
        "مرحبا يا صديقي " * 300,
    ],
    ids=["letters", "emoji", "brackets", "newlines", "marks", "ideographs", "arabic"],
)
def test_survives_monotony(tagger: Tagger, text: str) -> None:
    check(text, tagger.tag(text))


def test_tells_how_far_it_is(tagger: Tagger) -> None:
    text = "One with Priya.\nTwo in Leeds.\n\nThree.\n  "
    told: list[tuple[int, int]] = []
    tagger.tag(text, progress=lambda done, total: told.append((done, total)))
    assert {total for _, total in told} == {len(text)}
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == len(text)
    assert len(told) > 3


def test_tells_the_end_of_an_empty_text(tagger: Tagger) -> None:
    told: list[tuple[int, int]] = []
    tagger.tag("", progress=lambda done, total: told.append((done, total)))
    assert told == [(0, 0)]


def test_stops_when_asked_and_can_go_on(tagger: Tagger) -> None:
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    with pytest.raises(TaggingCancelledError):
        tagger.tag("Had tea with Priya.\n" * 1000, cancelled=cancelled)
    assert asked == 4
    assert tagger.tag(ENTRY, cancelled=lambda: False)


def test_serves_several_threads_in_turn(tagger: Tagger) -> None:
    expected = tagger.tag(ENTRY)
    found: list[list[Span]] = []
    threads = [threading.Thread(target=lambda: found.append(tagger.tag(ENTRY))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


def test_refuses_to_read_after_closing(model_path: Path) -> None:
    closed = Tagger(model_path)
    closed.close()
    closed.close()
    with pytest.raises(RuntimeError, match="closed"):
        closed.tag(ENTRY)
