"""The package as a whole: cheap to import, silent, stateless."""

import json
import subprocess
import sys

from backend.inference import load_model
from backend.inference.gguf.modelfile import read_model_file
from backend.inference.models.catalog import resolve

SILENT = "from backend.inference import load_model; load_model().close()"


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )


def test_importing_loads_neither_numpy_nor_llama_cpp() -> None:
    code = (
        "import sys, backend.inference, backend.inference.models.catalog\n"
        "print({'numpy', 'llama_cpp', 'dspy'} & set(sys.modules))"
    )
    assert run(code).stdout.strip() == "set()"


def test_loading_prints_nothing() -> None:
    finished = run(SILENT)
    assert (finished.stdout, finished.stderr) == ("", "")


def test_loading_imports_no_training_library() -> None:
    code = f"import sys\n{SILENT}\nprint({{'torch', 'gguf', 'dspy'}} & set(sys.modules))"
    assert run(code).stdout.strip() == "set()"


def test_every_load_is_a_model_of_its_own() -> None:
    with load_model() as first, load_model("built-in") as second:
        first.close()
        assert second.tag("Had tea with Priya.")


def test_shipped_model_tells_its_version_and_scores() -> None:
    file = read_model_file(resolve().path)
    assert file.text("charlie.version")
    scores = json.loads(file.text("charlie.scores"))
    assert set(scores["journals dev"]["all"]) == {"strict", "relaxed", "mentions"}
