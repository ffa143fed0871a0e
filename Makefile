# Everything that sets Charlie up lives in .venv; nothing outside this folder is touched.

VENV := .venv
BIN := $(VENV)/bin
# The first Python of at least 3.11; PYTHON=... overrides.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$p; break; }; done)

.PHONY: run test faults pictures check clean

run: $(VENV)/installed ## Set up and open the journal
	@$(BIN)/charlie

# A worker for every processor; one that has finished takes over tests from another.
PARALLEL := --numprocesses logical --dist worksteal

test: $(VENV)/installed-dev ## Set up and pass the tests
	$(BIN)/pytest $(PARALLEL)

faults: $(VENV)/installed-dev ## The long form of the fault suite: 8 to 12 minutes, a table in build/faults.md
	CHARLIE_FAULTS=long $(BIN)/pytest tests/faults

pictures: $(VENV)/installed-dev ## Make the pictures in docs/pictures anew, which the tests compare with the screens
	CHARLIE_PICTURES=write $(BIN)/pytest tests/frontend/tui/screens/test_match_pictures.py

check: $(VENV)/installed-dev ## Style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean: ## Remove what the other targets made
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Charlie needs Python 3.11 or newer; none was found." >&2; exit 1; }
	@command -v c++ >/dev/null || command -v g++ >/dev/null || command -v clang++ >/dev/null || \
		{ echo "Charlie needs a C/C++ compiler to build llama.cpp (Debian: apt install build-essential; macOS: xcode-select --install)." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# llama.cpp is compiled here: four to five minutes on two cores, once.
$(VENV)/installed: pyproject.toml | $(VENV)/bin/python
	@echo "Installing Charlie; building llama.cpp takes a few minutes the first time."
	$(BIN)/pip install --quiet --editable .
	@touch $@

$(VENV)/installed-dev: pyproject.toml | $(VENV)/bin/python
	@echo "Installing Charlie and its test tools; building llama.cpp takes a few minutes the first time."
	$(BIN)/pip install --quiet --editable ".[dev]"
	@touch $@ $(VENV)/installed
