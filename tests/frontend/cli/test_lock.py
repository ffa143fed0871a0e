"""lock: set, remove, status, and the minutes."""

from __future__ import annotations

import json

from tests.commands import RunCharlie


def test_a_passphrase_is_set_changed_and_removed(run_charlie: RunCharlie) -> None:
    done = run_charlie("lock", "set", stdin="open sesame\n")
    assert done.returncode == 0
    assert "encrypts nothing" in done.stderr
    assert "sesame" not in done.stdout + done.stderr
    assert json.loads(run_charlie("lock", "status", "--json").stdout) == {
        "passphrase": True,
        "after_minutes": None,
    }

    refused = run_charlie("lock", "set", stdin="sesame\nanother\n")
    assert refused.returncode == 1
    assert "charlie lock remove --forgotten" in refused.stderr
    assert run_charlie("lock", "set", stdin="open sesame\nanother\n").returncode == 0

    assert run_charlie("lock", "remove", stdin="open sesame\n").returncode == 1
    assert run_charlie("lock", "remove", stdin="another\n").returncode == 0
    assert "Passphrase: none" in run_charlie("lock").stdout


def test_a_forgotten_one_is_removed_without_asking(run_charlie: RunCharlie) -> None:
    run_charlie("lock", "set", stdin="open sesame\n")
    assert run_charlie("lock", "remove", "--forgotten").returncode == 0
    assert json.loads(run_charlie("lock", "status", "--json").stdout)["passphrase"] is False


def test_commands_work_without_the_passphrase(run_charlie: RunCharlie) -> None:
    run_charlie("add", "What the lock does not hide")
    run_charlie("lock", "set", stdin="open sesame\n")
    assert "does not hide" in run_charlie("list").stdout


def test_the_minutes_are_set(run_charlie: RunCharlie) -> None:
    done = run_charlie("lock", "--after", "10")
    assert done.returncode == 0
    assert "after 10 min" in done.stdout
    assert run_charlie("lock", "--after", "7").returncode == 2
    assert run_charlie("config", "get", "lock_after").stdout == "10\n"
    assert "never" in run_charlie("lock", "--after", "never").stdout


def test_a_passphrase_is_no_argument(run_charlie: RunCharlie) -> None:
    assert run_charlie("lock", "set", "open sesame").returncode == 2
    assert run_charlie("lock", "set", stdin="").returncode == 2
