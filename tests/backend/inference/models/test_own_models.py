"""Models that the user added, and their names."""

from pathlib import Path

import pytest

from backend import locations
from backend.database.journal.preferences import get_preference
from backend.errors import NotFoundError, UsageError
from backend.inference.models.hub import HubFile
from backend.inference.models.own_models import (
    Endpoint,
    OwnModel,
    endpoint,
    find_own_model,
    forget_own_model,
    keep_own_model,
    list_own_models,
    name_from,
)
from backend.preferences import OWN_MODELS

FILE = OwnModel("mine", path=Path("/srv/models/mine.gguf"))
HUB = OwnModel("small", file=HubFile("owner/Repo-GGUF", "sub/x.gguf", "v1"))
SERVER = OwnModel("cellar", endpoint=Endpoint("http://192.168.1.20:8080/v1", "qwen3:8b"))


def test_asking_creates_no_journal() -> None:
    assert list_own_models() == []
    assert not locations.database_path().exists()


def test_keeps_all_three_kinds() -> None:
    for model in (FILE, HUB, SERVER):
        keep_own_model(model)
    assert list_own_models() == [SERVER, FILE, HUB]
    assert find_own_model("CELLAR") == SERVER


def test_keeps_them_as_a_preference() -> None:
    keep_own_model(SERVER)
    assert get_preference(OWN_MODELS) == {
        "cellar": {"url": "http://192.168.1.20:8080/v1", "model": "qwen3:8b"}
    }


def test_replaces_the_one_of_the_same_name() -> None:
    keep_own_model(FILE)
    other = OwnModel("mine", path=Path("/other.gguf"))
    keep_own_model(other)
    assert list_own_models() == [other]


def test_forgets() -> None:
    keep_own_model(FILE)
    forget_own_model("Mine")
    assert list_own_models() == []
    with pytest.raises(NotFoundError):
        forget_own_model("mine")


@pytest.mark.parametrize("name", ["", "-x", "a b", "a:b", "a/b", "x" * 81, "built-in", "qwen3-4b"])
def test_refuses_what_cannot_be_a_name(name: str) -> None:
    with pytest.raises(UsageError):
        keep_own_model(OwnModel(name, path=Path("/x.gguf")))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Qwen3-8B-Q4_K_M.gguf", "qwen3-8b-q4_k_m"),
        ("My model (new).GGUF", "my-model-new"),
        ("llama3:8b", "llama3-8b"),
        ("模型.gguf", "model"),
        ("x" * 200, "x" * 80),
    ],
)
def test_makes_names(text: str, name: str) -> None:
    assert name_from(text) == name


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("http://localhost:8080", "http://localhost:8080/v1"),
        ("http://localhost:8080/", "http://localhost:8080/v1"),
        ("https://ai.example/v1/", "https://ai.example/v1"),
        ("https://ai.example/api/v1/chat/completions", "https://ai.example/api/v1"),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1"),
    ],
)
def test_reads_addresses(typed: str, url: str) -> None:
    assert endpoint(typed, "m").url == url


@pytest.mark.parametrize(
    "typed",
    ["", "localhost:8080", "ftp://x/v1", "http://", "http://x:port/v1", "http://me:secret@x/v1",
     "http://x/v1?key=secret"],
)  # fmt: skip
def test_refuses_addresses_that_are_none_or_hold_a_secret(typed: str) -> None:
    with pytest.raises(UsageError):
        endpoint(typed, "m")


def test_tells_this_machine_from_others() -> None:
    assert endpoint("http://127.0.0.1:1/v1", "m").is_this_machine
    assert not endpoint("http://192.168.1.20/v1", "m").is_this_machine
    assert endpoint("https://x/v1", "m").is_encrypted
