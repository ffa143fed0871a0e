"""Reading texts with the network in PyTorch, window for window as the application does."""

from collections.abc import Iterable, Sequence

import numpy as np
import torch

from backend.inference.tagger.decoding import (
    Scores,
    forbidden_transitions,
    log_probabilities,
    spans,
)
from backend.inference.tagger.shapes import line_style, word_shapes
from backend.inference.tagger.windows import stretches, windows
from backend.inference.tagger.wordpiece import Word, WordPiece
from training.corpus import PUBLIC_TYPES, TYPES, Document, Mention
from training.encoding import LABELS, SKIPPED, Example, collate
from training.network import Network
from training.scoring import Score

# Windows read at once, by their pieces.
_PIECES = 8192

_PENALTY = forbidden_transitions(LABELS)


def read_scores(
    network: Network, tokenizer: WordPiece, texts: Sequence[str]
) -> list[list[tuple[list[Word], Scores]]]:
    """Return, for each text, its stretches: words and log-probabilities, words × labels."""
    pending: list[tuple[int, int, int, Example]] = []  # stretch, begin, end, window
    places: list[tuple[int, list[Word]]] = []  # text, words
    for number, text in enumerate(texts):
        for start, end in stretches(text):
            words = tokenizer.words(text, start, end)
            shapes = word_shapes(text, words)
            style = line_style(text[start:end])
            for window in windows(words):
                part = slice(window.first, window.last)
                skipped = (SKIPPED,) * (window.last - window.first)
                example = Example(tuple(words[part]), tuple(shapes[part]), style, skipped)
                begin, stop = window.begin - window.first, window.end - window.first
                pending.append((len(places), begin, stop, example))
            places.append((number, words))
    scores = _scores(network, tokenizer, [row[3] for row in pending])
    rows: list[list[Scores]] = [[] for _ in places]
    for (place, begin, stop, _), values in zip(pending, scores, strict=True):
        rows[place].append(values[begin:stop])
    found: list[list[tuple[list[Word], Scores]]] = [[] for _ in texts]
    for (number, words), parts in zip(places, rows, strict=True):
        if parts:
            found[number].append((words, np.concatenate(parts)))
    return found


def decode(text: str, stretches_: Iterable[tuple[list[Word], Scores]]) -> list[Mention]:
    """Return the mentions that the scores of a text's stretches amount to."""
    return [
        Mention(span.start, span.end, span.type.value)
        for words, scores in stretches_
        for span in spans(text, words, scores, LABELS, _PENALTY)
    ]


def read(network: Network, tokenizer: WordPiece, texts: Sequence[str]) -> list[list[Mention]]:
    """Return the mentions in each text."""
    scored = read_scores(network, tokenizer, texts)
    return [decode(text, rows) for text, rows in zip(texts, scored, strict=True)]


def _scores(network: Network, tokenizer: WordPiece, examples: list[Example]) -> list[Scores]:
    """Return the log-probabilities, words × labels, of each window."""
    network.eval()
    results: list[Scores] = [np.zeros((0, len(LABELS)), np.float32)] * len(examples)
    order = sorted(range(len(examples)), key=lambda place: examples[place].pieces)
    while order:
        size = max(1, _PIECES // examples[order[-1]].pieces)
        group, order = order[-size:], order[:-size]
        with torch.inference_mode():
            batch = collate([examples[place] for place in group], tokenizer)
            values = log_probabilities(network(batch).numpy())
        at = 0
        for place in group:
            results[place] = values[at : at + len(examples[place].words)]
            at += len(examples[place].words)
    return results


def score_documents(network: Network, tokenizer: WordPiece, documents: list[Document]) -> Score:
    """Score the network on texts; ACTIVITY counts only where journals annotate it."""
    score = Score()
    found = read(network, tokenizer, [document.text for document in documents])
    for document, mentions in zip(documents, found, strict=True):
        score.add(document, mentions, TYPES if document.is_journal else PUBLIC_TYPES)
    return score
