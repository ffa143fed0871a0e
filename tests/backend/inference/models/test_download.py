"""Downloads, over real sockets from a hub on loopback."""

from __future__ import annotations

import hashlib
import os
import random
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.errors import SettingsError, UsageError
from backend.file_locks import FileLock
from backend.inference.models.download import (
    DownloadCancelledError,
    download,
    local_path,
    partial_size,
    remove,
)
from backend.inference.models.hub import (
    DownloadError,
    HubFile,
    TransientError,
    hub_file,
    parse_hub_file,
)
from backend.locations import models_dir
from tests.fake_hub import COMMIT, FakeHub, fake_hub

CONTENT = random.Random(7).randbytes(3_000_000)
FILE = HubFile("owner/Some-GGUF", "model-Q4_K_M.gguf")


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "HF_TOKEN"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    with fake_hub() as running:
        running.files[f"{FILE.repo}/{FILE.path}"] = CONTENT
        monkeypatch.setenv("HF_ENDPOINT", running.url)
        yield running


def begin(size: int) -> Path:
    """Leave what a download that was killed after `size` bytes leaves."""
    digest = hashlib.sha256(CONTENT).hexdigest()
    part = local_path(FILE).with_name(f"{FILE.path}.{digest[:16]}.part")
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(CONTENT[:size])
    return part


def test_fetches_a_file_whole_and_private(hub: FakeHub) -> None:
    path = download(FILE)
    assert path == local_path(FILE)
    assert path.is_relative_to(models_dir())
    assert path.read_bytes() == CONTENT
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_asks_for_the_commit_it_was_told_of(hub: FakeHub) -> None:
    download(FILE)
    assert [path for verb, path, _ in hub.requests if verb == "GET"] == [
        f"/{FILE.repo}/resolve/{COMMIT}/{FILE.path}"
    ]


def test_tells_how_far_it_is(hub: FakeHub) -> None:
    told: list[tuple[int, int, float]] = []
    download(FILE, progress=lambda *state: told.append(state))
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    assert told[-1][:2] == (len(CONTENT), len(CONTENT))
    assert all(total == len(CONTENT) and rate >= 0 for _, total, rate in told)


def test_what_is_there_is_not_asked_for(hub: FakeHub) -> None:
    download(FILE)
    hub.requests.clear()
    download(FILE)
    assert hub.requests == []


def test_goes_on_where_a_killed_download_ended(hub: FakeHub) -> None:
    begin(1_000_001)
    assert download(FILE).read_bytes() == CONTENT
    assert [headers["range"] for headers in hub.asked("store GET")] == ["bytes=1000001-"]


def test_finishes_without_a_request_what_only_lacks_its_name(hub: FakeHub) -> None:
    begin(len(CONTENT))
    assert download(FILE).read_bytes() == CONTENT
    assert hub.asked("store GET") == []


def test_goes_on_when_the_connection_breaks(hub: FakeHub) -> None:
    hub.cuts = [700_000, 900_000]
    assert download(FILE).read_bytes() == CONTENT
    assert len(hub.asked("store GET")) == 3


def test_waits_for_a_hub_that_is_busy(hub: FakeHub) -> None:
    begin(10)
    hub.cuts = [5]

    def fail_once(done: int, total: int, rate: float) -> None:
        if not hub.cuts and len(hub.asked("store GET")) == 1:
            hub.failures = [503]

    assert download(FILE, progress=fail_once).read_bytes() == CONTENT
    assert len(hub.asked("GET")) == 3


def test_a_hub_that_is_down_is_told_at_once(hub: FakeHub) -> None:
    hub.failures = [503]
    with pytest.raises(TransientError, match="503"):
        download(FILE)


def test_begins_anew_where_ranges_are_unknown(hub: FakeHub) -> None:
    hub.knows_ranges = False
    begin(1_000)
    assert download(FILE).read_bytes() == CONTENT


def test_a_damaged_file_is_thrown_away(hub: FakeHub) -> None:
    part = begin(2_000)
    part.write_bytes(bytes(2_000))
    with pytest.raises(DownloadError, match="checksum"):
        download(FILE)
    assert not local_path(FILE).exists()
    assert partial_size(FILE) == 0
    assert download(FILE).read_bytes() == CONTENT


def test_an_overlong_part_is_thrown_away(hub: FakeHub) -> None:
    begin(10).write_bytes(CONTENT + b"more")
    assert download(FILE).read_bytes() == CONTENT


def test_more_than_was_said_is_refused(hub: FakeHub) -> None:
    hub.stated_size = 1_000
    with pytest.raises(DownloadError, match="more"):
        download(FILE)
    assert not local_path(FILE).exists()


def test_a_file_without_a_checksum_is_refused(hub: FakeHub) -> None:
    hub.stated_digest = "5eb63bbbe01eeed093cb22bb8f5acdc3"
    with pytest.raises(DownloadError, match="no checksum"):
        download(FILE)


def test_is_cancelled_while_the_hub_is_silent(hub: FakeHub) -> None:
    hub.stall_after = 500_000
    seen = threading.Event()

    def watch(done: int, total: int, rate: float) -> None:
        seen.set()

    with pytest.raises(DownloadCancelledError) as raised:
        download(FILE, progress=watch, cancelled=seen.is_set)
    assert raised.value.safe
    assert not local_path(FILE).exists()
    assert 0 < partial_size(FILE) <= 500_000
    hub.stall_after = None
    hub.over.set()
    assert download(FILE).read_bytes() == CONTENT


def test_too_little_space_is_told_before_anything_is_fetched(hub: FakeHub) -> None:
    hub.stated_size = 1 << 60
    with pytest.raises(DownloadError, match="free") as raised:
        download(FILE)
    assert raised.value.hint
    assert hub.asked("store GET") == []


def test_offline_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{port}")
    with pytest.raises(TransientError, match="cannot be reached") as raised:
        download(FILE)
    assert raised.value.hint
    assert FILE.url in raised.value.hint
    assert "charlie model use" in raised.value.hint


def test_a_gated_repository_asks_for_consent_and_a_token(
    hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.gated = True
    with pytest.raises(DownloadError, match="consent") as raised:
        download(FILE)
    assert raised.value.hint
    assert "HF_TOKEN" in raised.value.hint
    monkeypatch.setenv("HF_TOKEN", "hf_consented")
    assert download(FILE).read_bytes() == CONTENT


def test_the_token_stays_with_the_hub(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_consented")
    download(FILE)
    assert all("authorization" in headers for headers in hub.asked("HEAD") + hub.asked("GET"))
    assert not any("authorization" in headers for headers in hub.asked("store GET"))


def test_nothing_tells_who_asks(hub: FakeHub) -> None:
    download(FILE)
    for headers in hub.asked("HEAD") + hub.asked("GET") + hub.asked("store GET"):
        assert headers["user-agent"] == "charlie-journal"
        assert set(headers) <= {"host", "accept", "accept-encoding", "connection", "user-agent"}


def test_a_proxy_is_used(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    # A proxy is asked for whole addresses; the hub's own server serves as one that refuses them.
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.invalid")
    monkeypatch.setenv("HTTP_PROXY", hub.url)
    with pytest.raises(DownloadError):
        download(FILE)
    assert hub.requests[0][1].startswith("http://hub.invalid/owner/Some-GGUF/")


@pytest.mark.parametrize(
    ("name", "value"), [("HF_ENDPOINT", "hub"), ("HTTPS_PROXY", "socks9://x:1")]
)
def test_an_address_that_is_none_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        download(FILE)


def test_a_renamed_repository_is_followed(hub: FakeHub) -> None:
    hub.files["new/Some-GGUF/model.gguf"] = CONTENT
    assert download(HubFile("old/Some-GGUF", "model.gguf")).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (HubFile("nobody/Nothing", "model.gguf"), "no repository"),
        (HubFile(FILE.repo, "other.gguf"), "no file other.gguf"),
    ],
)
def test_what_does_not_exist_is_told(hub: FakeHub, file: HubFile, says: str) -> None:
    with pytest.raises(DownloadError, match=says):
        download(file)


def test_two_downloads_of_one_file_do_not_mix(hub: FakeHub) -> None:
    with FileLock(begin(5)) as lock:
        assert lock.acquire()
        with pytest.raises(DownloadError, match="another Charlie"):
            download(FILE)


def test_a_folder_that_cannot_be_written_is_told(hub: FakeHub) -> None:
    if os.getuid() == 0:
        local_path(FILE).parent.write_bytes(b"")  # root may write everywhere but into a file
    else:
        models_dir().chmod(0o500)
    with pytest.raises(DownloadError, match="cannot be written"):
        download(FILE)


def test_removing_frees_everything(hub: FakeHub) -> None:
    download(FILE)
    begin(1_000)
    assert remove(FILE) == len(CONTENT) + 1_000
    assert not local_path(FILE).parent.exists()
    assert remove(FILE) == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Qwen/Qwen3-8B-GGUF/Qwen3-8B-Q4_K_M.gguf",
            HubFile("Qwen/Qwen3-8B-GGUF", "Qwen3-8B-Q4_K_M.gguf"),
        ),
        ("a/b/sub/x.GGUF", HubFile("a/b", "sub/x.GGUF")),
        (
            "https://huggingface.co/a/b/blob/v1/sub/x.gguf?download=true",
            HubFile("a/b", "sub/x.gguf", "v1"),
        ),
        ("https://huggingface.co/a/b/resolve/v1/sub/x.gguf", HubFile("a/b", "sub/x.gguf", "v1")),
        ("./models/b/x.gguf", None),
        ("/srv/models/x.gguf", None),
        ("~/models/x.gguf", None),
        ("qwen3-4b", None),
        ("http://127.0.0.1:8080/v1", None),
    ],
)
def test_reads_what_names_a_file(text: str, expected: HubFile | None) -> None:
    assert parse_hub_file(text) == expected


@pytest.mark.parametrize(
    ("repo", "path"),
    [
        ("owner", "x.gguf"),
        ("owner/..", "x.gguf"),
        ("owner/name", "../x.gguf"),
        ("owner/name", "/x.gguf"),
        ("owner/name", "x.safetensors"),
        ("owner/name", "x-00001-of-00003.gguf"),
    ],
)
def test_refuses_what_cannot_be_one(repo: str, path: str) -> None:
    with pytest.raises(UsageError):
        hub_file(repo, path)


def test_importing_does_not_pay_for_the_network() -> None:
    code = "import sys, backend.inference.models.download; print('httpx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
