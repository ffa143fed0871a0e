"""Wrong values in the environment are told in a sentence, never a traceback."""

import os
import subprocess
import sys

import pytest

from tests.commands import RunCharlie


def settings_of(**environment: str) -> str:
    code = (
        "from backend import settings as s\n"
        "print(s.LLAMA_CPP_N_CTX, s.LLAMA_CPP_GPU_LAYERS, s.WORKER_ENABLED)\n"
    )
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_defaults_hold_where_nothing_is_set() -> None:
    assert settings_of(LLAMA_CTX_SIZE="", CHARLIE_WORKER="") == "8192 -1 True\n"


def test_values_are_read() -> None:
    printed = settings_of(LLAMA_CTX_SIZE="4096", LLAMA_GPU_LAYERS="0", CHARLIE_WORKER="off")
    assert printed == "4096 0 False\n"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LLAMA_CTX_SIZE", "many"),
        ("LLAMA_CTX_SIZE", "-5"),
        ("LLAMA_GPU_LAYERS", "1.5"),
        ("CHARLIE_WORKER", "maybe"),
    ],
)
def test_a_wrong_value_is_named_with_the_way_out(
    run_charlie_process: RunCharlie, name: str, value: str
) -> None:
    done = run_charlie_process("list", environment={name: value})
    assert done.returncode == 2
    assert done.stdout == ""
    assert name in done.stderr
    assert value in done.stderr
    assert "Correct it, or unset it" in done.stderr
    assert "Traceback" not in done.stderr
