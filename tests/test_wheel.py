"""What the wheel holds besides code, as an installation finds it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_an_installation_finds_its_prompts_inside_the_package(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", tmp_path],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    assert not (site / "prompts").exists()
    code = (
        f"import sys; sys.path.insert(0, {str(site)!r})\n"
        "from backend import locations\n"
        "from backend.inference.llm import prompt_file\n"
        "print(locations.prompts_dir(), *prompt_file.read_files(), len(prompt_file.find_faults()))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == [str(site / "backend" / "prompts"), "extract_nodes.toml", "0"]
