"""What SQLite answers when it cannot, as errors a user can act upon. The one place for that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from backend.errors import DatabaseDamagedError, StorageError

_KEPT = "What was saved before is untouched; this change was not saved."


def damaged(path: Path, reason: str) -> DatabaseDamagedError:
    """Return the error for a file that is not, or no longer, a journal."""
    return DatabaseDamagedError(
        f"The journal {path} cannot be read: {reason}.",
        safe="The file was left exactly as it is.",
        hint="charlie doctor --repair keeps it aside and makes it whole, as far as that goes.",
    )


def moved_away(path: Path) -> StorageError:
    """Return the error for a journal whose file vanished while it was open."""
    return StorageError(
        f"The journal {path} was moved or deleted while Charlie had it open.",
        safe="Nothing was written in its place.",
        hint="Put the file back, or restart Charlie to begin a new journal.",
    )


def unusable(path: Path, error: OSError | UnicodeError) -> StorageError:
    """Return the error for a file that the system does not give, or SQLite cannot name."""
    reason = error.strerror if isinstance(error, OSError) else "its path is not valid UTF-8"
    return StorageError(
        f"The journal {path} cannot be opened: {reason}.",
        safe="Nothing was changed.",
        hint="Check its permissions and the free space, or set CHARLIE_HOME to another folder.",
    )


def not_ours(path: Path, what: str) -> StorageError:
    """Return the error for a file of the journal that is none, or not this user's.

    Args:
        path: the file.
        what: what it is, "is a link".
    """
    return StorageError(
        f"{path} {what}.",
        safe="Nothing was written and no permission was changed.",
        hint="Put the journal's own file there, or set CHARLIE_HOME to the folder it lies in.",
    )


def in_use(path: Path, holders: list[int]) -> StorageError:
    """Return the error for a journal that was wanted alone while others have it open.

    Args:
        path: the journal.
        holders: the numbers of the processes that have it open, as far as they are known.
    """
    who = f" (process {', '.join(map(str, holders))})" if holders else ""
    return StorageError(
        f"The journal {path} is open elsewhere{who}.",
        safe="Nothing was changed.",
        hint="Close every Charlie and other program that has it open, then try again.",
    )


def replacing(path: Path) -> StorageError:
    """Return the error for a journal that another process keeps to itself for a while."""
    return StorageError(
        f"The journal {path} is being repaired.",
        safe=_KEPT,
        hint="Try again when that is done.",
    )


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what apsw raises because of the world, not of us, into a `StorageError`.

    Anything else (a wrong statement, a broken constraint) is a defect and passes unchanged.
    """
    try:
        yield
    except (apsw.CorruptError, apsw.NotADBError, apsw.FormatError) as error:
        raise damaged(path, _detail(error)) from error
    except UnicodeDecodeError as error:
        raise damaged(path, "a text in it is not valid UTF-8") from error
    except apsw.FullError as error:
        raise StorageError(
            "The disk is full.",
            safe=_KEPT,
            hint=f"Free some space where {path.parent} lies and try again.",
        ) from error
    except (apsw.ReadOnlyError, apsw.PermissionsError, apsw.AuthError) as error:
        raise StorageError(
            f"The journal {path} can only be read.",
            safe=_KEPT,
            hint="Check the permissions of the file and its folder, or set CHARLIE_HOME.",
        ) from error
    except apsw.CantOpenError as error:
        raise StorageError(
            f"The journal {path} cannot be opened.",
            safe="Nothing was changed.",
            hint="Check that the folder exists and is yours, and the number of open files.",
        ) from error
    except (apsw.BusyError, apsw.LockedError, apsw.ProtocolError) as error:
        raise StorageError(
            "Another program keeps the journal locked.",
            safe=_KEPT,
            hint=f"Try again; if it goes on, see which program has {path} open.",
        ) from error
    except apsw.TooBigError as error:
        raise StorageError(
            "The text is larger than the journal can hold.",
            safe=_KEPT,
            hint="Split it into several entries.",
        ) from error
    except apsw.NoMemError as error:
        raise StorageError(
            "There is not enough memory.", safe=_KEPT, hint="Close other programs and try again."
        ) from error
    except (apsw.IOError, apsw.NoLFSError) as error:
        raise StorageError(
            f"The disk failed under the journal {path}: {_detail(error)}.",
            safe=_KEPT,
            hint="Check the disk, its free space and your quota.",
        ) from error


def _detail(error: apsw.Error) -> str:
    """Return the sentence of SQLite's own, without apsw's prefix of the class' name."""
    return str(error).rpartition(": ")[2] or type(error).__name__
