"""Files locked with a passphrase, in the format of age (age-encryption.org).

`age --decrypt FILE` opens them on any machine, without Charlie. The passphrase is stretched by
scrypt with age's own work factor: about a second.
"""

from __future__ import annotations

from typing import Final

from backend.errors import BackupError, UsageError

#: What a file in this format begins with.
HEADER: Final = b"age-encryption.org/v1\n"

# A passphrase that is guessed in an afternoon protects nothing.
_SHORTEST_PASSPHRASE = 8


def encrypt(data: bytes, passphrase: str) -> bytes:
    """Return `data`, encrypted.

    Raises:
        UsageError: the passphrase is too short.
    """
    if len(passphrase) < _SHORTEST_PASSPHRASE:
        raise UsageError(
            f"The passphrase is too short; it needs at least {_SHORTEST_PASSPHRASE} characters.",
            safe="Nothing was written.",
            hint="Four or five words that have nothing to do with each other are a good one.",
        )
    # pyrage takes 5 ms to import and only encrypted backups need it.
    import pyrage  # noqa: PLC0415

    return bytes(pyrage.passphrase.encrypt(data, passphrase))


def decrypt(data: bytes, passphrase: str) -> bytes:
    """Return what `encrypt` encrypted.

    Raises:
        BackupError: the passphrase is wrong, or the file is damaged; age does not tell which.
    """
    import pyrage  # noqa: PLC0415 - see above

    try:
        return bytes(pyrage.passphrase.decrypt(data, passphrase))
    except pyrage.DecryptError:
        raise BackupError(
            "The backup cannot be opened: the passphrase is wrong, or the file is damaged.",
            safe="Nothing was changed.",
            hint="Try the passphrase again.",
        ) from None
