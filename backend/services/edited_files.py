"""Texts in the hands of the user's own editor.

Each editing has a folder of its own: whatever the editor puts beside its file (backup copies, undo
and swap files) goes with it. An editor may also return while its window is still open, or outlive
this process; what is saved there afterwards is found by `adopt_edited_files` and becomes a draft.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from backend import files
from backend.database.backup.archive import StoredDraft
from backend.database.backup.merging import merge_draft
from backend.database.sqlite import entry_ids
from backend.database.sqlite.connection import write_transaction
from backend.errors import StorageError
from backend.file_locks import FileLock
from backend.locations import rescue_dir
from backend.records import DEFAULT_JOURNAL
from backend.text import has_content

_PREFIX = "edit-"
_FILE = "entry.md"
_CONTEXT = "context.json"
_LOCK = "lock"

# Seconds after which a window in which nothing was saved is taken for closed.
_FORGOTTEN_AFTER = 86_400


@dataclass(frozen=True, slots=True)
class EditingContext:
    """What a text becomes that is saved behind Charlie's back.

    Args:
        journal: where it would be saved.
        entry: uuid of the entry whose text it is; None for a new one.
        base_revision: the revision of that entry; 0 for a new one.
    """

    journal: str = DEFAULT_JOURNAL
    entry: str | None = None
    base_revision: int = 0


class EditedFile:
    """A file for one editing, in a folder that is left alone while this process lives.

    Raises:
        StorageError: it cannot be written.
    """

    def __init__(self, text: str, context: EditingContext) -> None:
        self.folder = rescue_dir() / f"{_PREFIX}{secrets.token_hex(8)}"
        self.path = self.folder / _FILE
        try:
            self.folder.mkdir(mode=0o700)
            files.write_private(self.path, text.encode())
            _note(self.folder, context, text.encode())
        except OSError as error:
            self.remove()
            raise StorageError(
                f"The text could not be handed to the editor: {error.strerror}.",
                safe="The entry in the journal is unchanged.",
                hint="Free some disk space and try again.",
            ) from error
        # Never given back: who was told of the file need not be offered it before the next start.
        FileLock(self.folder / _LOCK).acquire()
        self._stamp = self._look()

    def was_touched(self) -> bool:
        """Return whether anything wrote the file since it was made."""
        return self._look() != self._stamp

    def _look(self) -> tuple[int, int, int] | None:
        with contextlib.suppress(OSError):
            status = self.path.stat()
            return status.st_ino, status.st_size, status.st_mtime_ns
        return None

    def remove(self) -> None:
        """Delete the folder with everything in it."""
        shutil.rmtree(self.folder, ignore_errors=True)


def adopt_edited_files() -> int:
    """Make drafts of what editors saved after they had returned, or their Charlie had ended.

    A text that is already in the journal makes none. Folders in which nothing was saved for a day
    are deleted.

    Returns:
        How many drafts were made.

    Raises:
        StorageError: the journal cannot be written; the files are still there.
    """
    adopted = 0
    for folder in rescue_dir().glob(f"{_PREFIX}*"):
        with _left_alone(folder) as is_ours:
            if is_ours:
                adopted += _adopt(folder)
    return adopted


def list_leftovers() -> list[Path]:
    """Return what lies among the kept texts beside those that an editor has in hand."""
    return sorted(path for path in rescue_dir().iterdir() if not path.name.startswith(_PREFIX))


@contextlib.contextmanager
def _left_alone(folder: Path) -> Iterator[bool]:
    """Hold the folder's lock, if no living Charlie has it."""
    with FileLock(folder / _LOCK) as lock:
        try:
            is_ours = lock.acquire()
        except StorageError:
            # Its Charlie was quicker to delete it, or the folder can only be read.
            is_ours = False
        yield is_ours


def _adopt(folder: Path) -> int:
    try:
        data = (folder / _FILE).read_bytes()
        age = time.time() - max(path.stat().st_mtime for path in (folder, folder / _FILE))
        context, digest = _noted(folder)
    except (OSError, ValueError, TypeError, KeyError):
        # Nothing that a text could be made of; a file of somebody else's making is left.
        return 0
    text = data.decode(errors="replace")
    if hashlib.sha256(data).hexdigest() == digest or not has_content(text):
        if abs(age) > _FORGOTTEN_AFTER:
            shutil.rmtree(folder, ignore_errors=True)
        return 0
    draft = StoredDraft(
        key=f"edited-{folder.name.removeprefix(_PREFIX)}",
        journal=context.journal,
        entry=context.entry,
        base_revision=context.base_revision,
        updated_at=entry_ids.now_ms(),
        text=text,
    )
    with write_transaction("draft") as db:
        is_new = merge_draft(db, draft)
    with contextlib.suppress(OSError):
        _note(folder, context, data)
    return int(is_new)


def _note(folder: Path, context: EditingContext, data: bytes) -> None:
    """Keep what the text belongs to, and a digest by which a change is known."""
    value = {**asdict(context), "digest": hashlib.sha256(data).hexdigest()}
    partial = folder / f".{_CONTEXT}"
    partial.unlink(missing_ok=True)
    files.write_private(partial, json.dumps(value).encode())
    partial.rename(folder / _CONTEXT)


def _noted(folder: Path) -> tuple[EditingContext, str]:
    value = json.loads((folder / _CONTEXT).read_bytes())
    return EditingContext(value["journal"], value["entry"], value["base_revision"]), value["digest"]
