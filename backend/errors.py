"""Errors a user can meet.

Every error says what happened, what is safe and what to do next; what shows it (the
command line, a toast on the screen) prints those three and nothing else. An exception that
is not a `CharlieError` is a defect of ours and is reported as one.
"""

from __future__ import annotations


class CharlieError(Exception):
    """Base of every error that is told to the user.

    Args:
        message: what happened, one sentence without a trailing newline.
        safe: what is safe ("Your text is kept as a draft."), or None where nothing was at stake.
        hint: what to do next, or None where there is nothing to do.
    """

    #: Exit code of a command that ends in this error: 1 failed, 2 wrong usage.
    exit_code = 1

    def __init__(self, message: str, *, safe: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.safe = safe
        self.hint = hint

    def lines(self) -> list[str]:
        """Return the message, what is safe and what to do next: 1 to 3 lines, not yet sanitised."""
        return [line for line in (self.message, self.safe, self.hint) if line]


class UsageError(CharlieError):
    """A command or an action was asked for in a way that cannot be carried out."""

    exit_code = 2


class AmbiguousDayError(UsageError):
    """What was typed is a day, but may be more than one; the message says which."""


class SettingsError(UsageError):
    """An environment variable or a stored setting has a value that cannot be used."""


class NotFoundError(CharlieError):
    """An entry, entity, journal or file that was named does not exist."""


class EmptyEntryError(UsageError):
    """An entry without any visible character was to be saved."""


class QueryError(UsageError):
    """A search query cannot be understood; the message says what is wrong and where.

    `query` is the query as it was given, and `start` and `length` are the code points of it that
    are not understood; None and 0 where it is wrong as a whole.
    """

    def __init__(
        self,
        message: str,
        *,
        safe: str | None = None,
        hint: str | None = None,
        query: str = "",
        start: int | None = None,
        length: int = 0,
    ) -> None:
        super().__init__(message, safe=safe, hint=hint)
        self.query = query
        self.start = start
        self.length = length


class StorageError(CharlieError):
    """The journal's database cannot be opened, read or written (disk full, read-only, busy)."""


class DatabaseNewerError(StorageError):
    """The database was written by a newer Charlie; it was left untouched."""


class DatabaseDamagedError(StorageError):
    """The database is not readable as one; it was left untouched."""


class BackupError(CharlieError):
    """A backup could not be made, or one cannot be read or trusted. The journal is untouched."""


class RedisUnavailableError(CharlieError):
    """Redis cannot be started or reached. Writing and reading entries does not need it."""


class RedisDamagedError(RedisUnavailableError):
    """A key in Redis holds something of another kind than Charlie puts there."""


class ModelError(CharlieError):
    """A model file is missing, damaged or of a kind that cannot be used."""


class ModelUnavailableError(ModelError):
    """A model on another machine cannot be reached or is too busy; later it may be.

    `retry_after` is the seconds that it asked to be left alone, or None where it did not say.
    """

    def __init__(
        self,
        message: str,
        *,
        safe: str | None = None,
        hint: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, safe=safe, hint=hint)
        self.retry_after = retry_after


class ModelAnswerError(CharlieError):
    """What a model answered to one text cannot be used, asked twice. Other texts may go well."""


class WorkerError(CharlieError):
    """The worker process could not do what it was asked for."""


class TaggingCancelledError(CharlieError):
    """The caller asked to stop; nothing was found out."""
