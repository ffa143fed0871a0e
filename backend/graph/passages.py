"""What the journal says of an entity: every mention in its sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backend.database.insights import cooccurrence
from backend.database.search import snippets
from backend.database.sqlite import rows
from backend.database.sqlite.connection import read_transaction
from backend.graph.sentences import sentence_around
from backend.records import Passage, PassagePage

# Mentions of one entry that stand within so many code points share a passage.
_TOGETHER = 120
# The longest passage, in code points.
_LONGEST = 560


@dataclass(frozen=True, slots=True)
class _Cluster:
    """Mentions of an entry that stand close together, by position."""

    entry_id: int
    ranges: tuple[tuple[int, int], ...]


def list_passages(
    ids: Sequence[int],
    *,
    along: Sequence[Sequence[int]] = (),
    newest_first: bool = True,
    limit: int = 50,
    offset: int = 0,
) -> PassagePage:
    """Return the passages that mention an entity, by date; within an entry as it reads.

    Args:
        ids: the entity (`EntitySummary.ids`).
        along: only entries that mention these too: the ids of each.
        newest_first: the newest entry first, or the oldest.
        limit: the most to return.
        offset: how many to skip.
    """
    with read_transaction() as db:
        clusters = _clusters(ids, along, newest_first=newest_first)
        page = clusters[max(offset, 0) :][: max(limit, 0)]
        passages: list[Passage] = []
        entry = text = None
        read: int | None = None
        for cluster in page:
            if entry is None or text is None or read != cluster.entry_id:
                read = cluster.entry_id
                entry = rows.entry_summary(db, read)
                text = rows.entry_text(db, read)
            shown, highlights = excerpt(text, cluster.ranges)
            start, end = cluster.ranges[0]
            passages.append(Passage(entry, start, end, shown, highlights))
        return PassagePage(len(clusters), tuple(passages))


def locate_passage(
    ids: Sequence[int],
    entry: str,
    start: int,
    *,
    along: Sequence[Sequence[int]] = (),
    newest_first: bool = True,
) -> int | None:
    """Return the position of the passage nearest to `start` in entry `entry` (a whole uuid).

    The order is that of `list_passages`. None if the entry has no such passage.
    """
    with read_transaction() as db:
        entry_id = rows.entry_id(db, entry)
        clusters = _clusters(ids, along, newest_first=newest_first)
        near = [
            (abs(cluster.ranges[0][0] - start), position)
            for position, cluster in enumerate(clusters)
            if cluster.entry_id == entry_id
        ]
        return min(near)[1] if near else None


def excerpt(
    text: str, ranges: Sequence[tuple[int, int]]
) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return the sentences around `ranges` (ascending, not empty) on a line, and its ranges."""
    last_end = max(end for _, end in ranges)
    first, last, is_begun, goes_on = sentence_around(text, ranges[0][0], last_end)
    pieces: list[tuple[str, bool]] = [("…", False)] if is_begun else []
    position = first
    for start, end in ranges:
        if start < position:
            continue
        pieces += [(text[position:start], False), (text[start:end], True)]
        position = end
    pieces.append((text[position:last], False))
    return snippets.one_line(pieces, is_cut=goes_on, limit=_LONGEST)


def _clusters(
    ids: Sequence[int], along: Sequence[Sequence[int]], *, newest_first: bool
) -> list[_Cluster]:
    by_entry: dict[int, list[_Cluster]] = {}
    for entry_id, start, end in cooccurrence.find_places(ids, along=along):
        clusters = by_entry.setdefault(entry_id, [])
        if clusters and end - clusters[-1].ranges[0][0] <= _TOGETHER:
            clusters[-1] = _Cluster(entry_id, (*clusters[-1].ranges, (start, end)))
        else:
            clusters.append(_Cluster(entry_id, ((start, end),)))
    entries: Iterable[list[_Cluster]] = by_entry.values()
    if newest_first:
        entries = reversed(by_entry.values())
    return [cluster for clusters in entries for cluster in clusters]
