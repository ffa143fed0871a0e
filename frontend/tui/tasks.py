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
    work: Callable[P, Coroutine[Any, Any, None]],
    *args: P.args,
    **kwargs: P.kwargs,
) -> None:
    """Like `run_latest`, but what already runs goes on: for what has to be done."""
    _run(node, group, partial(work, *args, **kwargs), exclusive=False)


def _run(
    node: DOMNode, group: str, work: Callable[[], Coroutine[Any, Any, None]], *, exclusive: bool
) -> None:
    # A function and not its coroutine: one that is cancelled before its turn is never made.
    # Textual's annotation of what it takes cannot be inferred from.
    node.run_worker(cast("Any", work), group=group, exclusive=exclusive)


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
