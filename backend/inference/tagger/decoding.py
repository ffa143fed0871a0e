"""From label scores to spans.

Labels are `O` and, for each type, `B-` (begins a mention) and `I-` (goes on with it). The
best sequence is found by Viterbi under one rule: `I-X` follows only `B-X` or `I-X`.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from backend.inference.tagger.wordpiece import Word
from backend.records import EntityType, Span

# Words that belong to no name's edge: Markdown, quotes, brackets, separators.
_EDGES = frozenset('#*_~@`^|<>()[]{}"“”„«»,;:/\\=+•→')

# The vocabulary knows other scripts by their single characters at best, and what is found in them
# is mostly wrong below this confidence.
_SURE = 0.95
_LATIN_END = "\u024f"  # of the block Latin Extended-B

Scores = npt.NDArray[np.float32]

OUTSIDE = "O"


def forbidden_transitions(labels: Sequence[str]) -> Scores:
    """Return a penalty, labels × labels: minus infinity where the second may not follow."""
    penalty = np.zeros((len(labels), len(labels)), dtype=np.float32)
    for column, label in enumerate(labels):
        if label.startswith("I-"):
            for row, before in enumerate(labels):
                if before[2:] != label[2:]:
                    penalty[row, column] = -np.inf
    return penalty


def log_probabilities(scores: Scores) -> Scores:
    """Return the logarithm of the softmax of each row."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    normal: Scores = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return normal


def best_labels(scores: Scores, labels: Sequence[str], penalty: Scores) -> list[int]:
    """Return the number of the best label for each word.

    `scores` is words × labels, log-probabilities; `penalty` comes from
    `forbidden_transitions`.
    """
    if not len(scores):
        return []
    greedy = scores.argmax(axis=1)
    if np.isfinite(penalty[greedy[:-1], greedy[1:]]).all() and not labels[greedy[0]].startswith(
        "I-"
    ):
        return [int(number) for number in greedy]
    start = np.array([-np.inf if label.startswith("I-") else 0 for label in labels])
    best = scores[0] + start
    back = np.zeros(scores.shape, dtype=np.intp)
    for word in range(1, len(scores)):
        paths = best[:, None] + penalty
        back[word] = paths.argmax(axis=0)
        best = paths.max(axis=0) + scores[word]
    path = [int(best.argmax())]
    for word in range(len(scores) - 1, 0, -1):
        path.append(int(back[word, path[-1]]))
    return path[::-1]


def spans(
    text: str, words: Sequence[Word], scores: Scores, labels: Sequence[str], penalty: Scores
) -> list[Span]:
    """Return the mentions among `words` of `text`, in order, exact and not overlapping.

    `scores` is words × labels, log-probabilities. The confidence is the mean, over the
    mention's words, of the probability that the word belongs to a mention of this type (`B-`
    and `I-` together). Markup and quotes at a mention's edges are left out, a mention
    without a letter or digit is none, and one without a Latin letter must be nearly certain.
    """
    found = []
    path = best_labels(scores, labels, penalty)
    word = 0
    while word < len(path):
        label = labels[path[word]]
        first = word
        word += 1
        if label == OUTSIDE:
            continue
        kind = label[2:]
        while word < len(path) and labels[path[word]] == f"I-{kind}":
            word += 1
        last = word
        while last > first and text[words[last - 1].start : words[last - 1].end] in _EDGES:
            last -= 1
        while first < last and text[words[first].start : words[first].end] in _EDGES:
            first += 1
        start, end = words[first].start, words[max(first, last - 1)].end
        if first == last or not any(map(str.isalnum, text[start:end])):
            continue
        columns = [number for number, name in enumerate(labels) if name.endswith(f"-{kind}")]
        certainty = float(np.exp(scores[first:last, columns]).sum(axis=1).mean())
        if certainty >= _SURE or not _is_foreign(text[start:end]):
            found.append(Span(start, end, EntityType(kind), min(1.0, certainty)))
    return found


def _is_foreign(surface: str) -> bool:
    """Return whether a surface is written in a script other than Latin."""
    letters = "".join(filter(str.isalpha, surface))
    return bool(letters) and min(letters) > _LATIN_END
