"""Train the built-in tagger.

`python -m training.train DATA_DIR --out DIR` runs both stages and writes `stage1.pt` and
`stage2-SEED.pt` to the folder. Stage 1 reads the public sets, in which ACTIVITY is unknown;
stage 2 starts from it and reads mostly journals. Each is a dictionary with `weights` (the
exponential moving average) and `seed`. `--start WEIGHTS.pt --epochs 1 --rate 8e-5` goes on from
a run of stage 2 instead, which is enough when a few journals were added to many.
"""

import argparse
import copy
import logging
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from backend.inference.tagger.wordpiece import WordPiece
from training import augmentation
from training.base import base_weights, read_vocabulary
from training.corpus import (
    NOVELS,
    PUBLIC_TRAIN,
    Document,
    Split,
    read_journals,
    read_jsonl,
    split_by_writer,
)
from training.encoding import KIN, LABELS, Example, batches, collate, encode, loss
from training.network import Network, load_base
from training.reading import score_documents

log = logging.getLogger("charlie.training")

# Shares, rates and averaging were chosen on dev journals in experiments with fewer of them.
# Without lowered texts, shapes cost 9 to 18 points on lower-case entries.
LOWERED = 0.30  # share of windows in lower case
SHOUTED = 0.03  # in upper case
TITLED = 0.02  # in Title Case
SWAPPED = 0.30  # with names exchanged
DECORATED = 0.06  # with Markdown or emoji added

AVERAGE_FROM = 0.4  # of a stage's steps
AVERAGE_EVERY = 10  # steps
AVERAGE_WEIGHT = 0.06
CLIP = 1.0  # of the gradient's norm
DECAY = 0.01  # of the weights


@dataclass(frozen=True, slots=True)
class Stage:
    """How long and how fast to train."""

    epochs: int
    rate: float
    head_rate: float
    warm_up: float  # share of the steps


STAGE_1 = Stage(epochs=3, rate=2e-4, head_rate=1e-3, warm_up=0.06)
STAGE_2 = Stage(epochs=3, rate=1.5e-4, head_rate=8e-4, warm_up=0.06)

JOURNALS = 3  # times an epoch of stage 2
PUBLIC_SHARE = 0.35  # of the public sets in an epoch of stage 2
NOVELS_SHARE = 0.15  # of the novels, in both stages
NOVELS_SHARE_1 = 0.5


def vary(
    documents: Iterable[Document], names: augmentation.Names, random_: random.Random
) -> list[Document]:
    """Return the texts with some lowered, shouted, decorated or with other names."""
    return [_varied(document, names, random_) for document in documents]


def _varied(document: Document, names: augmentation.Names, random_: random.Random) -> Document:
    """Return the text, perhaps changed."""
    varied = document
    if random_.random() < SWAPPED:
        varied = names.swap(varied, random_, lambda name: name.lower() in KIN)
    if random_.random() < DECORATED:
        varied = augmentation.decorate(varied, random_)
    dice = random_.random()
    if dice < LOWERED:
        return augmentation.recase(varied, str.lower)
    if dice < LOWERED + SHOUTED:
        return augmentation.recase(varied, str.upper)
    if dice < LOWERED + SHOUTED + TITLED:
        return augmentation.title(varied)
    return varied


def journal_windows(journals: Iterable[Document], random_: random.Random) -> list[Document]:
    """Return the journals cut: 20% whole, 40% in lines, 40% in one to four sentences."""
    parts = []
    for entry in journals:
        dice = random_.random()
        if dice < 0.2:
            parts.append(entry)
        elif dice < 0.6:
            parts += augmentation.lines(entry)
        else:
            parts += augmentation.sentences(entry, random_)
    return parts


def sample(documents: list[Document], share: float, random_: random.Random) -> list[Document]:
    """Return a random share of the texts."""
    return random_.sample(documents, round(len(documents) * share))


def run_stage(
    network: Network,
    tokenizer: WordPiece,
    stage: Stage,
    epoch_of: Callable[[random.Random], list[Document]],
    seed: int,
    after_epoch: Callable[[Network, int], None],
    *,
    bfloat16: bool = False,
) -> Network:
    """Train in place and return a copy with averaged weights.

    `bfloat16` computes in that precision (the weights stay float32): 1.6 times as fast on a
    processor that has it. `epoch_of` draws an epoch's texts. `after_epoch` is given the
    averaged network (the plain one before averaging begins) and the epoch's number.
    """
    random_ = random.Random(seed)
    torch.manual_seed(seed)
    planned = []
    for _ in range(stage.epochs):
        examples: list[Example] = []
        for document in epoch_of(random_):
            examples += encode(document, tokenizer)
        planned.append(batches(examples, random_))
    steps = sum(map(len, planned))
    optimizer = _optimizer(network, stage)
    warm = max(1, round(stage.warm_up * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, (steps - step) / max(1, steps - warm))
    )
    average: Network | None = None
    step = 0
    for epoch, groups in enumerate(planned):
        network.train()
        began = time.monotonic()
        total = 0.0
        for group in groups:
            batch = collate(group, tokenizer)
            with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
                scores = network(batch)
            value = loss(scores.float(), batch.targets)
            optimizer.zero_grad(set_to_none=True)
            value.backward()
            nn.utils.clip_grad_norm_(network.parameters(), CLIP)
            optimizer.step()
            schedule.step()
            total += value.item()
            step += 1
            if step >= AVERAGE_FROM * steps and step % AVERAGE_EVERY == 0:
                average = _averaged(average, network)
            if step % 100 == 0:
                log.info("step %d of %d, loss %.4f", step, steps, value.item())
        log.info(
            "epoch %d: loss %.4f, %.0f s", epoch, total / len(groups), time.monotonic() - began
        )
        after_epoch(average or network, epoch)
    return average or network


def _optimizer(network: Network, stage: Stage) -> torch.optim.Optimizer:
    """Return AdamW with a faster head and no decay on biases, norms and embeddings."""
    head = ("hidden.", "labels.", "around.", "shapes.", "styles.")
    groups: dict[tuple[bool, bool], list[nn.Parameter]] = {}
    for name, weight in network.named_parameters():
        if weight.requires_grad:
            decays = weight.dim() > 1 and not name.startswith(("around.", "shapes.", "styles."))
            groups.setdefault((name.startswith(head), decays), []).append(weight)
    return torch.optim.AdamW(
        [
            {
                "params": weights,
                "lr": stage.head_rate if is_head else stage.rate,
                "weight_decay": DECAY if decays else 0.0,
            }
            for (is_head, decays), weights in groups.items()
        ]
    )


def _averaged(average: Network | None, network: Network) -> Network:
    """Move the average towards the network's weights."""
    if average is None:
        return copy.deepcopy(network)
    with torch.no_grad():
        for mean, weight in zip(average.parameters(), network.parameters(), strict=True):
            mean.lerp_(weight, AVERAGE_WEIGHT)
    return average


@dataclass(frozen=True, slots=True)
class Material:
    """What both stages read."""

    tokenizer: WordPiece
    words: int
    public: list[Document]
    novels: list[Document]
    journals: Split
    names: augmentation.Names

    def first_epoch(self, random_: random.Random) -> list[Document]:
        """Draw an epoch of stage 1."""
        texts = self.public + sample(self.novels, NOVELS_SHARE_1, random_)
        return vary(texts, self.names, random_)

    def second_epoch(self, random_: random.Random) -> list[Document]:
        """Draw an epoch of stage 2."""
        texts = []
        for _ in range(JOURNALS):
            texts += journal_windows(self.journals.train, random_)
        texts += sample(self.public, PUBLIC_SHARE, random_)
        texts += sample(self.novels, NOVELS_SHARE, random_)
        return vary(texts, self.names, random_)

    def report(self, network: Network, epoch: int) -> None:
        """Log the score on the journals' dev writers."""
        score = score_documents(network, self.tokenizer, self.journals.dev)
        log.info("epoch %d, dev journals: %s", epoch, score.line())


def read_material(data: Path, journals: Path) -> Material:
    """Read every set that is trained on."""
    vocabulary = read_vocabulary()
    public = []
    for name in PUBLIC_TRAIN:
        public += read_jsonl(data / f"{name}.jsonl")
    split = split_by_writer(read_journals(data, journals))
    return Material(
        tokenizer=WordPiece(vocabulary),
        words=len(vocabulary),
        public=public,
        novels=read_jsonl(data / f"{NOVELS}.jsonl"),
        journals=split,
        names=augmentation.Names([*public, *split.train]),
    )


def first_stage(material: Material, path: Path, *, bfloat16: bool) -> None:
    """Train on the public sets, from the base model, and save the weights."""
    torch.manual_seed(0)
    network = Network(material.words, len(LABELS))
    load_base(network, base_weights())
    trained = run_stage(
        network,
        material.tokenizer,
        STAGE_1,
        material.first_epoch,
        0,
        material.report,
        bfloat16=bfloat16,
    )
    torch.save({"weights": trained.state_dict(), "seed": 0}, path)


def second_stage(
    material: Material, stage: Stage, start: Path, path: Path, seed: int, *, bfloat16: bool
) -> None:
    """Train on journals and a share of the rest, from saved weights, and save the weights."""
    network = Network(material.words, len(LABELS))
    network.load_state_dict(torch.load(start, weights_only=True)["weights"])
    trained = run_stage(
        network,
        material.tokenizer,
        stage,
        material.second_epoch,
        seed,
        material.report,
        bfloat16=bfloat16,
    )
    torch.save({"weights": trained.state_dict(), "seed": seed}, path)


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description="Train the built-in tagger.")
    parser.add_argument("data", type=Path, help="folder of the annotated sets (JSON lines)")
    parser.add_argument("--out", type=Path, required=True, help="folder for the weights")
    parser.add_argument("--stage", choices=("1", "2", "both"), default="both")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--start", type=Path, help="weights stage 2 starts from (stage1.pt)")
    parser.add_argument("--epochs", type=int, default=STAGE_2.epochs, help="of stage 2")
    parser.add_argument("--rate", type=float, default=STAGE_2.rate, help="of stage 2")
    parser.add_argument("--bfloat16", action="store_true", help="faster where supported")
    parser.add_argument("--journals", type=Path, default=Path(__file__).parent / "journals")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(arguments.threads)
    arguments.out.mkdir(parents=True, exist_ok=True)

    material = read_material(arguments.data, arguments.journals)
    first = arguments.out / "stage1.pt"
    if arguments.stage in ("1", "both"):
        first_stage(material, first, bfloat16=arguments.bfloat16)
    if arguments.stage in ("2", "both"):
        stage = Stage(
            epochs=arguments.epochs,
            rate=arguments.rate,
            head_rate=arguments.rate * STAGE_2.head_rate / STAGE_2.rate,
            warm_up=STAGE_2.warm_up,
        )
        for seed in arguments.seeds:
            path = arguments.out / f"stage2-{seed}.pt"
            start = arguments.start or first
            second_stage(material, stage, start, path, seed, bfloat16=arguments.bfloat16)


if __name__ == "__main__":
    main()
