"""Prompts as files: read as they were written, refused with a reason if they are broken."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend import locations
from backend.inference.llm import prompt_file
from backend.inference.llm.prompt_file import (
    BUILT_IN_PROMPT,
    OPTIMIZED_FILE,
    TYPES,
    WRITTEN_FILE,
    BrokenPromptError,
    Example,
    Prompt,
    decode_prompt,
    encode_prompt,
    find_faults,
)
from backend.services.backup import doctor

_BY_HAND = 'author = "Ann"\ndate = 2026-05-03\nmethod = "by hand"\n'
_PROVENANCE = f"[provenance]\n{_BY_HAND}"
_GOOD = f'instructions = "Find names."\n{_PROVENANCE}'
_FIELDS = "[fields]\n" + "".join(f'{name} = "some"\n' for name in TYPES)

_texts = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('"\\\n\r\x7f'))


def test_the_shipped_files_can_be_used_and_say_where_they_come_from() -> None:
    assert find_faults() == []
    shipped = decode_prompt((locations.prompts_dir() / WRITTEN_FILE).read_bytes())
    assert shipped.provenance.keys() >= {"author", "date", "method"}
    assert shipped.text == BUILT_IN_PROMPT.text


@given(instructions=_texts, entry=_texts, names=st.lists(_texts), note=_texts)
def test_what_is_written_is_read_again(
    instructions: str, entry: str, names: list[str], note: str
) -> None:
    prompt = Prompt(
        f"{instructions.replace('{fields}', '')}{{fields}}.",
        dict.fromkeys(TYPES, f"x{instructions}x"),
        (Example(f"x{entry}", dict.fromkeys(TYPES, tuple(names)), known=note),),
        {
            "author": f"x{note}",
            "date": datetime(2026, 5, 3, tzinfo=UTC),
            "method": "gepa",
            "model": "m",
            "data": [{"file": note, "entries": 3}],
            "score": {"before": {"overall": 0.5}, "after": {"overall": 1.0}},
        },
    )
    again = decode_prompt(encode_prompt(prompt))
    assert again.instructions == prompt.instructions.strip()
    assert (again.fields, again.examples) == (prompt.fields, prompt.examples)
    assert again.provenance == prompt.provenance


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not TOML",
        '"instructions"',
        "\x00",
        "[" * 100_000,
        _PROVENANCE,
        f'instructions = ""\n{_PROVENANCE}',
        f"instructions = 5\n{_PROVENANCE}",
        f'instructions = "x"\nlm = "openai/gpt-4o"\n{_PROVENANCE}',
        f'instructions = "{{fields}}"\n{_PROVENANCE}',
        f'instructions = "x"\n{_FIELDS}{_PROVENANCE}',
        f'instructions = "{{fields}}"\n{_FIELDS}pets = "dogs"\n{_PROVENANCE}',
        f'instructions = "{{fields}}"\n{_FIELDS.replace("some", " ")}{_PROVENANCE}',
        f'instructions = "x"\nexamples = 5\n{_PROVENANCE}',
        f'instructions = "x"\n[[examples]]\nentry = "x"\n{_PROVENANCE}',
        f'instructions = "x"\n[[examples]]\nnames = "x"\n{_PROVENANCE}',
        f'{_GOOD}[[examples]]\nentry = "x"\npeople = [1]\nplaces = []\norganizations = []\n'
        "activities = []\n",
    ],
)
def test_a_broken_file_is_refused(text: str) -> None:
    with pytest.raises(BrokenPromptError):
        decode_prompt(text.encode())


@pytest.mark.parametrize(
    "provenance",
    [
        "",
        "[provenance]\n",
        *(
            "[provenance]\n"
            + "".join(line for line in _BY_HAND.splitlines(keepends=True) if word not in line)
            for word in ("author", "date", "method")
        ),
        _PROVENANCE.replace("2026-05-03", '"yesterday"'),
        _PROVENANCE.replace("by hand", "gepa"),
        _PROVENANCE.replace("by hand", "gepa") + 'model = "m"\n',
        _PROVENANCE.replace("by hand", "gepa") + 'model = "m"\nscore = { after = 1 }\n',
    ],
)
def test_a_file_that_does_not_say_where_it_comes_from_is_refused(provenance: str) -> None:
    with pytest.raises(BrokenPromptError, match="provenance"):
        decode_prompt(f'instructions = "Find names."\n{provenance}'.encode())


@pytest.mark.parametrize("data", [b"\xff\xfe", b"instructions = 'Quagmire", b"x" * 2_000_000])
def test_doctor_names_a_broken_file_and_quotes_nothing_of_it(
    data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locations, "prompts_dir", lambda: tmp_path)
    (tmp_path / OPTIMIZED_FILE).write_text(_GOOD)
    assert find_faults() == []
    (tmp_path / WRITTEN_FILE).write_bytes(data)
    (check,) = [each for each in doctor.run_checks() if each.name == "prompts"]
    assert not check.ok
    assert str(tmp_path / WRITTEN_FILE) in check.detail
    assert "Quagmire" not in check.detail


def test_a_file_that_cannot_be_opened_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locations, "prompts_dir", lambda: tmp_path)
    (tmp_path / WRITTEN_FILE).mkdir()
    (fault,) = find_faults()
    assert fault.path == tmp_path / WRITTEN_FILE
    assert prompt_file.choose_prompt(prompt_file.read_files())[0] is BUILT_IN_PROMPT


def test_a_good_file_is_plain_toml() -> None:
    prompt = Prompt(
        'Say """this""" and \\ that.',
        {},
        (),
        {
            "author": "Ann",
            "date": date(2026, 5, 3),
            "method": "by hand",
        },
    )
    assert tomllib.loads(encode_prompt(prompt).decode())["instructions"] == prompt.instructions
