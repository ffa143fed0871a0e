"""Work beside the event handlers: what waits for a thread must not hold up a key."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Generic, ParamSpec, TypeVar, cast

from textual.dom import DOMNode
from textual.message_pump import MessagePump
from textual.timer import Timer

P = ParamSpec("P")
T = TypeVar("T")


def run_latest(
    node: DOMNode,
    group: str,
    work: Callable[P, Coroutine[Any, Any, None]],
    *args: P.args,
    **kwargs: P.kwargs,
) -> None:
    """Run `work(...)` for `node`; what still runs in the same group is cancelled.

    For what is shown: a result that was overtaken comes too late. It ends with the node; an
    exception ends the app, as a defect.
    """
    _run(node, group, partial(work, *args, **kwargs), exclusive=True)


def run_each(
    node: DOMNode,
    group: str,
    work: Callable[P, Coroutine[Any, Any, object]],
    *args: P.args,
    **kwargs: P.kwargs,
) -> None:
    """Like `run_latest`, but what already runs goes on: for what has to be done."""
    _run(node, group, partial(work, *args, **kwargs), exclusive=False)


def _run(
    node: DOMNode, group: str, work: Callable[[], Coroutine[Any, Any, object]], *, exclusive: bool
) -> None:
    # A function and not its coroutine: one that is cancelled before its turn is never made.
    # Textual's annotation of what it takes cannot be inferred from.
    node.run_worker(cast("Any", work), group=group, exclusive=exclusive)


class Reloading:
    """Read what is shown again whenever that is asked for; no call is lost.

    A call while it is being read has it read once more afterwards, and does not cancel it: what
    that was to show stays wanted, and a burst of calls cannot put it off again and again.

    Args:
        node: as long as it is there.
        group: the name of its workers.
        read: reads once and shows the result. It looks up what is wanted when it begins, so that
            a later call of it is never about less.
    """

    def __init__(
        self, node: DOMNode, group: str, read: Callable[[], Coroutine[Any, Any, None]]
    ) -> None:
        self._node = node
        self._group = group
        self._read = read
        self._is_due = False
        self._run = 0
        self._ended = 0

    @property
    def is_running(self) -> bool:
        """Whether something is being read, or is to be."""
        return self._run != self._ended

    def __call__(self, *, at_once: bool = False) -> None:
        """Read again; `at_once` instead of what is being read, which would be out of date."""
        self._is_due = True
        if at_once or not self.is_running:
            self._run += 1
            run_latest(self._node, self._group, self._read_while_due, self._run)

    async def _read_while_due(self, run: int) -> None:
        try:
            while self._is_due:
                self._is_due = False
                await self._read()
        finally:
            if run == self._run:
                self._ended = run


class _Calls:
    """Calls of something, as long as `node` is there; not each of them gets through to `act`."""

    def __init__(self, node: MessagePump, seconds: float, act: Callable[[], object]) -> None:
        self._node = node
        self._seconds = seconds
        self._act = act
        self._timer: Timer | None = None


class Gathering(_Calls):
    """Calls that come in a burst (an import, a backlog being read) are one call a moment later.

    Args:
        node: as long as it is there.
        seconds: from the first of them to the one call.
        act: what is called.
    """

    def __call__(self, _: object = None) -> None:
        """Something happened; what it was does not matter."""
        if self._timer is None:
            self._timer = self._node.set_timer(self._seconds, self._now)

    def _now(self) -> None:
        self._timer = None
        self._act()


class Pacing(_Calls):
    """The first call acts at once; those that follow each other faster are one, after the last.

    Args:
        node: as long as it is there.
        seconds: a pause that long ends such a run of calls.
        act: what is called.
    """

    _is_due = False

    def __call__(self) -> None:
        """Something happened; what it was does not matter."""
        if self._timer is None:
            self._act()
        else:
            self._timer.stop()
            self._is_due = True
        self._timer = self._node.set_timer(self._seconds, self._paused)

    def _paused(self) -> None:
        self._timer = None
        if self._is_due:
            self._is_due = False
            self._act()


class LatestWriter(Generic[T]):
    """Writes a value that may change faster than it can be written: in order, the last one
    for sure, those in between only if there is time.

    Args:
        write: called in a thread.
    """

    def __init__(self, write: Callable[[T], None]) -> None:
        self._write = write
        self._turn = asyncio.Lock()
        self._latest = 0

    async def put(self, value: T) -> None:
        """Write `value` unless a later one is waiting; raises what `write` raises."""
        self._latest += 1
        own = self._latest
        async with self._turn:
            if own == self._latest:
                await asyncio.to_thread(self._write, value)
