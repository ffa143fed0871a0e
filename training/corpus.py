"""The annotated texts: reading them, and splitting journals by writer.

One JSON object a line: `text`, `entities` (`start` and `end` in code points, `type`),
`doc` (document, thread or writer) and, in some sets, `ignore` spans that count neither way.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from training.markup import read_markup

TYPES = ("PERSON", "PLACE", "ORGANIZATION", "ACTIVITY")
PUBLIC_TYPES = TYPES[:3]  # what the sets that are not journals annotate

PUBLIC_TRAIN = ("btc_train", "gum_train", "tweebank_train", "wnut17_train")
NOVELS = "litbank"
PUBLIC_DEV = ("ewt_dev", "gum_dev", "btc_dev", "wnut17_dev", "tweebank_dev")


@dataclass(frozen=True, slots=True)
class Mention:
    """An annotated span `[start, end)` of code points."""

    start: int
    end: int
    type: str


@dataclass(frozen=True, slots=True)
class Document:
    """An annotated text. `source` is the name of the file it came from."""

    text: str
    mentions: tuple[Mention, ...]
    writer: str
    source: str
    ignored: tuple[tuple[int, int], ...] = ()

    @property
    def is_journal(self) -> bool:
        """Whether ACTIVITY and the author's own kin are annotated here."""
        return self.source.startswith("journal_")


def read_jsonl(path: Path) -> list[Document]:
    """Read one file of annotated texts."""
    documents = []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            documents.append(
                Document(
                    text=row["text"],
                    mentions=tuple(
                        Mention(entity["start"], entity["end"], entity["type"])
                        for entity in row["entities"]
                    ),
                    writer=row["doc"],
                    source=path.stem,
                    ignored=tuple((span["start"], span["end"]) for span in row.get("ignore", ())),
                )
            )
    return documents


def read_journals(data: Path, own: Path) -> list[Document]:
    """Read the journals of the data folder (JSON lines) and our own (markup), by name."""
    documents = []
    for path in sorted(data.glob("journal_*.jsonl")):
        documents += read_jsonl(path)
    for path in sorted(own.glob("journal_*.txt")):
        for writer, text, spans in read_markup(path):
            mentions = tuple(Mention(*span) for span in spans)
            documents.append(Document(text, mentions, writer, path.stem))
    return documents


@dataclass(frozen=True, slots=True)
class Split:
    """Journals split by writer."""

    train: list[Document]
    dev: list[Document]
    test: list[Document]


def split_by_writer(journals: Iterable[Document]) -> Split:
    """Split each journal file: writers 3 and 8 are dev, writer 5 is test, the rest train.

    Writers are counted from 1 within a file, by the number that ends their names. A file of
    fifteen writers or more gives writer 12 to dev and writer 13 to test as well.
    """
    split = Split([], [], [])
    by_source: dict[str, list[Document]] = {}
    for document in journals:
        by_source.setdefault(document.source, []).append(document)
    for documents in by_source.values():
        writers = sorted({document.writer for document in documents}, key=_number)
        many = len(writers) >= 15
        dev, test = ({3, 8, 12}, {5, 13}) if many else ({3, 8}, {5})
        for document in documents:
            place = writers.index(document.writer) + 1
            if place in dev:
                split.dev.append(document)
            elif place in test:
                split.test.append(document)
            else:
                split.train.append(document)
    return split


def _number(writer: str) -> tuple[int, str]:
    """Return the number at the end of a writer's name, to sort by."""
    found = re.search(r"(\d+)$", writer)
    return (int(found[1]) if found else 0, writer)
