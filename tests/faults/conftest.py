"""What the fault suite shares."""

from __future__ import annotations

from typing import Any

import pytest

from tests.faults import counts

_COUNTS = "fault counts"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what was counted to the process that started this one to run tests for it."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[_COUNTS] = counts.all_counts()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a process counted that ran tests for this one."""
    for fault, times in getattr(node, "workeroutput", {}).get(_COUNTS, {}).items():
        counts.survived(fault, times)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the table of faults; the long run keeps it."""
    table = counts.table()
    if not table:
        return
    terminalreporter.section("faults survived")
    terminalreporter.write(table)
    if counts.LONG:
        counts.TABLE.parent.mkdir(exist_ok=True)
        counts.TABLE.write_text(table, encoding="utf-8")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the tests of this folder their patience, and leave them out of a quick run."""
    for item in items:
        if item.nodeid.startswith("tests/faults/"):
            item.add_marker(pytest.mark.slow)
            if not item.get_closest_marker("timeout"):
                item.add_marker(pytest.mark.timeout(counts.PATIENCE))
