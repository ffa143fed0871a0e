"""A prompt is made better with gold data, and only then written."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from backend.errors import UsageError
from backend.inference.evaluation import GoldEntry, read_gold
from backend.inference.llm.prompt_file import decode_prompt
from backend.inference.models.own_models import Endpoint, OwnModel, keep_own_model
from backend.optimizers.extract_nodes_optimizer import (
    Budget,
    main,
    split_by_writer,
    written_prompt,
)

Answer = Callable[[list[dict[str, str]]], str]

NAMES = ("Anna", "Ben", "Chidi", "Dora", "Emre", "Fay", "Goran", "Hana", "Ines", "Jonas")
MAGIC = "Whoever was met is a person."


def names_json(people: list[str]) -> str:
    names = {"people": people, "places": [], "organizations": [], "activities": []}
    return json.dumps({"names": names})


@contextmanager
def model_server(answer: Answer) -> Iterator[str]:
    """An OpenAI-compatible server on loopback; its base URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            message = {"role": "assistant", "content": answer(body["messages"])}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            data = json.dumps({"id": "1", "choices": [choice]}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    """Ten writers, who each met one person on four days."""
    path = tmp_path / "gold.jsonl"
    with path.open("w") as file:
        for name in NAMES:
            for day in ("today", "on Monday", "at noon", "again"):
                row = {
                    "text": f"I met {name} {day}.",
                    "entities": [{"start": 6, "end": 6 + len(name), "type": "PERSON"}],
                    "doc": f"writer of {name}",
                }
                file.write(json.dumps(row) + "\n")
    return path


def run(gold: Path, out: Path, url: str, *options: str) -> int:
    keep_own_model(OwnModel("teacher", endpoint=Endpoint(url, "m")))
    arguments = [str(gold), "--model", "teacher", "--out", str(out), *options]
    return main([*arguments, "--train", "12", "--choose", "8", "--held-out", "12"])


def met(messages: list[dict[str, str]]) -> list[str]:
    return re.findall(r"I met (\w+)", messages[-1]["content"])


def taught_by_examples(messages: list[dict[str, str]]) -> str:
    """Answers well with an example before it, and else only for today."""
    has_example = any(message["role"] == "assistant" for message in messages)
    return names_json(met(messages) if has_example or "today" in messages[-1]["content"] else [])


def taught_by_instructions(messages: list[dict[str, str]]) -> str:
    """Writes the instruction that it is asked for, and needs it to answer well."""
    if "new_instruction" in messages[0]["content"]:
        return json.dumps({"new_instruction": MAGIC})
    return names_json(met(messages) if MAGIC in messages[0]["content"] else [])


def test_examples_that_help_are_written_with_where_they_come_from(
    gold: Path, tmp_path: Path
) -> None:
    out = tmp_path / "prompts" / "better.toml"
    with model_server(taught_by_examples) as url:
        assert run(gold, out, url, "--method", "bootstrap") == 0
    written = decode_prompt(out.read_bytes())
    assert 0 < len(written.examples) <= 3
    assert all(example.names["people"] for example in written.examples)
    assert written.text == written_prompt().text
    assert written.fields
    told = written.provenance
    assert (told["model"], told["method"], told["operation"]) == (
        "teacher",
        "bootstrap",
        "extract_nodes",
    )
    assert told["data"][0]["file"] == gold.name
    assert len(told["data"][0]["sha256"]) == 64
    assert told["date"]
    assert told["score"]["after"]["overall"] == 1.0
    assert told["score"]["before"]["overall"] < 1.0


def test_instructions_that_help_are_written(gold: Path, tmp_path: Path) -> None:
    out = tmp_path / "better.toml"
    with model_server(taught_by_instructions) as url:
        assert run(gold, out, url, "--method", "gepa", "--calls", "60") == 0
    written = decode_prompt(out.read_bytes())
    assert written.text == MAGIC
    assert written.provenance["method"] == "gepa"


def test_what_is_no_better_is_not_written(gold: Path, tmp_path: Path) -> None:
    out = tmp_path / "better.toml"
    with model_server(lambda messages: names_json(met(messages))) as url:
        assert run(gold, out, url, "--method", "bootstrap") == 1
    assert not out.exists()


def test_answers_that_cannot_be_used_count_as_nothing(gold: Path, tmp_path: Path) -> None:
    out = tmp_path / "better.toml"
    with model_server(lambda _: "I would rather not.") as url:
        assert run(gold, out, url, "--method", "bootstrap") == 1
    assert not out.exists()


def test_a_model_that_does_not_exist_is_a_sentence(gold: Path, tmp_path: Path) -> None:
    assert main([str(gold), "--model", "nosuch", "--out", str(tmp_path / "x.json")]) == 2


def test_no_writer_is_in_two_parts(gold: Path) -> None:
    split = split_by_writer(read_gold(gold), Budget(train=12, choose=8, held_out=12), seed=3)
    writers = [
        {entry.document for entry in part} for part in (split.train, split.choose, split.held_out)
    ]
    assert all(writers)
    assert not writers[0] & writers[1]
    assert not writers[2] & (writers[0] | writers[1])


def test_too_few_writers_are_refused() -> None:
    with pytest.raises(UsageError, match="too few"):
        split_by_writer([GoldEntry("x", frozenset())], Budget(), seed=0)


def test_neither_manager_nor_services_are_imported() -> None:
    # Passages and sentences are part of the journal's API, and touch no model.
    code = (
        "import sys, backend.optimizers.extract_nodes_optimizer\n"
        "print([name for name in sys.modules if name.startswith(('backend.services',"
        " 'backend.graph.', 'backend.inference.manager'))"
        " and name not in ('backend.graph.passages', 'backend.graph.sentences')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
