"""backup, restore-backup and doctor --repair, as typed in a shell."""

import json
import os
import stat
import time
from pathlib import Path

import pytest

from tests.commands import RunCharlie
from tests.conftest import wait_for_none_left

PASSPHRASE = "correct horse battery\n"


def add(run: RunCharlie, text: str) -> str:
    return run("add", text).stdout.strip()


def texts(run: RunCharlie, **environment: dict[str, str]) -> set[str]:
    listed = json.loads(run("list", "--json", **environment).stdout)
    return {entry["text"] for entry in listed}


def test_backs_up_into_a_file_and_brings_it_to_another_machine(
    run_charlie: RunCharlie, tmp_path: Path
) -> None:
    add(run_charlie, "Tea with Anna.")
    gone = add(run_charlie, "Regretted.")
    run_charlie("delete", gone)
    file = tmp_path / "journal.db"
    done = run_charlie("backup", str(file))
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    elsewhere = {"CHARLIE_HOME": str(tmp_path / "elsewhere")}
    for added in (2, 0):
        done = run_charlie("restore-backup", str(file), "--json", environment=elsewhere)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["added"] == added
    assert texts(run_charlie, environment=elsewhere) == {"Tea with Anna."}
    trash = json.loads(run_charlie("trash", "--json", environment=elsewhere).stdout)
    assert [entry["uuid"] for entry in trash] == [gone]


def test_backs_up_into_its_own_folder_and_lists_it(
    run_charlie: RunCharlie, charlie_home: Path
) -> None:
    add(run_charlie, "Tea.")
    path = run_charlie("backup").stdout.strip()
    assert Path(path).parent == charlie_home / "backups"
    (listed,) = json.loads(run_charlie("backup", "--list", "--json").stdout)
    assert (listed["path"], listed["kind"]) == (path, "manual")
    assert path in run_charlie("backup", "--list").stdout


def test_encrypts_with_a_passphrase_that_is_in_no_argument(
    run_charlie: RunCharlie, tmp_path: Path
) -> None:
    add(run_charlie, "Tea with Anna.")
    file = tmp_path / "journal.age"
    done = run_charlie("backup", "--encrypt", str(file), "--json", stdin=PASSPHRASE)
    assert json.loads(done.stdout)["encrypted"] is True
    assert b"Anna" not in file.read_bytes()
    elsewhere = {"CHARLIE_HOME": str(tmp_path / "elsewhere")}
    wrong = run_charlie("restore-backup", str(file), stdin="wrong\n", environment=elsewhere)
    assert wrong.returncode == 1
    assert "passphrase" in wrong.stderr
    assert "Traceback" not in wrong.stderr
    done = run_charlie("restore-backup", str(file), stdin=PASSPHRASE, environment=elsewhere)
    assert done.returncode == 0, done.stderr
    assert texts(run_charlie, environment=elsewhere) == {"Tea with Anna."}


def test_keeps_both_texts_and_says_where_the_journal_before_is(
    run_charlie: RunCharlie, tmp_path: Path
) -> None:
    uuid = add(run_charlie, "common")
    file = tmp_path / "journal.db"
    other = {"CHARLIE_HOME": str(tmp_path / "other")}
    run_charlie("backup", str(tmp_path / "first.db"))
    run_charlie("restore-backup", str(tmp_path / "first.db"), environment=other)
    run_charlie("edit", uuid, "--text", "theirs", environment=other)
    run_charlie("backup", str(file), environment=other)
    run_charlie("edit", uuid, "--text", "ours")
    result = json.loads(run_charlie("restore-backup", str(file), "--json").stdout)
    assert (result["added"], result["changed"]) == (0, 1)
    assert Path(result["kept"]).exists()
    assert texts(run_charlie) == {"ours"}
    history = json.loads(run_charlie("history", uuid, "--json").stdout)
    assert [each["text"] for each in history] == ["ours", "theirs", "ours", "common"]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["backup", "--encrypt"], 2, "FILE"),
        (["backup", "taken"], 2, "already"),
        (["backup", "no-such-folder/journal.db"], 1, "could not be written"),
        (["restore-backup", "nowhere"], 1, "no file"),
        (["restore-backup", "taken"], 1, "not a backup"),
        (["restore-backup"], 2, "FILE"),
    ],
)
def test_what_cannot_be_done_is_told(
    run_charlie: RunCharlie,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    code: int,
    says: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").write_text("precious")
    add(run_charlie, "Tea.")
    done = run_charlie(*arguments)
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "taken").read_text() == "precious"
    assert texts(run_charlie) == {"Tea."}


def test_repairs_a_damaged_journal_with_the_backup(
    run_charlie: RunCharlie, charlie_home: Path
) -> None:
    add(run_charlie, "Before the backup.")
    run_charlie("backup")
    add(run_charlie, "After the backup.")
    path = charlie_home / "charlie.db"
    data = path.read_bytes()
    path.write_bytes(b"\x00" * 512 + data[512:])
    failed = run_charlie("list")
    assert failed.returncode == 1
    assert "doctor --repair" in failed.stderr
    unasked = run_charlie("doctor", "--repair")
    assert unasked.returncode == 2
    assert "--yes" in unasked.stderr
    done = run_charlie("doctor", "--repair", "--yes", "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["entries"] == 2
    assert (Path(result["aside"]) / "charlie.db").read_bytes()[512:] == data[512:]
    assert texts(run_charlie) == {"Before the backup.", "After the backup."}
    again = run_charlie("doctor", "--repair")
    assert again.returncode == 0
    assert "Nothing is wrong" in again.stdout


def test_who_only_writes_on_the_command_line_has_daily_backups(
    run_charlie_process: RunCharlie, charlie_home: Path
) -> None:
    folder = charlie_home / "backups"
    add(run_charlie_process, "First day.")
    add(run_charlie_process, "First day, too.")
    assert list(folder.iterdir()) == []
    yesterday = time.time() - 90_000
    os.utime(folder, (yesterday, yesterday))
    assert run_charlie_process("list").returncode == 0
    assert list(folder.iterdir()) == []
    add(run_charlie_process, "Second day.")
    assert wait_for_none_left(charlie_home) == []
    (made,) = json.loads(run_charlie_process("backup", "--list", "--json").stdout)
    assert made["kind"] == "automatic"
    add(run_charlie_process, "Second day, too.")
    assert wait_for_none_left(charlie_home) == []
    assert len(list(folder.iterdir())) == 1
