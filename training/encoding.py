"""From annotated texts to the numbers a network is trained on."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from backend.inference.tagger.shapes import NOTHING, line_style, word_shapes
from backend.inference.tagger.windows import windows
from backend.inference.tagger.wordpiece import Word, WordPiece
from training.corpus import TYPES, Document
from training.network import NEIGHBOURS, Batch

LABELS = ("O", *(f"{part}-{kind}" for kind in TYPES for part in ("B", "I")))
OUTSIDE = 0
# Targets that are not labels. UNSURE: outside as far as the set's annotators looked, which in
# sets without ACTIVITY means O or ACTIVITY. SKIPPED: no loss at all.
UNSURE = len(LABELS)
SKIPPED = -100

ACTIVITY_LABELS = [number for number, label in enumerate(LABELS) if label.endswith("-ACTIVITY")]
# Pieces in one batch, padding included.
BATCH_PIECES = 2048

# The author's own kin are names in journals; the other sets left these words unmarked.
# fmt: off
KIN = frozenset((
    "mom", "mum", "mam", "mama", "momma", "mommy", "mummy", "dad", "daddy", "dada", "papa",
    "pa", "pop", "pops", "father", "mother", "son", "daughter", "brother", "sister", "bro",
    "sis", "husband", "wife", "hubby", "grandma", "grandpa", "gran", "granny", "grandad",
    "granddad", "nan", "nana", "nanna", "grandmother", "grandfather", "uncle", "aunt",
    "auntie", "aunty", "cousin", "niece", "nephew", "ma", "amma", "appa", "abuela", "abuelo",
    "mami", "papi", "tia", "tio", "oma", "opa", "baba", "parents",
))
# fmt: on


@dataclass(frozen=True, slots=True)
class Example:
    """One window: words, their shapes with neighbours, and a target for each word."""

    words: tuple[Word, ...]
    shapes: tuple[int, ...]
    style: int
    targets: tuple[int, ...]

    @property
    def pieces(self) -> int:
        """The number of pieces with the two special tokens."""
        return 2 + sum(len(word.pieces) for word in self.words)


def encode(document: Document, tokenizer: WordPiece) -> list[Example]:
    """Return the windows of a text with their targets."""
    words = tokenizer.words(document.text)
    if not words:
        return []
    shapes = word_shapes(document.text, words)
    style = line_style(document.text)
    goals = targets(document, words)
    return [
        Example(
            tuple(words[window.first : window.last]),
            tuple(shapes[window.first : window.last]),
            style,
            tuple(goals[window.first : window.last]),
        )
        for window in windows(words)
    ]


def targets(document: Document, words: Sequence[Word]) -> list[int]:
    """Return a target for each word; a word that a mention touches belongs to it."""
    found = [OUTSIDE if document.is_journal else UNSURE] * len(words)
    if not document.is_journal:
        for place, word in enumerate(words):
            if document.text[word.start : word.end].lower() in KIN:
                found[place] = SKIPPED
    for start, end in document.ignored:
        for place, word in enumerate(words):
            if word.start < end and start < word.end:
                found[place] = SKIPPED
    for mention in document.mentions:
        label = LABELS.index(f"B-{mention.type}")
        for place, word in enumerate(words):
            if word.start < mention.end and mention.start < word.end:
                found[place] = label
                label = LABELS.index(f"I-{mention.type}")
    return found


def collate(examples: Sequence[Example], tokenizer: WordPiece) -> Batch:
    """Join windows to one batch, padded to the longest."""
    length = max(example.pieces for example in examples)
    pieces = torch.full((len(examples), length), 0)
    shapes = torch.full((len(examples), length), NOTHING)
    padding = torch.ones((len(examples), length), dtype=torch.bool)
    firsts: list[int] = []
    around: list[list[int]] = []
    goals: list[int] = []
    reach = range(-NEIGHBOURS, NEIGHBOURS + 1)
    for row, example in enumerate(examples):
        ids = [tokenizer.start]
        forms = [NOTHING]
        edged = [NOTHING] * NEIGHBOURS + list(example.shapes) + [NOTHING] * NEIGHBOURS
        for place, (word, shape) in enumerate(zip(example.words, example.shapes, strict=True)):
            firsts.append(row * length + len(ids))
            around.append([edged[place + NEIGHBOURS + step] for step in reach])
            ids += word.pieces
            forms += [shape] * len(word.pieces)
        ids.append(tokenizer.end)
        forms.append(NOTHING)
        pieces[row, : len(ids)] = torch.tensor(ids)
        shapes[row, : len(forms)] = torch.tensor(forms)
        padding[row, : len(ids)] = False
        goals += example.targets
    styles = torch.tensor([example.style for example in examples])[:, None].expand(-1, length)
    return Batch(
        pieces,
        shapes,
        styles,
        padding,
        torch.tensor(firsts),
        torch.tensor(around),
        torch.tensor(goals),
    )


def batches(
    examples: Iterable[Example], random_: random.Random, most: int = BATCH_PIECES
) -> list[list[Example]]:
    """Group windows of similar length into batches of `most` pieces, in random order."""
    ordered = sorted(examples, key=lambda example: example.pieces + random_.random() * 4)
    grouped: list[list[Example]] = []
    longest = 0
    for example in ordered:
        longest = max(longest, example.pieces)
        if not grouped or (len(grouped[-1]) + 1) * longest > most:
            grouped.append([])
            longest = example.pieces
        grouped[-1].append(example)
    random_.shuffle(grouped)
    return grouped


def loss(scores: Tensor, goals: Tensor) -> Tensor:
    """Return the mean negative log-likelihood of the targets.

    For `UNSURE` words the probabilities of O and of both ACTIVITY labels are added up: these
    words teach that there is no person, place or organisation, and nothing about activities.
    """
    known = goals != SKIPPED
    scores, goals = scores[known], goals[known]
    log = functional.log_softmax(scores, dim=1)
    unsure = log[:, [OUTSIDE, *ACTIVITY_LABELS]].logsumexp(dim=1, keepdim=True)
    joined = torch.cat((log, unsure), dim=1)
    return -joined.gather(1, goals[:, None]).mean()
