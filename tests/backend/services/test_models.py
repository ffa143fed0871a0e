"""The models a face may list, choose, download, remove and score."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend import locations
from backend.database.journal.preferences import get_preference
from backend.errors import ModelError, NotFoundError, UsageError
from backend.inference.models.hub import DownloadError
from backend.preferences import MODEL
from backend.records import EntityType
from backend.services import endpoints, models
from backend.services.models import BUILT_IN, Fallback, ModelState
from tests.fake_hub import FakeHub, fake_hub

CONTENT = b"GGUF and no more" * 1000


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with fake_hub() as running:
        running.files["owner/Some-GGUF/Model-Q4_K_M.gguf"] = CONTENT
        monkeypatch.setenv("HF_ENDPOINT", running.url)
        yield running


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A model in a file of the user's: the built-in one, copied."""
    return Path(shutil.copy(locations.built_in_model_path(), tmp_path / "My Tagger.gguf"))


def states() -> dict[str, ModelState]:
    return {summary.name: summary.state for summary in models.list_models()}


def test_lists_what_there_is_and_what_is_on_offer() -> None:
    listed = models.list_models()
    assert listed[0].name == BUILT_IN
    assert [summary.name for summary in listed if summary.is_chosen] == [BUILT_IN]
    assert states()[models.DEFAULT_OFFER] is ModelState.ABSENT
    for summary in listed[1:]:
        assert summary.size
        assert summary.memory
        assert summary.licence


def test_listing_creates_no_journal_and_loads_no_library() -> None:
    code = (
        "import sys; from backend.services import models; models.list_models()\n"
        "print(sorted({'llama_cpp', 'dspy', 'litellm', 'httpx', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert not locations.database_path().exists()


def test_a_file_of_the_users_can_be_named_and_chosen(file: Path) -> None:
    name = models.add_file(file)
    assert name == "my-tagger"
    assert models.choose_model(name).is_chosen
    assert models.chosen_model() == "my-tagger"
    assert get_preference(MODEL) == "my-tagger"
    assert states()["my-tagger"] is ModelState.READY


def test_a_path_is_chosen_as_it_is_seen_from_everywhere(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(file.parent)
    models.choose_model(file.name)
    assert models.chosen_model() == str(file)
    monkeypatch.chdir("/")
    assert [summary.name for summary in models.list_models() if summary.is_chosen] == [str(file)]


def test_what_is_not_there_cannot_be_chosen() -> None:
    with pytest.raises(ModelError, match="not downloaded") as raised:
        models.choose_model(models.DEFAULT_OFFER)
    assert raised.value.hint == f"charlie model download {models.DEFAULT_OFFER}"
    with pytest.raises(UsageError):
        models.choose_model("nosuch")
    with pytest.raises(ModelError):
        models.add_file(Path("/nowhere/x.gguf"))
    assert models.chosen_model() == BUILT_IN


def test_a_file_that_went_away_is_shown_as_missing(file: Path) -> None:
    models.choose_model(models.add_file(file))
    file.unlink()
    assert states()["my-tagger"] is ModelState.MISSING
    with pytest.raises(ModelError):
        models.choose_model("my-tagger")


def test_downloads_chooses_and_removes(hub: FakeHub) -> None:
    name = models.add_hub_file("owner/Some-GGUF/Model-Q4_K_M.gguf")
    assert name == "model-q4_k_m"
    assert states()[name] is ModelState.ABSENT
    told: list[int] = []
    summary = models.download_model(name, progress=lambda done, _total, _rate: told.append(done))
    assert told[-1] == len(CONTENT)
    assert summary.state is ModelState.READY
    models.choose_model(name)
    assert models.remove_model(name) == len(CONTENT)
    assert name not in states()
    assert models.chosen_model() == BUILT_IN


def test_a_download_that_was_stopped_is_shown(hub: FakeHub) -> None:
    name = models.add_hub_file("owner/Some-GGUF/Model-Q4_K_M.gguf")
    hub.stall_after = 5_000
    begun: list[int] = []
    with pytest.raises(DownloadError):
        models.download_model(
            name, progress=lambda done, *_: begun.append(done), cancelled=lambda: bool(begun)
        )
    (summary,) = [model for model in models.list_models() if model.name == name]
    assert summary.state is ModelState.BEGUN
    assert summary.fetched > 0


def test_what_is_on_offer_is_not_added_twice() -> None:
    details = models.describe_model("qwen3-8b")
    assert details.source
    repo = "/".join(details.source.split("/")[-2:])
    assert models.add_hub_file(f"{repo}/{Path(details.summary.place).name}") == "qwen3-8b"


def test_only_what_has_a_source_is_downloaded(file: Path) -> None:
    with pytest.raises(UsageError, match="not a model that is downloaded"):
        models.download_model(BUILT_IN)
    with pytest.raises(UsageError):
        models.add_hub_file("nonsense")


def test_a_file_of_the_users_is_forgotten_not_deleted(file: Path) -> None:
    name = models.add_file(file)
    assert models.remove_model(name) == 0
    assert file.exists()
    with pytest.raises(NotFoundError):
        models.remove_model(name)


def test_the_built_in_model_stays() -> None:
    with pytest.raises(UsageError, match="part of Charlie"):
        models.remove_model(BUILT_IN)


def test_endpoints_are_named_after_model_and_host() -> None:
    endpoint = endpoints.make_endpoint("http://192.168.1.20:8080", "qwen3:8b")
    name = endpoints.add_endpoint(endpoint)
    assert name == "qwen3-8b@192.168.1.20"
    assert endpoints.find_endpoint(name) == endpoint
    assert endpoints.find_endpoint(BUILT_IN) is None
    assert states()[name] is ModelState.ELSEWHERE
    assert models.describe_model(name).served_model == "qwen3:8b"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://127.0.0.1:8080/v1", "on this machine"),
        ("http://192.168.1.20:8080/v1", "leaves this machine for 192.168.1.20:8080, not encrypted"),
        ("https://ai.example/v1", "leaves this machine for ai.example, encrypted"),
    ],
)
def test_says_what_leaves_the_machine(url: str, says: str) -> None:
    assert says in endpoints.what_leaves(endpoints.make_endpoint(url, "m"))


def test_the_fallback_is_kept() -> None:
    assert models.get_fallback() is Fallback.WAIT
    models.set_fallback(Fallback.BUILT_IN)
    assert models.get_fallback() is Fallback.BUILT_IN


def test_describes_the_machine() -> None:
    machine = models.describe_machine()
    assert machine.memory
    assert machine.gpu
    assert machine.offloads or machine.hint


def test_scores_the_built_in_model(tmp_path: Path) -> None:
    text = "Had lunch with Priya."
    row = {"text": text, "entities": [{"start": 15, "end": 20, "type": "PERSON"}]}
    data = tmp_path / "gold.jsonl"
    data.write_text(f"{json.dumps(row)}\n" * 3)
    result = models.evaluate_model(data)
    assert result.entries == 3
    assert list(result.types) == [EntityType.PERSON]
    assert result.overall.wanted == 3
    assert result.overall.f1 == 1.0
    assert result.seconds > 0
