"""Markdown as it is shown: block by block, in one pass, with the way back to what was written.

Libraries that parse Markdown do not say where within a line the text of their tokens was
written; names are marked by that. Line breaks are the writer's: they stay where they are. What
is no Markdown, or broken, is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from frontend.tui.text.inline_markdown import Inline, may_hold_markup, parse_inline
from frontend.tui.text.rendered_text import CODE, QUIET, Block, ShownText, ShownTextBuilder

_QUOTE_BAR = "│ "
_BULLET = "•"

_quote = re.compile(r" {0,3}>[ \t]?").match
_blank = re.compile(r"[ \t]*").match
_rule = re.compile(r" {0,3}(?:(?:-[ \t]*){3,}|(?:_[ \t]*){3,}|(?:\*[ \t]*){3,})").fullmatch
_heading = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|$)").match
_item = re.compile(r"([-*+]|\d{1,9}[.)])([ \t]+|$)").match
_task = re.compile(r"\[[ xX]\](?=[ \t])").match
_fence = re.compile(r"[ \t]*(`{3,}(?=[^`]*$)|~{3,})[ \t]*").match
_underline = re.compile(r" {0,3}(=+|-{2,})[ \t]*").fullmatch

# So far to the right of where its text would begin, a line is code.
_CODE_INDENT = 4


@dataclass(slots=True)
class _Item:
    """A list item that is open: text from cell `indent` on belongs to it.

    `rest` stands before its further lines when they are shown.
    """

    indent: int
    rest: str


@dataclass(slots=True)
class _Fence:
    """A code block that is open."""

    marks: str
    bars: str
    indent: int
    prefix: str


#: A line of a paragraph: its start and end, its block, where its text begins behind a list item's
#: mark and a task's box, and what is shown for the first character of that mark.
_Line = tuple[int, int, Block, int, str]


class _Parser:
    """One pass over a text."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._builder = ShownTextBuilder(source)
        self._items: list[_Item] = []
        self._fence: _Fence | None = None
        self._bars = ""
        self._pending: list[_Line] = []
        self._after_blank = True

    def parse(self) -> ShownText:
        """All of it."""
        for start, end in _lines(self._source):
            self._line(start, end)
        self._end_paragraph()
        return self._builder.build()

    def _line(self, start: int, end: int) -> None:
        bars, at = self._strip_bars(start, end)
        if bars != self._bars:
            self._end_paragraph()
            self._items.clear()
            if self._fence is not None and not bars.startswith(self._fence.bars):
                self._fence = None
            self._bars = bars
            self._after_blank = True
        if self._fence is not None:
            self._code_line(self._fence, at, end)
            return
        text, indent = self._indent(at, end)
        if text == end:
            self._end_paragraph()
            self._whole(Block(bars, bars, _kind(bars)), end, end, end)
            self._after_blank = True
            return
        self._text_line(at, text, indent, end)
        self._after_blank = False

    def _text_line(self, at: int, text: int, indent: int, end: int) -> None:
        """Parse a line with something on it, outside code that is fenced."""
        source, bars = self._source, self._bars
        first = source[text]
        if not self._pending or self._after_blank:
            self._leave_items(indent)
        inside = self._items[-1] if self._items else None
        left = inside.indent if inside and indent >= inside.indent else 0
        prefix = bars + (inside.rest if inside else "")
        if indent - left >= _CODE_INDENT:
            if not self._pending:
                block = Block(prefix, prefix, "code")
                self._whole(block, _skip(source, at, left + _CODE_INDENT), end, end, CODE)
                return
        elif first in "-=" and self._is_underline(text, end):
            self._become_heading("heading-1" if first == "=" else "heading-2")
            return
        elif first in "-_*" and _rule(source, text, end):
            self._end_paragraph()
            self._leave_items(indent)
            self._whole(Block("", "", "rule"), end, end, end)
            return
        elif first == "#" and (match := _heading(source, text, end)):
            self._end_paragraph()
            self._heading(match, end, self._prefix(indent))
            return
        elif first in "`~" and (match := _fence(source, text, end)):
            self._end_paragraph()
            prefix = self._prefix(indent)
            self._fence = _Fence(match[1], bars, indent, prefix)
            if match.end() < end:
                block = Block(prefix, prefix, "code")
                self._whole(block, match.end(), end, end, QUIET)
            return
        match = _item(source, text, end)
        if match is not None and (inside or self._may_begin_list(match[1])):
            self._end_paragraph()
            self._item(match, indent, end)
            return
        if inside is None:
            # Indentation outside of lists is the writer's.
            text = at
        if not self._pending and inside is not None and not left:
            prefix = bars
        self._pending.append((text, end, Block(prefix, prefix, _kind(bars)), text, ""))

    def _strip_bars(self, start: int, end: int) -> tuple[str, int]:
        """Return the bars of the quotes a line is in, and where it goes on behind its marks."""
        depth = 0
        fenced = self._fence.bars if self._fence is not None else None
        while (match := _quote(self._source, start, end)) is not None:
            if fenced is not None and _QUOTE_BAR * depth == fenced:
                break
            depth += 1
            start = match.end()
        return _QUOTE_BAR * depth, start

    def _indent(self, at: int, end: int) -> tuple[int, int]:
        """Where text begins, and how many cells it is indented."""
        match = _blank(self._source, at, end)
        text = match.end() if match else at
        if text == end:
            return end, 0
        return text, _cells(self._source[at:text])

    def _may_begin_list(self, marker: str) -> bool:
        """Within a paragraph, a number stands at the beginning of a line by chance."""
        return not self._pending or not marker[0].isdigit() or marker[:-1] == "1"

    def _prefix(self, indent: int) -> str:
        """Return what stands before a line that ends the items it is not indented for."""
        self._leave_items(indent)
        return self._bars + (self._items[-1].rest if self._items else "")

    def _leave_items(self, indent: int) -> None:
        while self._items and indent < self._items[-1].indent:
            self._items.pop()

    # Lines that stand for themselves

    def _whole(self, block: Block, start: int, end: int, line_end: int, style: int = 0) -> None:
        self._builder.begin(block)
        self._builder.keep(start, end, style)
        self._builder.finish(line_end)

    def _code_line(self, fence: _Fence, at: int, end: int) -> None:
        match = _fence(self._source, at, end)
        if (
            match is not None
            and match.end() == end
            and match[1][0] == fence.marks[0]
            and len(match[1]) >= len(fence.marks)
        ):
            self._fence = None
            self._after_blank = True
            return
        start = min(_skip(self._source, at, fence.indent), end)
        self._whole(Block(fence.prefix, fence.prefix, "code"), start, end, end, CODE)

    def _heading(self, match: re.Match[str], end: int, prefix: str) -> None:
        start = match.end()
        stop = end
        # Marks behind the text, parted from it by a space, belong to those before it.
        bare = self._source[start:end].rstrip(" \t").rstrip("#")
        if not bare or bare[-1] in " \t":
            stop = start + len(bare.rstrip(" \t"))
        block = Block(prefix, prefix, f"heading-{len(match[1])}")
        self._pending.append((start, stop, block, start, ""))
        self._end_paragraph()

    def _is_underline(self, text: int, end: int) -> bool:
        """Whether this line makes a heading of the one before it."""
        if len(self._pending) != 1 or self._items:
            return False
        return _underline(self._source, text, end) is not None

    def _become_heading(self, kind: str) -> None:
        start, end, block, literal, put = self._pending.pop()
        self._pending.append((start, end, Block(block.first, block.rest, kind), literal, put))
        self._end_paragraph()

    def _item(self, match: re.Match[str], indent: int, end: int) -> None:
        """Parse the first line of a list item."""
        source = self._source
        self._leave_items(indent)
        outer = self._items[-1].rest if self._items else ""
        marker = match[1]
        gap = _cells(match[2])
        # What begins far to the right of its mark is taken for text with space before it.
        gap = 1 if gap > _CODE_INDENT or not gap else gap
        start = match.end()
        rest = outer + " " * (len(marker) + 1)
        self._items.append(_Item(indent + len(marker) + gap, rest))
        first, rest = self._bars + outer, self._bars + rest
        task = _task(source, start, end)
        text = task.end() if task is not None else start
        put = _BULLET if marker in "-*+" else ""
        # The mark is text, with one of the spaces behind it.
        begin = match.start()
        self._pending.append((begin, end, Block(first, rest, _kind(self._bars)), text, put))

    # Paragraphs

    def _end_paragraph(self) -> None:
        lines, self._pending = self._pending, []
        if not lines:
            return
        source = self._source
        markup = None
        if may_hold_markup(source, lines[0][3], lines[-1][1]) is not None:
            markup = parse_inline(source, [(text, end) for _, end, _, text, _ in lines])
        events = _Events(markup) if markup is not None and markup.hidden + markup.spans else None
        for start, end, block, text, put in lines:
            self._builder.begin(block)
            self._put_mark(start, text, put)
            if events is None:
                self._builder.keep(text, end)
            else:
                events.show(self._builder, text, end)
            self._builder.finish(end)

    def _put_mark(self, start: int, text: int, put: str) -> None:
        """Show a list item's mark, one space behind it, and its task's box."""
        if start == text:
            return
        if put:
            self._builder.replace(start, put)
            mark_end = start + 1
        else:
            match = _item(self._source, start, text)
            mark_end = match.end(1) if match is not None else text
            self._builder.keep(start, mark_end)
        if mark_end == text:
            return
        self._builder.replace(mark_end, " ")
        match = _blank(self._source, mark_end, text)
        self._builder.keep(match.end() if match is not None else text, text)


class _Events:
    """The inline markup of a paragraph, in the order in which it takes effect."""

    def __init__(self, markup: Inline) -> None:
        edges = [(start, style) for start, _, style in markup.spans]
        edges += [(end, -style) for _, end, style in markup.spans]
        self._edges = sorted(edges)
        self._hidden = sorted(markup.hidden)
        self._edge = 0
        self._gap = 0
        self._open: dict[int, int] = {}

    def show(self, builder: ShownTextBuilder, at: int, end: int) -> None:
        """Show the line `[at, end)`, which comes after those that were shown before."""
        while at < end:
            while self._edge < len(self._edges) and self._edges[self._edge][0] <= at:
                style = self._edges[self._edge][1]
                change = 1 if style > 0 else -1
                self._open[abs(style)] = self._open.get(abs(style), 0) + change
                self._edge += 1
            stop = end
            if self._edge < len(self._edges):
                stop = min(stop, self._edges[self._edge][0])
            style = sum(style for style, count in self._open.items() if count > 0)
            if self._gap < len(self._hidden):
                first, last, put = self._hidden[self._gap]
                if first <= at:
                    if put:
                        builder.replace(first, put, style)
                    self._gap += 1
                    at = max(at, last)
                    continue
                stop = min(stop, first)
            builder.keep(at, stop, style)
            at = stop


def render(source: str) -> ShownText:
    """`source`, which is safe for the terminal, as it is shown."""
    return _Parser(source).parse()


def _lines(source: str) -> Iterator[tuple[int, int]]:
    position = 0
    while position <= len(source):
        newline = source.find("\n", position)
        end = len(source) if newline < 0 else newline
        yield position, end
        position = end + 1


def _kind(bars: str) -> str:
    return "quote" if bars else ""


def _cells(space: str) -> int:
    """How many cells white space takes, tabs to every fourth."""
    cells = 0
    for character in space:
        cells += 4 - cells % 4 if character == "\t" else 1
    return cells


def _skip(source: str, at: int, cells: int) -> int:
    """Where a line goes on that begins at `at`, without `cells` of white space at most."""
    used = 0
    while used < cells and at < len(source) and source[at] in " \t":
        used += 4 - used % 4 if source[at] == "\t" else 1
        at += 1
    return at
