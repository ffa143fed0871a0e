"""A text as it is shown: some of it hidden, parts of it in a style, and the way back.

What is shown differs from what is written only in code points that are left out and in single
ones that stand for others, so that every one that is shown has its place in the text as written.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from dataclasses import dataclass

from rich.cells import cell_len

from frontend.tui.text.wrapping import break_line, expand_tabs

#: Styles that letters have, to be added up.
STRONG, EMPHASIS, CODE, STRUCK, LINK, QUIET = (1 << i for i in range(6))


@dataclass(frozen=True, slots=True)
class Block:
    """What the lines of a paragraph have in common.

    Attributes:
        first: what stands before its first line, `rest` before those it is continued on.
        kind: "" for a paragraph of text, "heading-1" … "heading-6", "code", "quote", "rule".
    """

    first: str = ""
    rest: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class ShownText:
    """`text` as shown; what is called "shown" are offsets in it, "written" those in the source.

    Attributes:
        text: paragraphs parted by line breaks.
        source_length: code points of what was written.
        shown_starts: where pieces without a gap begin in `text`, `written_starts` in the source.
        format_starts: where the style of letters changes in `text`, `formats` what it becomes.
        starts: where paragraphs begin in `text`, `ends` where they end.
        blocks: index in `kinds` of each paragraph's block.
    """

    text: str
    source_length: int
    shown_starts: array[int]
    written_starts: array[int]
    format_starts: array[int]
    formats: array[int]
    starts: array[int]
    ends: array[int]
    blocks: array[int]
    kinds: tuple[Block, ...]

    def to_written(self, shown: int) -> int:
        """Return the offset in the source of what is shown at offset `shown`."""
        piece = bisect_right(self.shown_starts, shown) - 1
        if piece < 0:
            return 0
        written = self.written_starts[piece] + shown - self.shown_starts[piece]
        return min(written, self.source_length)

    def to_shown(self, written: int) -> int:
        """Where the code point at `written` is shown, or what comes next if it is hidden."""
        piece = bisect_right(self.written_starts, written) - 1
        if piece < 0:
            return 0
        last = piece + 1 == len(self.shown_starts)
        end = len(self.text) if last else self.shown_starts[piece + 1]
        return min(self.shown_starts[piece] + written - self.written_starts[piece], end)

    def format_runs(self, start: int, end: int) -> list[tuple[int, int, int]]:
        """`[start, end)` of what is shown, cut where the style of letters changes."""
        runs: list[tuple[int, int, int]] = []
        index = bisect_right(self.format_starts, start) - 1
        while start < end:
            after = index + 1
            stop = self.format_starts[after] if after < len(self.format_starts) else end
            runs.append((start, min(stop, end), self.formats[index] if index >= 0 else 0))
            start, index = stop, after
        return runs


class ShownTextBuilder:
    """Puts a `ShownText` together, from its beginning to its end."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._parts: list[str] = []
        self._length = 0
        self._written_end = -1
        self._format = 0
        self._shown_starts, self._written_starts = array("L"), array("L")
        self._format_starts, self._formats = array("L"), array("B")
        self._starts, self._ends, self._blocks = array("L"), array("L"), array("L")
        self._kinds: dict[Block, int] = {}
        self._line_end = 0

    def begin(self, block: Block) -> None:
        """Begin a paragraph."""
        if self._starts:
            # The line break takes the place of the one that ended the paragraph before.
            self._add("\n", self._line_end, 0)
        self._starts.append(self._length)
        self._blocks.append(self._kinds.setdefault(block, len(self._kinds)))

    def keep(self, start: int, end: int, style: int = 0) -> None:
        """Show `source[start:end]`, which holds no line break."""
        if start < end:
            self._add(self._source[start:end], start, style)

    def replace(self, start: int, characters: str, style: int = 0) -> None:
        """Show `characters` for as many of the source from `start` on."""
        self._add(characters, start, style)

    def finish(self, line_end: int) -> None:
        """End the paragraph; its line break is at `line_end` of the source."""
        self._ends.append(self._length)
        self._line_end = line_end

    def _add(self, characters: str, written: int, style: int) -> None:
        if written != self._written_end:
            self._shown_starts.append(self._length)
            self._written_starts.append(written)
        if style != self._format:
            self._format_starts.append(self._length)
            self._formats.append(style)
            self._format = style
        self._parts.append(characters)
        self._length += len(characters)
        self._written_end = written + len(characters)

    def build(self) -> ShownText:
        """All of it; at least one paragraph."""
        if not self._starts:
            self.begin(Block())
            self.finish(0)
        return ShownText(
            "".join(self._parts),
            len(self._source),
            self._shown_starts,
            self._written_starts,
            self._format_starts,
            self._formats,
            self._starts,
            self._ends,
            self._blocks,
            tuple(self._kinds),
        )


def as_written(text: str) -> ShownText:
    """`text` with nothing hidden and nothing in a style."""
    builder = ShownTextBuilder(text)
    position = 0
    while position <= len(text):
        newline = text.find("\n", position)
        end = len(text) if newline < 0 else newline
        builder.begin(Block())
        builder.keep(position, end)
        builder.finish(end)
        position = end + 1
    return builder.build()


@dataclass(frozen=True, slots=True)
class ShownLayout:
    """A `ShownText` in lines of at most `width` cells: line i is `text[starts[i]:ends[i]]`.

    `paragraphs[i]` is the paragraph it belongs to. There is always at least one line.
    """

    shown: ShownText
    width: int
    starts: array[int]
    ends: array[int]
    paragraphs: array[int]

    def __len__(self) -> int:
        return len(self.starts)

    def line_of(self, shown: int) -> int:
        """Return the line that shows what is at offset `shown` (or stands nearest before it)."""
        return max(0, bisect_right(self.starts, shown) - 1)

    def block(self, line: int) -> Block:
        """Return the block that `line` belongs to."""
        return self.shown.kinds[self.shown.blocks[self.paragraphs[line]]]

    def prefix(self, line: int) -> str:
        """Return what stands before the text of `line`."""
        block = self.block(line)
        if block.kind == "rule":
            return "─" * self.width
        is_first = line == 0 or self.paragraphs[line - 1] != self.paragraphs[line]
        return _fit_prefix(block.first if is_first else block.rest, self.width)

    def offset_at(self, line: int, cell: int) -> int | None:
        """Return the shown offset at `cell` of `line`; None where no text is."""
        start, end = self.starts[line], self.ends[line]
        text = self.shown.text
        at = cell - cell_len(self.prefix(line))
        # A character is there if the line up to it is not as wide as that, and with it is wider.
        low, high = start, end
        while low < high:
            middle = (low + high) // 2
            if cell_len(expand_tabs(text[start : middle + 1], 0)) > at:
                high = middle
            else:
                low = middle + 1
        return low if at >= 0 and low < end else None


def lay_out(shown: ShownText, width: int) -> ShownLayout:
    """Lay `shown` out in lines of `width` cells."""
    width = max(1, width)
    starts, ends, paragraphs = array("L"), array("L"), array("L")
    text = shown.text
    rooms = [(_room(block.first, width), _room(block.rest, width)) for block in shown.kinds]
    for index, (start, end, block) in enumerate(
        zip(shown.starts, shown.ends, shown.blocks, strict=True)
    ):
        for first, last in break_line(text, start, end, *rooms[block]):
            starts.append(first)
            ends.append(last)
            paragraphs.append(index)
    return ShownLayout(shown, width, starts, ends, paragraphs)


def _room(prefix: str, width: int) -> int:
    return max(1, width - cell_len(_fit_prefix(prefix, width)))


def _fit_prefix(prefix: str, width: int) -> str:
    """`prefix`, or as much of its end as leaves half of the line to the text."""
    return prefix if len(prefix) <= width // 2 else prefix[len(prefix) - width // 2 :]
