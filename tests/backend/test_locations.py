"""Folders are private, sockets have short paths, and nobody else's folder is used."""

import os
import stat
import tempfile
from pathlib import Path

import pytest

from backend import locations
from backend.errors import SettingsError, StorageError


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_every_folder_is_under_home_and_private(charlie_home: Path) -> None:
    os.umask(0o022)
    for folder in (
        locations.data_dir(),
        locations.cache_dir(),
        locations.log_dir(),
        locations.redis_dir(),
        locations.rescue_dir(),
        locations.models_dir(),
    ):
        assert folder.is_relative_to(charlie_home)
        assert mode(folder) == 0o700


def test_a_folder_others_can_read_is_closed(charlie_home: Path) -> None:
    charlie_home.mkdir(exist_ok=True)
    charlie_home.chmod(0o755)
    assert mode(locations.data_dir()) == 0o700


@pytest.mark.parametrize("depth", [0, 1, 12])
def test_the_socket_path_fits_however_deep_the_journal_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, depth: int
) -> None:
    home = tmp_path.joinpath(*["a-rather-long-folder-name"] * depth)
    monkeypatch.setenv("CHARLIE_HOME", str(home))
    socket = locations.redis_socket()
    assert len(os.fsencode(socket)) <= locations.MAX_SOCKET_PATH
    assert socket == locations.redis_socket()
    assert mode(socket.parent) == 0o700


def test_two_deep_journals_have_two_sockets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sockets = set()
    for name in ("one", "two"):
        monkeypatch.setenv("CHARLIE_HOME", str(tmp_path / ("deep" * 30) / name))
        sockets.add(locations.redis_socket())
    assert len(sockets) == 2


def test_home_must_be_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")
    monkeypatch.setenv("CHARLIE_HOME", str(file))
    with pytest.raises(SettingsError, match="not a folder"):
        locations.data_dir()


def test_a_file_in_the_way_is_left_alone(charlie_home: Path) -> None:
    locations.data_dir()
    (charlie_home / "rescued").write_text("mine")
    with pytest.raises(StorageError, match="is a file"):
        locations.rescue_dir()
    assert (charlie_home / "rescued").read_text() == "mine"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_somebody_else_is_refused(charlie_home: Path) -> None:
    charlie_home.mkdir(exist_ok=True)
    os.chown(charlie_home, 12345, 12345)
    with pytest.raises(StorageError, match="another user"):
        locations.data_dir()


def test_the_run_folder_of_a_deep_journal_does_not_depend_on_how_one_logged_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHARLIE_HOME", str(tmp_path / ("deep" * 30)))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    over_ssh = locations.run_dir()
    with tempfile.TemporaryDirectory() as runtime:
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
        assert locations.run_dir() == over_ssh


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder away")
@pytest.mark.parametrize("planted", ["folder", "link"])
def test_a_run_folder_that_somebody_else_took_first_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, planted: str
) -> None:
    monkeypatch.setenv("CHARLIE_HOME", str(tmp_path / ("deep" * 30)))
    wanted = locations.run_dir()
    wanted.rmdir()
    target = tmp_path / "target"
    target.mkdir(mode=0o755)
    if planted == "link":
        wanted.symlink_to(target)
        os.lchown(wanted, 12345, 12345)
    else:
        wanted.mkdir()
        os.chown(wanted, 12345, 12345)
    with tempfile.TemporaryDirectory() as runtime:
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
        assert locations.run_dir().parent == Path(runtime)
        assert mode(locations.run_dir()) == 0o700
    assert mode(target) == 0o755
    wanted.unlink() if planted == "link" else wanted.rmdir()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a link away")
def test_a_link_of_somebody_else_is_refused_and_one_of_ones_own_is_followed(
    charlie_home: Path, tmp_path: Path
) -> None:
    target = tmp_path / "elsewhere"
    target.mkdir(mode=0o755)
    charlie_home.symlink_to(target)
    os.lchown(charlie_home, 12345, 12345)
    with pytest.raises(StorageError, match="another user"):
        locations.data_dir()
    assert mode(target) == 0o755
    os.lchown(charlie_home, os.getuid(), -1)
    assert locations.data_dir() == charlie_home
