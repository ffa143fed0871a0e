# Everything that sets Charlie up lives in .venv, but for one file: the compiled llama.cpp, which is
# kept in the user's cache folder for the next .venv and the next clone (scripts/install_llama.py).

VENV := .venv
BIN := $(VENV)/bin
# The first Python of at least 3.11; PYTHON=... overrides.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$p; break; }; done)

.PHONY: run test test-all faults pictures check dist lock clean

run: $(VENV)/installed ## Set up and open the journal
	@$(BIN)/charlie

# tests/conftest.py says how many processes; one that has finished takes over tests from another.
PARALLEL := --numprocesses auto --dist worksteal

test: $(VENV)/installed-dev ## Set up and pass the tests that show each behaviour once
	$(BIN)/pytest $(PARALLEL) --quick

test-all: $(VENV)/installed-dev ## All tests: every size and style, the short fault suite; which lines none of them runs
	$(BIN)/pytest $(PARALLEL) --cov --cov-report=term:skip-covered

faults: $(VENV)/installed-dev ## The long form of the fault suite: 8 to 12 minutes, a table in build/faults.md
	CHARLIE_FAULTS=long $(BIN)/pytest tests/faults

pictures: $(VENV)/installed-dev ## Make the pictures in docs/pictures anew, which the tests compare with the screens
	CHARLIE_PICTURES=write $(BIN)/pytest tests/frontend/tui/screens/test_match_pictures.py

check: $(VENV)/installed-dev ## Style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

dist: $(VENV)/installed-dev ## Build the source archive and the wheel in dist/
	$(BIN)/hatchling build --clean --directory dist

lock: ## Try the newest libraries that fit, and write into requirements.lock which they are
	$(PYTHON) -m venv --clear build/lock
	@build/lock/bin/python scripts/install_llama.py
	build/lock/bin/pip install --quiet --editable ".[dev]"
	build/lock/bin/pip list --format=freeze --exclude-editable --exclude pip --exclude setuptools \
		> requirements.lock

clean: ## Remove what the other targets made here; the compiled llama.cpp is kept for the next time
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Charlie needs Python 3.11 or newer; none was found." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml requirements.lock | $(VENV)/bin/python
	@$(BIN)/python scripts/install_llama.py --constraint requirements.lock
	@echo "Installing Charlie and the libraries it uses, which takes about a minute."
	$(BIN)/pip install --quiet --constraint requirements.lock --editable .
	@touch $@

$(VENV)/installed-dev: pyproject.toml requirements.lock | $(VENV)/bin/python
	@$(BIN)/python scripts/install_llama.py --constraint requirements.lock
	@echo "Installing Charlie, the libraries it uses and its test tools, which takes about a minute."
	$(BIN)/pip install --quiet --constraint requirements.lock --editable ".[dev]"
	@touch $@ $(VENV)/installed
