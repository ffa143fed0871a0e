"""The package as users install it: built, installed outside the repository, and used."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.frontend.tui.terminal import terminal

# An environment is made and a wheel built and installed.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source archive and the wheel, as `make dist` builds them."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--directory", folder], cwd=ROOT, check=True
    )
    return folder


@pytest.fixture(scope="module")
def installed(distributions: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that holds the wheel and what it depends on.

    The dependencies are those of the environment that runs the tests: what this one shows is that
    nothing of the repository is needed besides the wheel.
    """
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    programs = folder / "bin"
    library = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder)}))
    (library / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    (wheel,) = distributions.glob("*.whl")
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--python", programs / "python", "install", "--quiet"),
            *("--no-deps", "--no-index", "--disable-pip-version-check", wheel),
        ],
        check=True,
    )
    return programs


def _run(program: Path, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program, *arguments],
        cwd=folder,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_wheel_holds_the_product_alone(distributions: Path) -> None:
    (path,) = distributions.glob("*.whl")
    with zipfile.ZipFile(path) as wheel:
        names = wheel.namelist()
    tops = {name.partition("/")[0] for name in names}
    version = PROJECT["version"]
    assert tops == {"charlie.py", "backend", "frontend", f"charlie_journal-{version}.dist-info"}
    for needed in ("backend/inference/data/built-in.gguf", "frontend/tui/styles/charlie.tcss"):
        assert needed in names
    # Not in a folder `prompts` of its own, which would lie among the packages of others.
    assert "backend/prompts/extract_nodes.toml" in names


def test_the_source_archive_builds_without_the_repository(distributions: Path) -> None:
    (path,) = distributions.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "charlie.py"} <= names
    assert not [name for name in names if name.startswith(("tests/", "training/"))]


def test_what_the_project_declares_is_what_is_installed(installed: Path, tmp_path: Path) -> None:
    for line in PROJECT["dependencies"]:
        requirement = Requirement(line)
        assert requirement.specifier.contains(metadata.version(requirement.name)), line
    done = _run(installed / "charlie", "--version", folder=tmp_path)
    assert done.stdout.split()[-1] == PROJECT["version"]


def test_a_journal_is_kept_with_the_wheel_alone(installed: Path, tmp_path: Path) -> None:
    where = "import backend, charlie; print(backend.__file__, charlie.__file__)"
    found = _run(installed / "python", "-c", where, folder=tmp_path)
    assert all(Path(each).is_relative_to(installed.parent) for each in found.stdout.split())
    where = (
        "from backend import locations; from backend.inference.llm import prompt_file;"
        " print(locations.prompts_dir(), *prompt_file.read_files(), prompt_file.find_faults())"
    )
    prompts = _run(installed / "python", "-c", where, folder=tmp_path).stdout.split()
    assert prompts[1:] == ["extract_nodes.toml", "[]"]
    assert Path(prompts[0]).is_relative_to(installed.parent)
    added = _run(
        *(installed / "charlie", "add", "--wait", "--json"),
        "Tea with Grandma in Lisbon.",
        folder=tmp_path,
    )
    assert added.returncode == 0, added.stderr
    assert {"Grandma", "Lisbon"} <= {each["name"] for each in json.loads(added.stdout)["entities"]}
    found = _run(installed / "charlie", "search", "@grandma", "--json", folder=tmp_path)
    assert [hit["text"] for hit in json.loads(found.stdout)] == ["Tea with Grandma in Lisbon."]
    with terminal(installed / "charlie", environment={"PYTHONPATH": ""}) as screen:
        screen.sees("Tea with Grandma in Lisbon.")
        screen.send("q")
        assert screen.wait() == 0
