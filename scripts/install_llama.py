"""Install llama-cpp-python into the Python that runs this: from a wheel that was built before if
there is one, else by building it.

Only what Charlie uses is compiled: the libraries `llama` and `ggml`, no multimodal models and
nothing of llama.cpp's programs. The wheel is kept in a folder of this user (`CHARLIE_BUILD_CACHE`,
else `charlie-journal` in the system's cache folder), so that a new `.venv` or another clone does
not compile it again. `CMAKE_ARGS` is respected, e.g. `CMAKE_ARGS="-DGGML_CUDA=on"`; each choice of
it has a wheel of its own.

It runs before anything is installed, so it uses the standard library alone.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
import tomllib
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

ROOT = Path(__file__).resolve().parent.parent
LOG = ROOT / "build" / "llama.log"
PROJECT = "llama-cpp-python"

_CMAKE_INCLUDE = Path(__file__).with_name("llama_alone.cmake")
_CMAKE_DEFINES = {
    "LLAVA_BUILD": "OFF",
    "CMAKE_PROJECT_llama_cpp_INCLUDE": str(_CMAKE_INCLUDE),
}

# What else decides how the compiler and CMake are called.
_BUILD_VARIABLES = (
    "CMAKE_ARGS",
    "SKBUILD_CMAKE_ARGS",
    "SKBUILD_CMAKE_DEFINE",
    "CC",
    "CXX",
    "CFLAGS",
    "CXXFLAGS",
    "LDFLAGS",
    "CUDACXX",
    "MACOSX_DEPLOYMENT_TARGET",
)

# What one core needs for llama.cpp without a GPU, about.
_CPU_SECONDS = 260

_LOCK_FILE = ".lock"
_UNFINISHED = ".building-"

# Lines that a reader of a failed build wants to see, wherever they are in its output.
_TROUBLE = re.compile(r"^\s*FAILED:|CMake Error|\b(fatal )?error:|Killed|No space left", re.I)
_STEP = re.compile(r"^\s*\[(\d+)/(\d+)\]")
_PHASES = (
    ("Downloading llama", "fetching the source, about 80 MB"),
    ("Running command pip subprocess to install build dep", "fetching the build tools"),
    ("Running command Preparing metadata", "unpacking"),
    ("Running command Building wheel", "configuring"),
)


class SetupError(Exception):
    """Something that the user has to know or to mend; its text is what is printed."""


@dataclasses.dataclass(frozen=True)
class Build:
    """One way to build llama-cpp-python on this machine.

    Attributes:
        version: of llama-cpp-python.
        settings: everything that decides what the compiler makes of it, as readable lines.
    """

    version: str
    settings: tuple[str, ...]

    @property
    def folder(self) -> str:
        """The name of the folder for its wheel, e.g. `0.3.36-linux-x86_64-3f2a91c0d4e7`."""
        digest = hashlib.sha256("\n".join(self.settings).encode()).hexdigest()[:12]
        return f"{self.version}-{sysconfig.get_platform()}-{digest}"


def wanted_version(pyproject: str, constraints: str = "") -> str:
    """Return the version of llama-cpp-python to install.

    Args:
        pyproject: the text of `pyproject.toml`, which names the oldest one that does.
        constraints: the text of a file of pins (`name==version`, one a line), which goes first.

    Raises:
        SetupError: neither names a version.
    """
    named = re.compile(r"llama[-_.]cpp[-_.]python\s*(?:==|>=|~=)\s*([\w.]+)", re.I)
    dependencies = tomllib.loads(pyproject)["project"]["dependencies"]
    for line in (*constraints.splitlines(), *dependencies):
        if found := named.match(line.strip()):
            return found[1]
    raise SetupError(f"pyproject.toml names no version of {PROJECT}.")


def this_build(version: str) -> Build:
    """Return how `version` would be built here and now, from the environment and this machine."""
    settings = [
        f"system={sysconfig.get_platform()} {' '.join(platform.libc_ver())}".rstrip(),
        # ggml is compiled for the very processor it is built on, and would stop with an illegal
        # instruction on an older one that shares the home folder.
        f"processor={_processor()}",
        f"defines={_CMAKE_INCLUDE.read_text(encoding='utf-8')}{sorted(_CMAKE_DEFINES)}",
    ]
    variables = {name: " ".join(os.environ.get(name, "").split()) for name in _BUILD_VARIABLES}
    settings += [f"{name}={value}" for name, value in variables.items() if value]
    return Build(version, tuple(settings))


def _processor() -> str:
    """Return what tells a processor's instruction set from another's."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() in {"flags", "Features"}:
                return " ".join(sorted(value.split()))
    with contextlib.suppress(OSError):
        told = subprocess.run(
            ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string", "machdep.cpu.features"],
            capture_output=True,
            text=True,
            check=False,
        )
        return " ".join(told.stdout.split())
    return platform.processor()


def cache_folder() -> Path:
    """Return the folder that keeps wheels, created; one in this clone where no other can be had."""
    for candidate in (_user_cache(), ROOT / "build" / "wheels"):
        if candidate is None:
            continue
        with contextlib.suppress(OSError):
            candidate.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=candidate):
                return candidate
    raise SetupError(f"{ROOT} is not writable.")


def _user_cache() -> Path | None:
    if named := os.environ.get("CHARLIE_BUILD_CACHE"):
        return Path(named).expanduser().absolute()
    name = "charlie-journal"
    if (xdg := Path(os.environ.get("XDG_CACHE_HOME", ""))).is_absolute():
        return xdg / name
    with contextlib.suppress(RuntimeError):
        home = Path.home()
        return home / ("Library/Caches" if sys.platform == "darwin" else ".cache") / name
    return None


def find_or_build(build: Build, cache: Path, log: Path, *, anew: bool = False) -> Path:
    """Return the wheel of `build` in `cache`; built first if it is missing or damaged, or `anew`.

    Several may ask at once, in other processes: one builds and the others wait.

    Args:
        log: the file for the whole output of a build.

    Raises:
        SetupError: it cannot be built.
    """
    folder = cache / build.folder
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder / _LOCK_FILE):
        for wheel in sorted(folder.glob("*.whl")):
            if not anew and is_whole(wheel):
                return wheel
            wheel.unlink()
        for left in folder.glob(_UNFINISHED + "*"):
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=_UNFINISHED, dir=folder) as unfinished:
            made = _build(build, Path(unfinished), log)
            # Complete or not there: whoever looks without the lock sees no half of it.
            return made.replace(folder / made.name)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up is building llama.cpp; waiting for it.", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError:
            # Some network folders have no locks. Two builds at once are slow, not wrong.
            pass
        yield


def is_whole(wheel: Path) -> bool:
    """Return whether every file in `wheel` is as it was packed, the compiled library among them."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            names = archive.namelist()
            return archive.testzip() is None and any("/libllama." in name for name in names)
    except (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error):
        return False


def _build(build: Build, folder: Path, log: Path) -> Path:
    _require_compiler()
    cores = os.cpu_count() or 1
    minutes = max(1, round(_CPU_SECONDS / cores / 60))
    print(
        f"Building llama.cpp ({PROJECT} {build.version}) for this machine. This is done once and "
        f"takes about {minutes} min on {cores} cores, longer for a GPU.",
        flush=True,
    )
    command = [
        *(sys.executable, "-m", "pip", "wheel", "--verbose", "--progress-bar", "off"),
        # pip keeps wheels by version alone and would hand out one that was built otherwise.
        *("--no-cache-dir", "--no-deps", "--wheel-dir", str(folder)),
        *(part for item in _CMAKE_DEFINES.items() for part in _define(*item)),
        *(("--no-binary", PROJECT) if os.environ.get("CMAKE_ARGS") else ()),
        f"{PROJECT}=={build.version}",
    ]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as file:
        file.write(shlex.join(command) + "\n")
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        with process:
            assert process.stdout is not None  # noqa: S101 - asked for above
            lines = _copied(process.stdout, file)
            try:
                Progress(sys.stdout).follow(lines)
            except BaseException:
                process.terminate()
                raise
    made = sorted(folder.glob("*.whl"))
    if process.returncode or not made or not is_whole(made[0]):
        raise SetupError(_failure(log))
    return made[0]


def _define(name: str, value: str) -> tuple[str, str]:
    return "--config-settings", f"cmake.define.{name}={value}"


def _copied(lines: Iterable[str], file: TextIO) -> Iterator[str]:
    for line in lines:
        file.write(line)
        yield line


def _require_compiler() -> None:
    if not any(map(shutil.which, filter(None, (os.environ.get("CXX"), "c++", "g++", "clang++")))):
        raise SetupError(
            "Charlie needs a C/C++ compiler to build llama.cpp (Debian and Ubuntu: "
            "sudo apt install build-essential; macOS: xcode-select --install)."
        )


def _failure(log: Path) -> str:
    """Return what to print after a failed build: its first trouble, its end, and what to do."""
    lines = [line[:200] for line in log.read_text(encoding="utf-8", errors="replace").splitlines()]
    end = max(0, len(lines) - 20)
    first = next((n for n, line in enumerate(lines) if _TROUBLE.search(line)), end)
    return "\n".join(
        [
            *([*lines[first : min(first + 6, end)], "…"] if first < end else []),
            *lines[end:],
            "",
            f"llama.cpp could not be built. All that was printed is in {log}.",
            "It needs a C/C++ compiler, the network, and about 1 GB of free memory per core.",
            "Once that is mended, run the same command again; with little memory, put",
            "CMAKE_BUILD_PARALLEL_LEVEL=1 before it.",
        ]
    )


class Progress:
    """Says how far pip's build is: one line that changes on a terminal, else one per tenth."""

    def __init__(self, output: TextIO) -> None:
        self._output = output
        self._terminal = output.isatty()
        self._width = 0
        self._tenth = 0
        self._since = 0.0

    def follow(self, lines: Iterable[str]) -> None:
        """Read the output of `pip wheel --verbose` to its end and say how far it is."""
        for line in lines:
            if step := _STEP.match(line):
                self._compiled(int(step[1]), int(step[2]))
            for beginning, said in _PHASES:
                if line.lstrip().startswith(beginning):
                    self._say(said)
        if self._terminal and self._width:
            print(file=self._output, flush=True)

    def _compiled(self, done: int, total: int) -> None:
        self._since = self._since or time.monotonic()
        passed = time.monotonic() - self._since
        text = f"compiled {done} of {total} files"
        if done == total:
            text += f" in {_duration(passed)}"
        elif done > total / 10:
            # Files differ in size, so this is right to some tens of seconds at best.
            left = max(10, round(passed / done * (total - done), -1))
            text += f", about {_duration(left)} left"
        if self._terminal or done * 10 // total > self._tenth:
            self._tenth = done * 10 // total
            self._say(text)

    def _say(self, text: str) -> None:
        text = f"  llama.cpp: {text}"
        if self._terminal:
            # A line that wraps cannot be written over.
            text = text[: shutil.get_terminal_size().columns - 1]
            print("\r" + text.ljust(self._width), end="", file=self._output, flush=True)
            self._width = len(text)
        else:
            print(text, file=self._output, flush=True)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def install(version: str) -> None:
    """Have at least `version` installed and loadable in this Python.

    Raises:
        SetupError: it cannot be built or installed.
    """
    if _installed(version):
        return
    cache = cache_folder()
    wheel = find_or_build(this_build(version), cache, LOG)
    _pip_install(wheel)
    if not _installed(version):
        wheel = find_or_build(this_build(version), cache, LOG, anew=True)
        _pip_install(wheel)
    if not _installed(version):
        raise SetupError(
            f"llama.cpp was built but does not load. The wheel is {wheel}, what was printed "
            f"while it was built is in {LOG}."
        )


def _pip_install(wheel: Path) -> None:
    command = (sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--force-reinstall")
    if subprocess.run([*command, str(wheel)], check=False).returncode:
        raise SetupError(f"pip could not install {wheel}.")


def _installed(version: str) -> bool:
    """Whether `version` or a newer one is there and its library can be loaded."""
    try:
        there = importlib.metadata.version(PROJECT)
    except importlib.metadata.PackageNotFoundError:
        return False
    importlib.invalidate_caches()
    spec = importlib.util.find_spec("llama_cpp")
    if _numbers(there) < _numbers(version) or spec is None or spec.origin is None:
        return False
    libraries = sorted(Path(spec.origin).parent.glob("lib/libllama.*"))
    # In a process of its own: a library that stops the process must not stop this one.
    load = "import ctypes, sys; ctypes.CDLL(sys.argv[1])"
    if not libraries:
        return False
    loader = [sys.executable, "-c", load, str(libraries[0])]
    return subprocess.run(loader, capture_output=True, check=False).returncode == 0


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)))


def main() -> int:
    """Install what `pyproject.toml` asks for; 0, or 1 after saying why not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--constraint", type=Path, help="a file of pinned versions")
    arguments = parser.parse_args()
    try:
        pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        pins = arguments.constraint.read_text(encoding="utf-8") if arguments.constraint else ""
        install(wanted_version(pyproject, pins))
    except (SetupError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Nothing half-built is kept.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
