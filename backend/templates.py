"""Beginnings of entries that the user keeps as files, one a template: `templates/NAME.md`.

In a template `{{date}}` stands for the day in figures (2026-05-03), `{{time}}` for the time
(21:30), and `{{weekday}}`, `{{day}}`, `{{month}}` and `{{year}}` for the parts of the day
(Sunday, 3, May, 2026). Any other braces stay as they are.
"""

from __future__ import annotations

import logging
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from backend import files
from backend.dates import MONTHS, WEEKDAYS
from backend.errors import CharlieError, NotFoundError, StorageError, UsageError
from backend.locations import templates_dir
from backend.text import decode_utf8, is_typed_text

#: The largest template, in bytes; a file that is larger is no template.
MAX_BYTES = 1_000_000

log = logging.getLogger("charlie.templates")

_SUFFIX = ".md"
_MAX_NAME_LENGTH = 80
# Characters that a number behind a name may take.
_NUMBER_LENGTH = 5
_PLACEHOLDER = re.compile(r"\{\{ *(date|time|weekday|day|month|year) *\}\}")


@dataclass(frozen=True, slots=True)
class Template:
    """A template and where it lies."""

    name: str
    path: Path


def list_templates() -> list[Template]:
    """All templates by name.

    Raises:
        StorageError: the folder cannot be read.
    """
    try:
        paths = [path for path in templates_dir().iterdir() if path.suffix == _SUFFIX]
        found = [Template(path.stem, path) for path in paths if path.is_file()]
    except OSError as error:
        raise _unreadable(templates_dir(), error) from error
    shown = (each for each in found if not each.name.startswith("."))
    return sorted(shown, key=lambda each: (each.name.casefold(), each.name))


def find_template(name: str) -> Template:
    """Return the template `name`; upper and lower case are the same where only one is meant.

    Raises:
        NotFoundError: there is none.
    """
    templates = list_templates()
    for same in (str, str.casefold):
        found = [each for each in templates if same(each.name) == same(name)]
        if len(found) == 1:
            return found[0]
    known = ", ".join(each.name for each in templates)
    raise NotFoundError(
        f"There is no template “{name}”.",
        hint=f"There are: {known}." if known else f"To write it: charlie template edit {name}",
    )


def read_template(template: Template) -> str:
    """Return the text of a template as it is kept.

    Raises:
        StorageError: it cannot be read.
        UsageError: it is too large, or not UTF-8.
    """
    try:
        with template.path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise UsageError(
                f"The template “{template.name}” is larger than a megabyte.",
                hint=f"Shorten {template.path}.",
            )
        return decode_utf8(data)
    except UnicodeDecodeError:
        raise UsageError(
            f"The template “{template.name}” is not valid UTF-8.",
            hint=f"Correct {template.path}.",
        ) from None
    except OSError as error:
        raise _unreadable(template.path, error) from error


def fill_template(text: str, moment: datetime) -> str:
    """`text` with its placeholders filled in for `moment`, the time on the writer's wall."""
    values = {
        "date": f"{moment.year:04}-{moment:%m-%d}",
        "time": f"{moment:%H:%M}",
        "weekday": WEEKDAYS[moment.weekday()],
        "day": str(moment.day),
        "month": MONTHS[moment.month - 1],
        "year": str(moment.year),
    }
    return _PLACEHOLDER.sub(lambda matched: values[matched.group(1)], text)


def write_template(name: str, text: str) -> Template:
    """Keep `text` as the template `name`, in the place of one of that name.

    Raises:
        UsageError: it cannot be the name of a template, or the text is too large.
        StorageError: it could not be written; a template of that name is as it was.
    """
    template = Template(_checked(name), templates_dir() / f"{_checked(name)}{_SUFFIX}")
    data = text.encode()
    if len(data) > MAX_BYTES:
        raise UsageError(
            f"The template has {len(data) / 1e6:.1f} MB; it may have 1.", safe="Nothing was saved."
        )
    try:
        partial = template.path.with_name(f".template-{secrets.token_hex(8)}")
        try:
            files.write_private(partial, data)
            partial.replace(template.path)
        finally:
            partial.unlink(missing_ok=True)
        files.sync(template.path.parent)
    except OSError as error:
        raise StorageError(
            f"The template could not be written: {error.strerror}.",
            safe="Nothing was changed.",
            hint="Check the folder's permissions and the free space.",
        ) from error
    return template


def read_templates() -> dict[str, str]:
    """Return the texts of all templates by name; what cannot be read is left out and logged."""
    texts = {}
    try:
        for template in list_templates():
            try:
                texts[template.name] = read_template(template)
            except CharlieError as error:
                log.warning("A template was left out: %s", error)
    except CharlieError as error:
        log.warning("The templates were left out: %s", error)
    return texts


def add_template(name: str, text: str) -> Template | None:
    """Keep a template of another journal, a backup say, beside those that are here.

    Where another one has its name, it gets one with a number. None if it is here already.

    Raises:
        As `write_template`.
    """
    known = list_templates()
    free, number = name, 1
    # Not on every disk are upper and lower case two files.
    while same := [each for each in known if each.name.casefold() == free.casefold()]:
        for each in same:
            with suppress(UsageError):
                if read_template(each) == text:
                    return None
        number += 1
        free = f"{name[: _MAX_NAME_LENGTH - _NUMBER_LENGTH]} {number}"
    return write_template(free, text)


def _checked(name: str) -> str:
    if (
        name != name.strip()
        or not 0 < len(name) <= _MAX_NAME_LENGTH
        or name.startswith((".", "-"))
        or "/" in name
        or not all(map(is_typed_text, name))
    ):
        raise UsageError(
            "That cannot be the name of a template.",
            safe="Nothing was saved.",
            hint=f"Use a name of 1 to {_MAX_NAME_LENGTH} characters without slashes, such as day.",
        )
    return name


def _unreadable(path: Path, error: OSError) -> StorageError:
    return StorageError(
        f"{path} cannot be read: {error.strerror}.", hint="Check that it is yours to read."
    )
