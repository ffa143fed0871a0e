"""What the fault suite shares."""

from __future__ import annotations

import pytest

from tests.faults import counts


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
    """Give the tests of this folder their patience."""
    for item in items:
        if item.nodeid.startswith("tests/faults/") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(counts.PATIENCE))
