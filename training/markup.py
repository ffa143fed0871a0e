"""Annotation by hand: `[[surface text|TYPE]]` inside the text itself.

A file holds several writers: a line `=== name` begins one, a line `---` separates two of
their entries. Run `python -m training.markup FILE…` to check files and print them as JSON
lines.
"""

import argparse
import json
import re
import sys
from pathlib import Path

Spans = list[tuple[int, int, str]]

_MARK = re.compile(r"\[\[(?P<text>[^\[\]|]+)\|(?P<type>PERSON|PLACE|ORGANIZATION|ACTIVITY)\]\]")
_WRITER = "=== "
_SEPARATOR = "---"


class MarkupError(ValueError):
    """A mark that cannot be read; the message names the file and the entry."""


def parse(marked: str) -> tuple[str, Spans]:
    """Return the plain text and its spans `(start, end, type)` in code points.

    Raises `MarkupError` for a mark left open, of an unknown type or with a space at either
    end.
    """
    pieces: list[str] = []
    spans = []
    length = position = 0
    for mark in _MARK.finditer(marked):
        before = marked[position : mark.start()]
        surface = mark["text"]
        if surface != surface.strip():
            raise MarkupError(f"space at the edge of {mark[0]!r}")
        pieces += (before, surface)
        length += len(before)
        spans.append((length, length + len(surface), mark["type"]))
        length += len(surface)
        position = mark.end()
    pieces.append(marked[position:])
    text = "".join(pieces)
    left = re.search(r"\[\[|\|(?:PERSON|PLACE|ORGANIZATION|ACTIVITY)\b", text)
    if left:
        raise MarkupError(f"unreadable mark near {text[max(0, left.start() - 30) :][:70]!r}")
    return text, spans


def read_markup(path: Path) -> list[tuple[str, str, Spans]]:
    """Read a file: `(writer, text, spans)` of each entry, in order."""
    found = []
    writer = ""
    entry: list[str] = []

    def close() -> None:
        marked = "\n".join(entry).strip("\n")
        entry.clear()
        if not marked.strip():
            return
        if not writer:
            raise MarkupError(f"{path.name}: text before the first writer")
        try:
            text, spans = parse(marked)
        except MarkupError as error:
            raise MarkupError(f"{path.name}, {writer}: {error}") from error
        found.append((writer, text, spans))

    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(_WRITER):
            close()
            writer = line[len(_WRITER) :].strip()
        elif line.rstrip() == _SEPARATOR:
            close()
        else:
            entry.append(line)
    close()
    return found


def main() -> None:
    """Print the entries of the given files as JSON lines."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    for path in parser.parse_args().files:
        for writer, text, spans in read_markup(path):
            entities = [{"start": s, "end": e, "type": t} for s, e, t in spans]
            row = {"text": text, "entities": entities, "doc": writer}
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
