"""What a quick run of the tests leaves out of a test that is run several times."""

from __future__ import annotations

import pytest
from _pytest.mark import ParameterSet


def seeds(count: int, *, quick: int) -> list[int | ParameterSet]:
    """Return the seeds 0 to `count` - 1, all but the first `quick` of them marked slow."""
    return [
        seed if seed < quick else pytest.param(seed, marks=pytest.mark.slow)
        for seed in range(count)
    ]
