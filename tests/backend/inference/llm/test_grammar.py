"""The grammar of an entry: nothing but names that are in it, whatever the model would write."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from backend.inference.llm.entry_adapter import entry_grammar
from backend.inference.llm.grammar import NameGraph
from backend.inference.llm.llm import LanguageModel
from backend.inference.llm.sampling import Sampler
from tests.backend.inference.llm.texts import ADVERSARIAL

LISTS = ("people", "places")
MOST = 4


def names_grammar(text: str) -> str:
    return NameGraph(text).grammar("names", LISTS, MOST)


def accepts(model: LanguageModel, grammar: str, answer: str) -> bool:
    """Whether a model that wants to write `answer` is let."""
    vocabulary = model._vocabulary
    with Sampler(model._library, vocabulary, grammar, 0.0, 0) as sampler:
        for wanted in vocabulary.tokens(answer):
            logits = np.zeros(vocabulary.size, np.float32)
            logits[wanted] = 1
            if sampler.choose(logits) != wanted:
                return False
    return True


def listing(*people: str) -> str:
    return json.dumps(
        {"names": {"people": people, "places": []}}, ensure_ascii=False, separators=(",", ":")
    )


def check(text: str, answer: str) -> None:
    """An answer is JSON of the form, and its names are in the text."""
    names = json.loads(answer)
    assert list(names) == ["names"]
    assert list(names["names"]) == list(LISTS)
    flat = re.sub(r"\s+", " ", text)
    assert sum(map(len, names["names"].values())) <= MOST
    for listed in names["names"].values():
        for name in listed:
            assert name in flat
            assert name == name.strip()
            assert len(re.findall(r"\w+", name)) <= 19


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_whatever_is_drawn_is_in_the_text(model: LanguageModel, name: str) -> None:
    text = ADVERSARIAL[name]
    grammar = names_grammar(text)
    for seed in range(6):
        answer = model.answer(
            [("user", text[:50])], limit=2_000, grammar=grammar, temperature=3.0, seed=seed
        )
        assert not answer.is_cut
        check(text, answer.text)


@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(max_size=80), seed=st.integers(0, 9))
def test_any_text_makes_a_grammar_that_holds(model: LanguageModel, text: str, seed: int) -> None:
    grammar = names_grammar(text)
    answer = model.answer([("user", "x")], limit=2_000, grammar=grammar, temperature=3.0, seed=seed)
    assert not answer.is_cut
    check(text, answer.text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Went with Sarah Chen.", "Sarah Chen"),
        ("Went with Sarah\nChen.", "Sarah Chen"),
        ("O'Brien came", "O'Brien"),
        ("at St. Mary's today", "St. Mary's"),
        ("saw J. today", "J."),
        ("wrote C++ all day", "C++"),
        ("bei H&M gewesen", "H&M"),
        ("Jean-Luc rief an", "Jean-Luc"),
        ("(Museum of Modern Art)", "Museum of Modern Art"),
        ("Zoe\u0308 was here", "Zoe\u0308"),
        ("St-Jean-Pied-de-Port!", "St-Jean-Pied-de-Port"),
        ("had my 1:1 today", "1:1"),
        ("昨天和王小明去", "王小明"),
        ("東京スカイツリーで", "東京スカイツリー"),
        ("मैं प्रिया के साथ", "प्रिया"),
        ("met Ann😀 there", "Ann"),
        ('"Ann" said', "Ann"),
    ],
)
def test_names_of_the_text_can_be_written(model: LanguageModel, text: str, name: str) -> None:
    assert accepts(model, names_grammar(text), listing(name))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Went with Sarah Chen.", "Sara"),
        ("Went with Sarah Chen.", "Sarah Went"),
        ("Went with Sarah Chen.", "arah"),
        ("Went with Sarah Chen.", "sarah"),
        ("Ann, Bob", "Ann, Bob"),
        ("Ann\n\nBob", "Ann Bob"),
        ("one two three four five six seven", "one two three four five six seven"),
        ("x" * 41, "x" * 41),
        ("Ann", " Ann"),
        ("Ann", ""),
        ("O'Brien", "O'"),
    ],
)
def test_anything_else_cannot(model: LanguageModel, text: str, name: str) -> None:
    assert not accepts(model, names_grammar(text), listing(name))


def test_no_more_names_than_allowed_can_be_written(model: LanguageModel) -> None:
    grammar = names_grammar("Ann")
    assert accepts(model, grammar, listing(*["Ann"] * MOST))
    assert not accepts(model, grammar, listing(*["Ann"] * (MOST + 1)))


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_no_answer_takes_more_tokens_than_there_are(model: LanguageModel, name: str) -> None:
    text = ADVERSARIAL[name]
    for limit in (200, 400):
        grammar = entry_grammar(text, limit, model.count)
        for seed in range(3):
            answer = model.answer(
                [("user", "x")], limit=limit, grammar=grammar, temperature=3.0, seed=seed
            )
            assert not answer.is_cut
            json.loads(answer.text)


@pytest.mark.parametrize(
    ("text", "longest"),
    [
        ("Ann went with Bob, Cem", "Ann went with Bob"),
        ("a b c d e f-g hh ii jj kk", "f-g hh ii jj kk"),
        ("one two three four five six seven", "two three four five six seven"),
        ("…", ""),
    ],
)
def test_the_longest_name_is_known(text: str, longest: str) -> None:
    assert NameGraph(text).longest() == longest


def test_a_text_without_words_has_no_names(model: LanguageModel) -> None:
    grammar = names_grammar("… !? 😀")
    assert accepts(model, grammar, listing())
    assert model.answer([("user", "x")], limit=100, grammar=grammar).text == listing()
