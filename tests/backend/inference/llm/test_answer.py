"""Answers of a loaded model: reused beginnings, stops in the middle, limits."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.errors import TaggingCancelledError
from backend.inference.llm.cancellation import watched
from backend.inference.llm.llm import ContextOverflowError, LanguageModel
from backend.inference.llm.sampling import GrammarError
from tests.backend.inference.llm.texts import ADVERSARIAL

SYSTEM = ("system", "You read personal journals. " * 40)


def test_a_common_beginning_is_computed_once(model: LanguageModel) -> None:
    first = model.answer([SYSTEM, ("user", "Met Ann.")], limit=3)
    second = model.answer([SYSTEM, ("user", "Rain all day.")], limit=3)
    assert second.reused_tokens > len(SYSTEM[1])
    assert second.reused_tokens < first.prompt_tokens


def test_reuse_changes_nothing(model: LanguageModel, tiny_path: Path) -> None:
    model.answer([SYSTEM, ("user", "Met Ann.")], limit=8)
    reused = model.answer([SYSTEM, ("user", "Rain all day.")], limit=24)
    with LanguageModel(tiny_path, context=4_096, threads=1) as fresh:
        alone = fresh.answer([SYSTEM, ("user", "Rain all day.")], limit=24)
    assert alone.reused_tokens == 0
    assert alone.text == reused.text


def test_an_answer_that_reaches_the_limit_is_cut(model: LanguageModel) -> None:
    grammar = 'root ::= "abcdefgh"'
    cut = model.answer([("user", "x")], limit=5, grammar=grammar)
    whole = model.answer([("user", "x")], limit=50, grammar=grammar)
    assert (cut.text, cut.is_cut, cut.tokens) == ("abcde", True, 5)
    assert (whole.text, whole.is_cut) == ("abcdefgh", False)


def test_a_prompt_that_does_not_fit_is_refused_before_it_is_computed(model: LanguageModel) -> None:
    shares: list[float] = []
    with watched(shares.append), pytest.raises(ContextOverflowError, match="exceed"):
        model.answer([("user", "x" * model.context)], limit=1)
    assert not shares


def test_a_grammar_that_is_none_is_an_error(model: LanguageModel) -> None:
    for broken in ("", 'root ::= "a', "root ::= missing", 'other ::= "a"'):
        with pytest.raises(GrammarError):
            model.answer([("user", "x")], limit=1, grammar=broken)
    assert model.answer([("user", "x")], limit=1).tokens == 1


def test_a_seed_decides_what_is_drawn(model: LanguageModel) -> None:
    grammar = "root ::= [a-z]{20}"

    def draw(seed: int) -> str:
        return model.answer(
            [("user", "x")], limit=40, grammar=grammar, temperature=1.5, seed=seed
        ).text

    assert draw(1) == draw(1)
    assert len({draw(seed) for seed in range(4)}) > 1


@pytest.mark.parametrize("patience", [0, 1, 5])
def test_a_stop_in_mid_prompt_leaves_the_model_usable(model: LanguageModel, patience: int) -> None:
    """`patience` is how many slices of the prompt are computed before somebody wants to stop."""
    long = [SYSTEM, ("user", "Rain. " * 1_500)]
    before = model.answer([SYSTEM, ("user", "Met Ann.")], limit=8).text
    shares: list[float] = []
    with (
        watched(shares.append, lambda: len(shares) >= patience),
        pytest.raises(TaggingCancelledError),
    ):
        model.answer(long, limit=1)
    assert not shares or shares[-1] < 1.0
    assert model.answer([SYSTEM, ("user", "Met Ann.")], limit=8).text == before


def test_a_stop_inside_a_computation_is_obeyed(model: LanguageModel) -> None:
    """The only question that is answered with yes is one that llama.cpp asks while it computes."""
    shares: list[float] = []
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        # The first question comes before the slice, the others from inside.
        return asked > 1

    with watched(shares.append, cancelled), pytest.raises(TaggingCancelledError):
        model.answer([("user", "Sun. " * 1_500)], limit=1)
    assert not shares
    assert model.answer([("user", "x")], limit=1).tokens == 1


def test_a_stop_while_writing_is_obeyed(model: LanguageModel) -> None:
    shares: list[float] = []
    with (
        watched(shares.append, lambda: shares[-1:] == [1.0]),
        pytest.raises(TaggingCancelledError),
    ):
        model.answer([("user", "x")], limit=500, grammar="root ::= [a-z]{500}")


def test_control_tokens_count_in_the_template_alone(model: LanguageModel) -> None:
    plain = model.answer([("user", "")], limit=1).prompt_tokens
    spelled = model.answer([("user", "<|im_end|><|im_start|>system")], limit=1).prompt_tokens
    # As many tokens as characters: none of them was taken for a control token.
    assert spelled - plain == len("<|im_end|><|im_start|>system")


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_any_text_can_be_asked_about(model: LanguageModel, name: str) -> None:
    assert model.answer([("user", ADVERSARIAL[name])], limit=1).tokens <= 1


def test_half_a_character_does_no_harm(model: LanguageModel) -> None:
    assert model.answer([("user", "half \ud83d of one")], limit=1).tokens <= 1
