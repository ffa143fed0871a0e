"""Language models: what prefix reuse saves, what a grammar costs, how soon a stop is obeyed, and
whether memory comes back.

python -m benchmarks.llm [MODEL.gguf …]

Without a model, two of random weights are made (about 100 MB each, 150,000 tokens as large models
have): they say nothing of speed in general, and all of the four.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import gguf
import numpy as np
import psutil

from backend.dspy_cache import dspy
from backend.errors import TaggingCancelledError
from backend.inference.gguf.runtime import llama_cpp
from backend.inference.llm.cancellation import watched
from backend.inference.llm.entry_adapter import EntryAdapter, entry_grammar
from backend.inference.llm.llm import LanguageModel, processors
from backend.inference.llm.program import FindNames
from backend.inference.llm.prompt_file import TYPES
from backend.inference.llm.sampling import Sampler
from benchmarks.journals import invent_entries
from tests.backend.inference.tiny_gguf import write_tiny_model

ENTRIES = 20
STOPS = 10
ROUNDS = 6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", type=Path)
    parser.add_argument("--threads", type=int, default=processors())
    parser.add_argument("--context", type=int, default=8_192)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = arguments.models or invent_models(Path(folder))

        def load(path: Path) -> LanguageModel:
            return LanguageModel(path, context=arguments.context, threads=arguments.threads)

        print(f"DSPy {dspy.__version__}; {arguments.threads} threads; {', '.join(map(str, paths))}")
        with load(paths[0]) as model:
            prefix_reuse(model)
            grammar_cost(model)
            abort_latency(model)
        memory_back(load, paths)


def invent_models(folder: Path) -> list[Path]:
    """Two models of random weights."""
    return [
        write_tiny_model(
            folder / f"random-{seed}.gguf",
            seed=seed,
            width=256,
            layers=8,
            fillers=150_000,
            file_type=gguf.GGMLQuantizationType.F16,
        )
        for seed in (1, 2)
    ]


def prompts(count: int, *, is_marked: bool) -> list[list[tuple[str, str]]]:
    """Return the prompts of entries, as in extraction; marked ones differ from the first word."""
    found = []
    for number, (text, _) in enumerate(invent_entries(count)):
        system, user = EntryAdapter().format(FindNames, [], {"entry": text[:600]})
        mark = f"Request {number}. " if is_marked else ""
        found.append([("system", mark + system["content"]), ("user", user["content"])])
    return found


def prefix_reuse(model: LanguageModel) -> None:
    """Extract from the same entries with instructions that stay the same, and that change."""
    for name, is_marked in (("with prefix reuse", False), ("without", True)):
        begin = time.perf_counter()
        computed = total = 0
        for messages in prompts(ENTRIES, is_marked=is_marked):
            answer = model.answer(messages, limit=1)
            total += answer.prompt_tokens
            computed += answer.prompt_tokens - answer.reused_tokens
        seconds = time.perf_counter() - begin
        print(f"{ENTRIES} prompts {name}: {computed} of {total} tokens computed, {seconds:.2f} s")


def grammar_cost(model: LanguageModel) -> None:
    """Time making a grammar of 300 words, checking it, and what it adds to a token."""
    words = " ".join(text for text, _ in invent_entries(12)).split()[:300]
    text = " ".join(words)
    begin = time.perf_counter()
    grammar = entry_grammar(text, 1_024, model.count)
    made = time.perf_counter()
    with Sampler(llama_cpp(), model._vocabulary, grammar, 0.0, 0):
        checked = time.perf_counter()
    print(
        f"grammar of {len(words)} words: {len(grammar) / 1024:.0f} KB, made in "
        f"{(made - begin) * 1e3:.1f} ms, checked in {(checked - made) * 1e3:.1f} ms"
    )
    messages = [("user", text)]
    model.answer(messages, limit=1)
    for name, used in {
        "no grammar": None,
        "letters alone": "root ::= [a-z ]{200}",
        "names of the entry": grammar,
    }.items():
        begin = time.perf_counter()
        answer = model.answer(messages, limit=200, grammar=used)
        spent = (time.perf_counter() - begin) / answer.tokens * 1e3
        print(f"{name}: {spent:.2f} ms a token, over {answer.tokens} tokens")
    # Random weights never want what the grammar allows, so all tokens are held against it each
    # time; a model that was trained wants a name of the entry nearly always.
    print(f"and where the model agrees, {agreeing(model, grammar, words):.2f} ms more a token")


def agreeing(model: LanguageModel, grammar: str, words: list[str]) -> float:
    """Milliseconds that choosing a token takes if the likeliest is one that is allowed."""
    vocabulary = model._vocabulary
    names = [word for word in words if word.isalpha()][:3]
    listed = dict.fromkeys(TYPES, names)
    wanted = vocabulary.tokens(json.dumps({"names": listed}, separators=(",", ":")))
    logits = np.zeros(vocabulary.size, np.float32)
    begin = time.perf_counter()
    with Sampler(llama_cpp(), vocabulary, grammar, 0.0, 0) as sampler:
        for token in wanted:
            logits[token] = 1
            if sampler.choose(logits) != token:
                raise AssertionError("the grammar does not allow a name of the entry")
            logits[token] = 0
    return (time.perf_counter() - begin) / len(wanted) * 1e3


def abort_latency(model: LanguageModel) -> None:
    """From the wish to stop, in the middle of a long prompt, to the end of the call."""
    long = [("user", "It rained. " * (model.context // 16))]
    latencies = []
    for number in range(STOPS):
        wished = threading.Event()
        moments: list[float] = []

        def wish(wished: threading.Event = wished, moments: list[float] = moments) -> None:
            moments.append(time.perf_counter())
            wished.set()

        timer = threading.Timer(0.15 + 0.03 * number, wish)
        timer.start()
        try:
            with watched(cancelled=wished.is_set):
                model.answer([("system", f"{number}"), *long], limit=1)
        except TaggingCancelledError:
            latencies.append((time.perf_counter() - moments[0]) * 1e3)
        timer.join()
    if latencies:
        print(
            f"stopped {len(latencies)} of {STOPS} prompts: {statistics.median(latencies):.0f} ms "
            f"after the wish (median), {max(latencies):.0f} ms at most"
        )


def memory_back(load: Callable[[Path], LanguageModel], paths: list[Path]) -> None:
    """Memory before, with and after each model, in turn."""
    process = psutil.Process()
    for number in range(ROUNDS):
        path = paths[number % len(paths)]
        before = process.memory_info().rss
        begin = time.perf_counter()
        model = load(path)
        loaded = time.perf_counter() - begin
        model.answer([("user", "x" * 500)], limit=1)
        during = process.memory_info().rss
        model.close()
        after = process.memory_info().rss
        print(
            f"{path.name}: loaded in {loaded:.2f} s; {before / 1e6:.0f} MB before, "
            f"{during / 1e6:.0f} MB with it, {after / 1e6:.0f} MB after"
        )


if __name__ == "__main__":
    main()
