"""The names that the backend hands on are there, and are imported only when they are asked for."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType

import pytest

import backend
from backend import records

PACKAGES = {"backend": backend, "backend.records": records}


@pytest.mark.parametrize("package", PACKAGES.values(), ids=PACKAGES)
def test_every_name_is_there(package: ModuleType) -> None:
    for name in package.__all__:
        assert getattr(package, name) is not None
    assert set(package.__all__) <= set(dir(package))


@pytest.mark.parametrize("package", PACKAGES.values(), ids=PACKAGES)
def test_there_are_no_other_names(package: ModuleType) -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
        package.Nonsense  # noqa: B018
    assert set(package._MODULES) <= set(package.__all__)


def test_the_package_alone_imports_nothing_that_takes_time() -> None:
    code = "import sys, backend, backend.records\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"apsw", "redis", "huey", "dataclasses", "backend.journal"}
    assert not [name for name in loaded if name.startswith("backend.database")]
