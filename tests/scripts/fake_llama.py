"""Builds the stand-in for llama-cpp-python: pip's build backend inside the source that tests pack.

`FAKE_LLAMA` names a folder. Each build writes a line in its file `builds`; with a file `hold` there
it waits until that is gone, and with a file `fail` it fails.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

DIST_INFO = "llama_cpp_python-99.0.1.dist-info"
METADATA = "Metadata-Version: 2.1\nName: llama-cpp-python\nVersion: 99.0.1\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: fake\nRoot-Is-Purelib: false\nTag: py3-none-any\n"


def say(line: str) -> None:
    """Print as a compiler does, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def prepare_metadata_for_build_wheel(folder: str, settings: dict[str, str] | None = None) -> str:
    """Write the metadata alone, as pip asks first."""
    (Path(folder) / DIST_INFO).mkdir()
    (Path(folder) / DIST_INFO / "METADATA").write_text(METADATA)
    return DIST_INFO


def build_wheel(folder: str, settings: dict[str, str] | None = None, metadata: str = "") -> str:
    """Compile a library of one function and pack it where llama-cpp-python has its own."""
    told = Path(os.environ["FAKE_LLAMA"])
    with (told / "builds").open("a") as file:
        file.write(json.dumps({"settings": settings, "args": os.environ.get("CMAKE_ARGS")}) + "\n")
    while (told / "hold").exists():
        time.sleep(0.01)
    for step in range(1, 84):
        say(f"[{step}/83] c++ -c {step}.cpp")
        if step == 40 and (told / "fail").exists():
            say("FAILED: 40.o\n40.cpp:1: fatal error: ggml.h: No such file")
            for line in range(100):
                say(f"trace {line}")
            sys.exit(1)
    Path("llama.c").write_text("int llama(void) { return 1; }\n")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", "libllama.so", "llama.c"], check=True)
    name = "llama_cpp_python-99.0.1-py3-none-any.whl"
    with zipfile.ZipFile(Path(folder) / name, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("llama_cpp/__init__.py", "")
        archive.write("libllama.so", "llama_cpp/lib/libllama.so")
        archive.writestr(f"{DIST_INFO}/METADATA", METADATA)
        archive.writestr(f"{DIST_INFO}/WHEEL", WHEEL)
        archive.writestr(f"{DIST_INFO}/RECORD", "")
    return name
