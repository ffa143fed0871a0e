"""What the screen's process loads, and when."""

from __future__ import annotations

import subprocess
import sys

import pytest
from textual.app import App

from frontend.tui.app.app import CharlieApp

NEVER = ("dspy", "litellm", "llama_cpp", "numpy", "openai")
NOT_BEFORE_THE_FIRST_PAINT = (
    "redis",
    "huey",
    "psutil",
    "frontend.tui.app.worker_link",
    "frontend.tui.text.markdown",
    "textual.widgets._text_area",
)

RUN = """
import asyncio, sys
from charlie import CharlieApp

async def main():
    app = CharlieApp(start_worker=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("n", "h", "i", "escape")
        await pilot.pause(0.5)
        await pilot.press("s", "escape", "slash", "h", "escape", "question_mark", "escape")
        await pilot.pause(0.5)

asyncio.run(main())
print(*sys.modules)
"""


def modules_after(script: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=100
    )
    return set(done.stdout.split())


def test_a_whole_session_loads_no_model_code() -> None:
    loaded = modules_after(RUN)

    assert "frontend.tui.screens.editor" in loaded
    assert not [name for name in loaded if name.partition(".")[0] in NEVER]


def test_the_first_paint_waits_for_nothing_it_does_not_need() -> None:
    loaded = modules_after("import sys\nimport frontend.tui.app.app\nprint(*sys.modules)")

    assert not [name for name in NOT_BEFORE_THE_FIRST_PAINT if name in loaded]


def test_a_command_does_not_load_the_screen() -> None:
    loaded = modules_after(
        "import sys, charlie\ncharlie.main(['list'])\nprint(*sys.modules)",
    )

    assert not [
        name for name in loaded if name.partition(".")[0] in ("textual", "redis", "huey", "psutil")
    ]


def test_a_setting_of_the_screen_is_changed_without_the_screen() -> None:
    loaded = modules_after(
        "import sys, charlie\n"
        "assert charlie.main(['config', 'set', 'theme', 'nord']) == 0\n"
        "print(*sys.modules)",
    )

    assert not [name for name in loaded if name.startswith("frontend.tui")]


def test_the_app_is_made_of_parts_and_no_layers_of_itself() -> None:
    assert CharlieApp.__bases__ == (App,)


@pytest.mark.parametrize("name", ["CharlieApp", "SettingsScreen", "main"])
def test_the_door_has_the_names_that_others_rely_on(name: str) -> None:
    loaded = modules_after(f"import sys, charlie\nassert charlie.{name}\nprint(*sys.modules)")

    assert ("frontend.tui.app.app" in loaded) == (name == "CharlieApp")


def test_the_door_has_no_other_names() -> None:
    import charlie

    with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
        charlie.Nonsense  # noqa: B018
