"""What must be true of a journal whatever was done to it."""

from __future__ import annotations

import json
from typing import Any

from backend.database.journal import content, facets
from backend.database.sqlite.connection import read_transaction
from backend.database.sqlite.integrity import find_faults

# Everything a transaction can change, without the moments at which it did.
_TABLES = {
    "journal": "name",
    "entry": "uuid, journal_id, created_at, zone, local_date, revision, extracted_revision,"
    " deleted_at IS NULL, word_count, title, heading, preview, facets, text",
    "revision": "entry_id, revision, title, text",
    "draft": "key, journal, entry_uuid, base_revision, text",
    "entity": "journal_id, type, key, name, count",
    "spelling": "entity_id, form, count",
    "mention": "entry_id, start_offset, end_offset, entity_id, surface",
    "reading": "entry_id, model, text_hash, spans",
    "day": "local_date, journal_id, count, words",
    "preference": "key, value",
    "provisional": "entry_id",
}

Snapshot = dict[str, list[tuple[Any, ...]]]


def snapshot() -> Snapshot:
    """All that the journal holds."""
    with read_transaction() as db:
        return {
            table: sorted(db.execute(f"SELECT {columns} FROM {table}"), key=repr)
            for table, columns in _TABLES.items()
        }


def find_damage() -> list[str]:
    """What is half done or does not fit, in words; empty where all is well."""
    damage = find_faults()
    with read_transaction() as db:
        entries = list(
            db.execute(
                "SELECT id, journal_id, uuid, revision, extracted_revision, word_count, heading,"
                " preview, facets, text FROM entry"
            )
        )
        kept: dict[int, list[int]] = {}
        for entry_id, revision in db.execute(
            "SELECT entry_id, revision FROM revision ORDER BY entry_id, revision"
        ):
            kept.setdefault(entry_id, []).append(revision)
        named: dict[int, set[int]] = {}
        for entry_id, entity_id in db.execute("SELECT entry_id, entity_id FROM mention"):
            named.setdefault(entry_id, set()).add(entity_id)
        if db.execute(
            "SELECT 1 FROM entity n LEFT JOIN mention m ON m.entity_id = n.id"
            " WHERE m.entity_id IS NULL"
        ).fetchone():
            damage.append("there is an entity that nothing mentions")
    for (
        entry_id,
        journal_id,
        uuid,
        revision,
        extracted,
        words,
        heading,
        preview,
        filed,
        text,
    ) in entries:
        derived = content.derive(text)
        if (words, heading, preview) != (derived.word_count, derived.heading, derived.preview):
            damage.append(f"what is shown of {uuid} is not of its text")
        fitting = facets.entry_facets(journal_id, derived.tags, named.get(entry_id, ()))
        if sorted(filed.split()) != sorted(fitting.split()):
            damage.append(f"{uuid} is filed under what it is not")
        if kept.get(entry_id, []) != list(range(1, revision)):
            damage.append(f"{uuid} lacks an earlier revision, or has one too many")
        if extracted > revision:
            damage.append(f"{uuid} was read in a revision that it has not come to")
    return damage


def texts_of(uuid: str) -> list[str]:
    """Every text that an entry ever had, wherever it lies now."""
    with read_transaction() as db:
        return [
            text
            for (text,) in db.execute(
                "SELECT text FROM entry WHERE uuid = ?1 UNION ALL SELECT r.text FROM revision r"
                " JOIN entry e ON e.id = r.entry_id WHERE e.uuid = ?1",
                (uuid,),
            )
        ]


def is_in_trash(uuid: str) -> bool | None:
    """Whether an entry is in the trash; None if there is none."""
    with read_transaction() as db:
        row = db.execute(
            "SELECT deleted_at IS NOT NULL FROM entry WHERE uuid = ?", (uuid,)
        ).fetchone()
    return None if row is None else bool(row[0])


class Ledger:
    """What processes were told to be saved, against what is there.

    They say it line by line as JSON: `["saved", uuid, text]`, `["deleted", uuid]`,
    `["restored", uuid]`, `["draft", key, text]`; and before what can be undone,
    `["about", uuid]`. Whoever looks at a screen says `["written", words]` of what an entry holds,
    `["kept", words]` of what a draft or an entry holds, and `["stuck", why]` of a screen that
    does not go on.
    """

    def __init__(self) -> None:
        self.saved: list[tuple[str, str]] = []
        self._in_trash: dict[str, bool | None] = {}
        self.drafts: dict[str, set[str]] = {}
        self.written: list[str] = []
        self.kept: list[str] = []
        self.stuck: list[str] = []

    def note(self, line: bytes) -> None:
        """Take a line; what is not a whole one was never said."""
        if not line.endswith(b"\n"):
            return
        kind, *words = json.loads(line)
        match kind:
            case "saved":
                self.saved.append((words[0], words[1]))
                self._in_trash[words[0]] = False
            case "about":
                self._in_trash[words[0]] = None
            case "deleted":
                self._in_trash[words[0]] = True
            case "restored":
                self._in_trash[words[0]] = False
            case "draft":
                self.drafts.setdefault(words[0], set()).add(words[1])
            case "written" | "kept" | "stuck":
                getattr(self, kind).append(words[0])
            case _:
                raise AssertionError(f"nobody says {kind}")

    def find_losses(self) -> list[str]:
        """What was acknowledged and is not there, in words."""
        with read_transaction() as db:
            there = set(
                db.execute(
                    "SELECT uuid, text FROM entry UNION ALL SELECT e.uuid, r.text"
                    " FROM revision r JOIN entry e ON e.id = r.entry_id"
                )
            )
            drafts = [text for (text,) in db.execute("SELECT text FROM draft")]
            trashed = {
                uuid: bool(gone)
                for uuid, gone in db.execute("SELECT uuid, deleted_at IS NOT NULL FROM entry")
            }
        entries = "\n".join(text for _, text in there)
        anywhere = "\n".join([entries, *drafts])
        losses = [f"a screen is stuck: {why}" for why in self.stuck]
        for what, said, where in (("", self.written, entries), (" draft", self.kept, anywhere)):
            for words in said:
                if words not in where:
                    # Its last word is like no other: what is like it was typed in a wrong way.
                    like = [line for line in where.splitlines() if words[-9:] in line]
                    losses.append(f"the{what} “{words}” is lost; there is {like}")
        losses += [
            f"a text of {uuid} is lost" for uuid, text in self.saved if (uuid, text) not in there
        ]
        losses += [
            f"{uuid} is {'not ' if expected else ''}in the trash"
            for uuid, expected in self._in_trash.items()
            if expected is not None and trashed.get(uuid) is not expected
        ]
        return losses
