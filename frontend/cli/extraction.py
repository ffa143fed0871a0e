"""The command that reads any text and stores nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from backend.errors import NotFoundError, UsageError
from backend.records import Span
from backend.text import decode_utf8
from frontend.cli.options import json_option
from frontend.cli.output import JsonObject, print_json, print_line


@click.command(short_help="Find the names in any text; nothing is stored.")
@click.argument("file", default="-")
@click.option("--jsonl", is_flag=True, help='Lines {"text": …} in, lines {"entities": […]} out.')
@click.option("--model", help="A model's name or the path of a .gguf file.")
@json_option('Print {"entities": […]} for the whole text.')
@click.pass_context
def extract(
    context: click.Context, file: str, jsonl: bool, model: str | None, as_json: bool
) -> None:
    """Find the names in FILE or standard input; nothing is stored.

    Offsets count Unicode code points. With --jsonl a line that cannot be read gives a line with
    an "error" beside its empty "entities", the others are not held up, and the exit code is 1.
    """
    # Extraction needs the model's libraries, which take 130 ms to import.
    from backend.services.text_extraction import TextExtractor

    with _opened(file) as stream, TextExtractor(model) as extractor:
        if not jsonl:
            text = _decoded(stream.read(), "The text")
            spans = extractor.extract(text)
            if as_json:
                print_json({"entities": [_span_json(text, span) for span in spans]})
                return
            for span in spans:
                print_line(
                    f"{span.start:>7} {span.end:>7}  {span.type.value:<12}  "
                    f"{text[span.start : span.end]}"
                )
            return
        failed = 0
        for number, line in enumerate(stream, start=1):
            try:
                text = _text_of(line)
            except UsageError as error:
                failed += 1
                print_line(f"Line {number}: {error.message}", error=True)
                print_json({"entities": [], "error": error.message}, indent=False)
                continue
            spans = extractor.extract(text)
            print_json({"entities": [_span_json(text, span) for span in spans]}, indent=False)
    if failed:
        context.exit(1)


def _span_json(text: str, span: Span) -> JsonObject:
    return {
        "start": span.start,
        "end": span.end,
        "type": span.type.value,
        "text": text[span.start : span.end],
        "confidence": round(span.confidence, 3),
    }


def _text_of(line: bytes) -> str:
    try:
        record = json.loads(_decoded(line, "The line"))
        text = record["text"]
        text.encode()
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UsageError('This is not a JSON object with a "text" in it.') from None
    assert isinstance(text, str)  # noqa: S101 - only str has encode among JSON's types
    return text


def _decoded(data: bytes, what: str) -> str:
    try:
        return decode_utf8(data)
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{what} is not valid UTF-8 (byte {error.start + 1}).",
            hint="Convert it first, for example: iconv -f LATIN1 -t UTF-8 FILE",
        ) from None


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        yield sys.stdin.buffer
        return
    try:
        with Path(file).open("rb") as stream:
            yield stream
    except OSError as error:
        raise NotFoundError(
            f"{file} cannot be read: {error.strerror}.",
            hint="Give the path of a text file, or “-” for standard input.",
        ) from error
