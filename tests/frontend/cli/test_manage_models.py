"""model list, use, download, remove, info and evaluate, as typed in a shell."""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend import locations
from tests.commands import CHARLIE, RunCharlie
from tests.fake_hub import FakeHub, fake_hub

CONTENT = bytes(range(256)) * 8_000
HUB_FILE = "owner/Some-GGUF/Model-Q4_K_M.gguf"
ENDPOINT = "http://192.168.1.20:9/v1"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with fake_hub() as running:
        running.files[HUB_FILE] = CONTENT
        monkeypatch.setenv("HF_ENDPOINT", running.url)
        yield running


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return Path(shutil.copy(locations.built_in_model_path(), tmp_path / "Mine.gguf"))


def chosen(run: RunCharlie) -> str:
    listed = json.loads(run("model", "list", "--json").stdout)
    (name,) = [model["name"] for model in listed if model["chosen"]]
    return str(name)


def test_lists_models_with_size_memory_and_licence(run_charlie: RunCharlie) -> None:
    listed = json.loads(run_charlie("model", "list", "--json").stdout)
    assert listed[0]["name"] == "built-in"
    assert listed[0]["chosen"] is True
    for model in listed[1:]:
        assert model["state"] == "absent"
        assert model["memory"] > model["size"] > 0
        assert model["licence"] == "Apache-2.0"
    assert "* built-in" in run_charlie("model", "list").stdout


def test_explains_a_model_and_the_machine(run_charlie: RunCharlie) -> None:
    details = json.loads(run_charlie("model", "info", "qwen3-4b", "--json").stdout)
    assert details["source"].endswith("/unsloth/Qwen3-4B-Instruct-2507-GGUF")
    assert details["used_context"] == 8192
    assert details["machine"]["gpu"]
    printed = run_charlie("model", "info", "qwen3-4b").stdout
    for word in ("Size", "Memory", "Licence", "GPU", "llama.cpp"):
        assert word in printed
    assert "llama.cpp" not in run_charlie("model", "info").stdout


def test_uses_a_file_and_goes_back(run_charlie: RunCharlie, file: Path) -> None:
    done = run_charlie("model", "use", str(file), "--fallback", "built-in")
    assert done.returncode == 0, done.stderr
    assert "the built-in model reads them" in done.stderr
    assert chosen(run_charlie) == "mine"
    assert run_charlie("model", "use", "built-in").returncode == 0
    assert chosen(run_charlie) == "built-in"
    assert run_charlie("model", "use", "MINE").returncode == 0
    assert chosen(run_charlie) == "mine"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["use", "nosuch"], 2),
        (["use", "/nowhere/x.gguf"], 1),
        (["use", "qwen3-4b"], 1),
        (["use", "http://"], 2),
        (["download", "nosuch"], 2),
        (["download", "built-in"], 2),
        (["download", "owner/name/file.txt"], 2),
        (["remove", "built-in"], 2),
        (["remove", "nosuch"], 1),
        (["info", "nosuch"], 2),
        (["evaluate", "--data", "/nowhere.jsonl"], 1),
    ],
)
def test_mistakes_are_sentences(run_charlie: RunCharlie, arguments: list[str], code: int) -> None:
    done = run_charlie("model", *arguments)
    assert done.returncode == code
    assert done.stdout == ""
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


def test_an_endpoint_needs_consent(run_charlie: RunCharlie) -> None:
    done = run_charlie("model", "use", ENDPOINT, "--model-name", "qwen3:8b")
    assert done.returncode == 2
    assert "leaves this machine for 192.168.1.20:9" in done.stderr
    assert "--yes" in done.stderr
    assert chosen(run_charlie) == "built-in"


def test_an_endpoint_is_used_after_consent(run_charlie: RunCharlie, charlie_home: Path) -> None:
    done = run_charlie(
        "model", "use", ENDPOINT, "--model-name", "qwen3:8b", "--as", "cellar", "--yes",
        environment={"CHARLIE_API_KEY": "sk-very-secret"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "leaves this machine" in done.stderr
    assert chosen(run_charlie) == "cellar"
    for path in charlie_home.rglob("*"):
        assert not path.is_file() or b"very-secret" not in path.read_bytes()
    run_charlie("model", "use", "built-in")
    assert run_charlie("model", "use", "cellar").returncode == 2
    assert run_charlie("model", "use", "cellar", "--yes").returncode == 0


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 130)])
def test_consent_is_asked_for_at_a_terminal(
    run_charlie: RunCharlie, answer: str, code: int
) -> None:
    reader, writer = pty.openpty()
    os.write(reader, f"{answer}\n".encode())
    done = subprocess.run(
        [CHARLIE, "model", "use", ENDPOINT, "--model-name", "m", "--as", "cellar"],
        stdin=writer,
        capture_output=True,
        timeout=300,
        check=False,
    )
    os.close(reader)
    os.close(writer)
    assert done.returncode == code, done.stderr
    assert chosen(run_charlie) == ("cellar" if code == 0 else "built-in")


def test_a_server_that_is_down_cannot_say_what_it_serves(run_charlie: RunCharlie) -> None:
    done = run_charlie("model", "use", "http://127.0.0.1:9/v1", "--yes")
    assert done.returncode == 1
    assert "cannot be reached" in done.stderr


def test_downloads_uses_and_removes(run_charlie: RunCharlie, hub: FakeHub) -> None:
    done = run_charlie("model", "download", HUB_FILE, "--as", "small", "--use")
    assert done.returncode == 0, done.stderr
    path = Path(done.stdout.splitlines()[0].partition(": ")[2])
    assert path.read_bytes() == CONTENT
    assert chosen(run_charlie) == "small"
    done = run_charlie("model", "remove", "small")
    assert done.returncode == 0
    assert not path.exists()
    assert chosen(run_charlie) == "built-in"


def test_a_download_that_was_stopped_goes_on(run_charlie: RunCharlie, hub: FakeHub) -> None:
    hub.stall_after = 1_000_000
    process = subprocess.Popen(
        [CHARLIE, "model", "download", HUB_FILE], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    parts: list[Path] = []
    while not parts or parts[0].stat().st_size < hub.stall_after:
        assert process.poll() is None
        time.sleep(0.02)
        parts = list(locations.models_dir().rglob("*.part"))
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 130
    assert b"Stopped" in errors
    hub.stall_after = None
    hub.over.set()
    assert run_charlie("model", "download", HUB_FILE).returncode == 0
    assert hub.asked("store GET")[-1]["range"] == "bytes=1000000-"


def test_offline_says_what_to_do(run_charlie: RunCharlie) -> None:
    done = run_charlie(
        "model", "download", "qwen3-4b", environment={"HF_ENDPOINT": "http://127.0.0.1:9"}
    )
    assert done.returncode == 1
    assert "cannot be reached" in done.stderr
    assert "charlie model use" in done.stderr


def test_scores_a_model(run_charlie: RunCharlie, tmp_path: Path, file: Path) -> None:
    data = tmp_path / "gold.jsonl"
    text = "Had lunch with Priya in Lisbon."
    places = [{"start": 15, "end": 20, "type": "PERSON"}, {"start": 24, "end": 30, "type": "PLACE"}]
    data.write_text(json.dumps({"text": text, "entities": places}))
    done = run_charlie(
        "model",
        "evaluate",
        "--data",
        str(data),
        "--model",
        str(file),
        "--types",
        "person",
        "--json",
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["entries"] == 1
    assert list(result["scores"]) == ["PERSON", "overall"]
    assert result["scores"]["PERSON"]["wanted"] == 1
    printed = run_charlie("model", "evaluate", "--data", str(data)).stdout
    assert "Person" in printed
    assert "Place" in printed
    done = run_charlie("model", "evaluate", "--data", str(data), "--types", "ROBOT")
    assert done.returncode == 2


def test_the_model_commands_do_not_load_llama_cpp_to_list() -> None:
    code = (
        "import sys; from frontend.cli import main; main(['model', 'list'])\n"
        "print(bool({'llama_cpp', 'dspy', 'litellm', 'redis', 'textual'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"
