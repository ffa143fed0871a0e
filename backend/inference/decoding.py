"""From label scores to spans.

Labels are ``O`` and, for each type, ``B-`` (begins a mention) and ``I-`` (goes on with it). The
best sequence is found by Viterbi under one rule: ``I-X`` follows only ``B-X`` or ``I-X``.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

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

    ``scores`` is words × labels, log-probabilities; ``penalty`` comes from
    ``forbidden_transitions``.
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


def mentions(
    path: Sequence[int], scores: Scores, labels: Sequence[str]
) -> list[tuple[int, int, str, float]]:
    """Return ``(first word, last word + 1, type, confidence)`` of each mention, in order.

    The confidence is the mean, over the mention's words, of the probability that the word
    belongs to a mention of this type (``B-`` and ``I-`` together).
    """
    found: list[tuple[int, int, str, float]] = []
    word = 0
    while word < len(path):
        label = labels[path[word]]
        if label == OUTSIDE:
            word += 1
            continue
        kind = label[2:]
        last = word + 1
        while last < len(path) and labels[path[last]] == f"I-{kind}":
            last += 1
        columns = [number for number, name in enumerate(labels) if name[2:] == kind and name != "O"]
        certainty = float(np.exp(scores[word:last, columns]).sum(axis=1).mean())
        found.append((word, last, kind, min(1.0, max(0.0, certainty))))
        word = last
    return found
