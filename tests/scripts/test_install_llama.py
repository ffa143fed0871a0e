"""Setting up: llama.cpp is built once for each way to build it, and a bad wheel is never used.

What is built is a stand-in of one function; pip, its build and the wheels are real.
"""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

import pip
import pytest

from scripts import install_llama
from scripts.install_llama import Build, SetupError

ROOT = Path(__file__).parents[2]
VERSION = "99.0.1"

pytestmark = [
    pytest.mark.skipif(not shutil.which("cc"), reason="needs a C compiler"),
    # Environments are made and wheels built, which takes minutes and only changes with the set-up.
    pytest.mark.slow,
]


class FakeLlama:
    """A stand-in for llama-cpp-python that pip finds instead of the real one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        pyproject = '[build-system]\nrequires=[]\nbuild-backend="backend"\nbackend-path=["."]\n'
        with tarfile.open(folder / f"llama_cpp_python-{VERSION}.tar.gz", "w:gz") as archive:
            for name, content in (
                ("pyproject.toml", pyproject.encode()),
                ("backend.py", Path(__file__).with_name("fake_llama.py").read_bytes()),
            ):
                entry = tarfile.TarInfo(f"llama_cpp_python-{VERSION}/{name}")
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))

    @property
    def builds(self) -> list[dict[str, object]]:
        """What each build was told, in order."""
        told = self.folder / "builds"
        return [json.loads(line) for line in told.read_text().splitlines()] if told.exists() else []

    def hold(self) -> None:
        """Have builds wait until `let_go`."""
        (self.folder / "hold").touch()

    def let_go(self) -> None:
        """Have the builds that wait go on."""
        (self.folder / "hold").unlink()

    def fail(self) -> None:
        """Have the builds from now on fail."""
        (self.folder / "fail").touch()


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeLlama:
    for name in [*install_llama._BUILD_VARIABLES, *(n for n in os.environ if n[:4] == "PIP_")]:
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    monkeypatch.setenv("FAKE_LLAMA", str(folder))
    monkeypatch.setenv("CHARLIE_BUILD_CACHE", str(tmp_path / "cache"))
    return FakeLlama(folder)


@pytest.fixture
def find(fake: FakeLlama, tmp_path: Path) -> Callable[[], Path]:
    def find() -> Path:
        build = install_llama.this_build(VERSION)
        return install_llama.find_or_build(build, tmp_path / "cache", tmp_path / "log")

    return find


def test_a_wheel_is_built_once_and_only_of_what_charlie_uses(
    fake: FakeLlama, find: Callable[[], Path]
) -> None:
    first = find()
    assert install_llama.is_whole(first)
    assert find() == first
    [told] = fake.builds
    settings = told["settings"]
    assert isinstance(settings, dict)
    assert settings["cmake.define.LLAVA_BUILD"] == "OFF"
    include = Path(settings["cmake.define.CMAKE_PROJECT_llama_cpp_INCLUDE"])
    assert "set(LLAMA_BUILD_COMMON OFF)" in include.read_text()


def test_another_choice_of_cmake_args_is_another_wheel(
    fake: FakeLlama, find: Callable[[], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = find()
    monkeypatch.setenv("CMAKE_ARGS", "-DGGML_CUDA=on")
    gpu = find()
    assert gpu != plain
    assert [told["args"] for told in fake.builds] == [None, "-DGGML_CUDA=on"]
    monkeypatch.delenv("CMAKE_ARGS")
    assert find() == plain
    assert len(fake.builds) == 2


@pytest.mark.parametrize("name", install_llama._BUILD_VARIABLES)
def test_what_decides_the_build_tells_wheels_apart(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "")
    empty = install_llama.this_build(VERSION).folder
    monkeypatch.delenv(name)
    assert install_llama.this_build(VERSION).folder == empty
    monkeypatch.setenv(name, "-a  -b")
    told = install_llama.this_build(VERSION).folder
    assert told != empty
    monkeypatch.setenv(name, " -a -b ")
    assert install_llama.this_build(VERSION).folder == told


def test_another_machine_or_version_is_another_wheel() -> None:
    here = install_llama.this_build(VERSION)
    other = tuple(line + " avx512f" * line.startswith("processor=") for line in here.settings)
    assert len(here.settings) > 1
    assert other != here.settings
    folders = {here.folder, Build(VERSION, other).folder, install_llama.this_build("99.0.2").folder}
    assert len(folders) == 3


def _cut_short(wheel: Path) -> None:
    wheel.write_bytes(wheel.read_bytes()[:-100])


def _change_a_byte(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        place = archive.getinfo("llama_cpp/lib/libllama.so").header_offset + 500
    content = bytearray(wheel.read_bytes())
    content[place] ^= 0xFF
    wheel.write_bytes(content)


def _empty(wheel: Path) -> None:
    wheel.write_bytes(b"")


def _take_the_library_out(wheel: Path) -> None:
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("llama_cpp/__init__.py", "")


@pytest.mark.parametrize("damage", [_cut_short, _change_a_byte, _empty, _take_the_library_out])
def test_a_damaged_wheel_is_noticed(damage: Callable[[Path], None], tmp_path: Path) -> None:
    wheel = tmp_path / "llama.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("llama_cpp/lib/libllama.so", random.Random(1).randbytes(10_000))
        archive.writestr("llama_cpp/__init__.py", "")
    assert install_llama.is_whole(wheel)
    damage(wheel)
    assert not install_llama.is_whole(wheel)


def test_a_damaged_wheel_is_built_again(fake: FakeLlama, find: Callable[[], Path]) -> None:
    wheel = find()
    _cut_short(wheel)
    assert install_llama.is_whole(find())
    assert len(fake.builds) == 2
    assert len(list(wheel.parent.glob("*.whl"))) == 1


def test_two_set_ups_at_once_build_once(fake: FakeLlama) -> None:
    fake.hold()
    script = (
        "from pathlib import Path; from scripts.install_llama import *;"
        f"print(find_or_build(this_build({VERSION!r}), cache_folder(), Path({str(fake.folder)!r})"
        " / 'log'))"
    )
    command = [sys.executable, "-c", script]
    with (
        subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE) as first,
        subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE) as second,
    ):
        try:
            assert first.stdout is not None
            assert second.stdout is not None
            said = {first: first.stdout.readline(), second: second.stdout.readline()}
            assert sorted(line.split()[0] for line in said.values()) == ["Another", "Building"]
        finally:
            fake.let_go()
        last = {process.communicate()[0].splitlines()[-1] for process in said}
    assert [first.returncode, second.returncode] == [0, 0]
    assert len(last) == 1
    assert len(fake.builds) == 1


def test_a_build_that_fails_says_why_and_leaves_nothing(
    fake: FakeLlama, find: Callable[[], Path], tmp_path: Path
) -> None:
    fake.fail()
    with pytest.raises(SetupError) as caught:
        find()
    said = str(caught.value).splitlines()
    assert "FAILED: 40.o" in said[0]
    assert "ggml.h" in said[1]
    assert len(said) < 40
    assert str(tmp_path / "log") in str(caught.value)
    assert "trace 50" in (tmp_path / "log").read_text()
    [folder] = (tmp_path / "cache").iterdir()
    assert [path.name for path in folder.iterdir()] == [".lock"]


def test_what_an_interrupted_build_left_is_removed(
    fake: FakeLlama, find: Callable[[], Path]
) -> None:
    wheel = find()
    wheel.unlink()
    (wheel.parent / ".building-left").mkdir()
    (wheel.parent / ".building-left" / "half.whl").touch()
    find()
    assert sorted(path.name for path in wheel.parent.iterdir()) == [".lock", wheel.name]


def test_the_cache_is_where_the_user_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHARLIE_BUILD_CACHE", str(tmp_path / "named"))
    assert install_llama.cache_folder() == tmp_path / "named"
    monkeypatch.delenv("CHARLIE_BUILD_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert install_llama.cache_folder() == tmp_path / "xdg" / "charlie-journal"
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert (tmp_path / "home") in install_llama.cache_folder().parents


def test_without_a_home_that_can_be_written_the_clone_keeps_the_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(install_llama, "ROOT", tmp_path / "clone")
    monkeypatch.delenv("CHARLIE_BUILD_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "file" / "home"))
    assert install_llama.cache_folder() == tmp_path / "clone" / "build" / "wheels"


class Terminal(io.StringIO):
    """Keeps what is written, and says that it is a terminal."""

    def isatty(self) -> bool:
        return True


BUILD_OUTPUT = [
    "  Downloading llama_cpp_python-99.0.1.tar.gz (76.6 MB)\n",
    "  Running command Building wheel for llama-cpp-python (pyproject.toml)\n",
    *(f"  [{step}/83] /usr/bin/c++ -c {step}.cpp\n" for step in range(1, 84)),
]


def test_progress_without_a_terminal_is_a_line_for_each_tenth() -> None:
    output = io.StringIO()
    install_llama.Progress(output).follow(BUILD_OUTPUT)
    lines = output.getvalue().splitlines()
    assert len(lines) == 12
    assert "fetching the source" in lines[0]
    assert "83 of 83 files" in lines[-1]
    assert "\r" not in output.getvalue()


def test_progress_on_a_terminal_is_one_line_that_changes() -> None:
    output = Terminal()
    install_llama.Progress(output).follow(BUILD_OUTPUT)
    text = output.getvalue()
    assert text.count("\n") == 1
    assert text.endswith("\n")
    assert all(f"compiled {step} of 83 files" in text for step in range(1, 84))
    shown = ""
    for part in text.rstrip("\n").split("\r")[1:]:
        assert len(part) >= len(shown.rstrip()), "the end of what was there before is still shown"
        shown = part


def test_the_version_is_that_of_the_pins_or_else_the_oldest_that_does() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text()
    oldest = install_llama.wanted_version(pyproject)
    assert f'"llama-cpp-python>={oldest}"' in pyproject
    pins = "click==8.5.1\nllama-cpp-python==0.9.2 \\\n    --hash=sha256:00\n"
    assert install_llama.wanted_version(pyproject, pins) == "0.9.2"
    with pytest.raises(SetupError):
        install_llama.wanted_version("[project]\ndependencies = ['click']")


def test_the_script_installs_what_loads_and_leaves_alone_what_is_there(
    fake: FakeLlama, tmp_path: Path
) -> None:
    clone = tmp_path / "clone"
    shutil.copytree(ROOT / "scripts", clone / "scripts")
    (clone / "pyproject.toml").write_text(
        f'[project]\ndependencies = ["llama-cpp-python>={VERSION}"]\n'
    )
    venv.create(tmp_path / "venv", symlinks=True)
    python = str(tmp_path / "venv" / "bin" / "python")
    # The pip of this Python; making one for the new one takes seconds.
    (tmp_path / "path").mkdir()
    (tmp_path / "path" / "pip").symlink_to(Path(pip.__file__).parent)

    def run(*command: str) -> str:
        done = subprocess.run(
            [python, *command],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(tmp_path / "path")},
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    script = str(clone / "scripts" / "install_llama.py")
    loads = (
        "import ctypes, llama_cpp, pathlib;"
        "ctypes.CDLL(str(pathlib.Path(llama_cpp.__file__).parent / 'lib' / 'libllama.so')).llama()"
    )
    assert "Building llama.cpp" in run(script)
    run("-c", loads)
    assert not run(script)
    assert len(fake.builds) == 1

    # A library that is whole as a file and does not load: from another system, say.
    [wheel] = (tmp_path / "cache").glob("*/*.whl")
    with zipfile.ZipFile(wheel) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, b"not a library" if "libllama" in name else data)
    run("-m", "pip", "uninstall", "--yes", "--quiet", "llama-cpp-python")
    assert "Building llama.cpp" in run(script)
    run("-c", loads)
    assert len(fake.builds) == 2
