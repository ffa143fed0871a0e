"""A file that is not the model it should be is refused in words, never by a crash."""

import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from backend.errors import ModelError
from backend.inference.gguf.modelfile import MAGIC, read_model_file
from backend.inference.tagger.tagger import Tagger

Damage = Callable[[Path], None]


def cut(keep: float) -> Damage:
    def damage(path: Path) -> None:
        size = path.stat().st_size
        with path.open("r+b") as file:
            file.truncate(int(size * keep))

    return damage


def flip(place: float) -> Damage:
    def damage(path: Path) -> None:
        with path.open("r+b") as file:
            position = int(path.stat().st_size * place)
            file.seek(position)
            byte = file.read(1)[0]
            file.seek(position)
            file.write(bytes([byte ^ 0x10]))

    return damage


def overwrite(content: bytes) -> Damage:
    def damage(path: Path) -> None:
        path.write_bytes(content)

    return damage


def add(content: bytes) -> Damage:
    def damage(path: Path) -> None:
        with path.open("ab") as file:
            file.write(content)

    return damage


def of_another_kind() -> bytes:
    """A sound GGUF file that holds no tagger: no tensors, one key."""
    key, value = b"general.architecture", b"qwen3"
    pair = struct.pack("<Q", len(key)) + key + struct.pack("<IQ", 8, len(value)) + value
    return MAGIC + struct.pack("<IQQ", 3, 0, 1) + pair


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(overwrite(b""), id="empty"),
        pytest.param(overwrite(b"GG"), id="two bytes"),
        pytest.param(overwrite(MAGIC), id="magic alone"),
        pytest.param(overwrite(MAGIC + b"\xff" * 4096), id="magic and noise"),
        pytest.param(overwrite(b"not a model\n" * 1000), id="text"),
        pytest.param(overwrite(MAGIC + struct.pack("<IQQ", 3, 1 << 60, 1)), id="mad counts"),
        pytest.param(overwrite(of_another_kind()), id="another kind"),
        pytest.param(cut(0.001), id="cut in the header"),
        pytest.param(cut(0.5), id="cut in the middle"),
        pytest.param(cut(0.999999), id="cut at the end"),
        pytest.param(flip(0.0001), id="altered in the header"),
        pytest.param(flip(0.5), id="altered in the middle"),
        pytest.param(flip(0.999999), id="altered at the end"),
        pytest.param(add(b"\0"), id="too long"),
    ],
)
def test_refuses_a_damaged_file(model_path: Path, tmp_path: Path, damage: Damage) -> None:
    copy = tmp_path / "model.gguf"
    shutil.copy(model_path, copy)
    damage(copy)
    with pytest.raises(ModelError) as caught:
        Tagger(copy)
    assert str(copy) in caught.value.message
    assert caught.value.safe
    assert caught.value.hint


@pytest.mark.parametrize("place", range(4, 2000, 37))
def test_survives_any_altered_byte_of_the_header(
    model_path: Path, tmp_path: Path, place: int
) -> None:
    copy = tmp_path / "head.gguf"
    with model_path.open("rb") as file:
        head = bytearray(file.read(1 << 16))
    head[place] ^= 0xFF
    copy.write_bytes(head)
    with pytest.raises(ModelError):
        read_model_file(copy)


def test_refuses_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model file"):
        Tagger(tmp_path / "none.gguf")


def test_refuses_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        Tagger(tmp_path)


def test_reads_what_the_shipped_file_says_of_itself(model_path: Path) -> None:
    file = read_model_file(model_path)
    file.verify()
    assert file.text("general.architecture") == "bert"
    assert file.texts("charlie.labels")[0] == "O"
    assert len(file.texts("charlie.labels")) == 9
    assert file.text("charlie.version")


def test_shipped_file_is_small_enough_to_ship(model_path: Path) -> None:
    assert 25_000_000 <= model_path.stat().st_size <= 36_000_000
