"""Names of models."""

from pathlib import Path

import pytest

from backend.errors import ModelError, UsageError
from backend.inference.models.catalog import BUILT_IN, ModelKind, resolve


def test_built_in_is_the_default() -> None:
    assert resolve() == resolve(None) == resolve(BUILT_IN)
    assert resolve().kind is ModelKind.TAGGER
    assert resolve().path.is_file()


def test_takes_a_local_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.GGUF"
    path.touch()
    spec = resolve(str(path))
    assert (spec.name, spec.path) == (str(path), path)


def test_expands_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "mine.gguf").touch()
    assert resolve("~/mine.gguf").path == tmp_path / "mine.gguf"


def test_refuses_an_unknown_name() -> None:
    with pytest.raises(UsageError, match="gpt"):
        resolve("gpt")


def test_refuses_a_path_without_a_file(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.gguf"):
        resolve(str(tmp_path / "none.gguf"))
