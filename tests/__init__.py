"""Tests of Charlie; they mirror the folders of what they test."""

import os

# Variables that say how the tests run.
_OF_THE_TESTS = ("CHARLIE_FAULTS", "CHARLIE_PICTURES")

# A test says for itself what differs from the defaults. Some are read when a module of Charlie is
# imported, and this is imported before.
for _name in [*os.environ]:
    if _name.startswith(("CHARLIE_", "LLAMA_")) and _name not in _OF_THE_TESTS:
        del os.environ[_name]

# Processes that the tests start would compile every module of Charlie anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
