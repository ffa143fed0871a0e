"""Every name that the API promises can be had, though it is imported only when asked for."""

from __future__ import annotations

import pytest

import backend


@pytest.mark.parametrize("name", backend.__all__)
def test_a_name_of_the_api_is_there(name: str) -> None:
    assert getattr(backend, name) is not None
