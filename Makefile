# `make demo` and `make test` are all a newcomer needs; both make their own .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PIP_WHEEL := $(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation
PARALLEL := --numprocesses logical
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11 pyproject.toml

.PHONY: demo test test-slow lint unit bench mutation wheel lock clean

demo: $(VENV)/.demo
	$(BIN)/ccm demo

test: lint unit

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Tests that start processes start many: they read compiled code even where Python is told to leave none behind.
unit test-slow: export PYTHONDONTWRITEBYTECODE =
unit: $(VENV)/.dev
	$(BIN)/pytest $(PARALLEL)

# Before a release: everything, also what `make test` leaves out, with four times the examples of hypothesis.
test-slow: $(VENV)/.dev
	$(BIN)/pytest $(PARALLEL) -m "slow or not slow" --hypothesis-profile thorough

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

mutation: $(VENV)/.dev
	rm -rf mutants
	$(BIN)/mutmut run
	$(BIN)/mutmut results --all true | $(BIN)/python -m benchmarks.mutation_score

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON). Install Python 3.11 or newer, or name it: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than Python 3.11. Name a newer one: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments. On Debian: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/.demo: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PIP_INSTALL) --require-hashes -r requirements.lock
	$(PIP_INSTALL) --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	$(PIP_INSTALL) --require-hashes -r requirements-dev.lock
	$(PIP_INSTALL) --no-deps --no-build-isolation -e .
	touch $@

wheel: $(VENV)/.demo
	$(PIP_WHEEL) --wheel-dir dist .

lock: $(VENV)/.dev
	$(LOCK) --upgrade --extra build -o requirements.lock
	$(LOCK) --upgrade --all-extras -o requirements-dev.lock

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist mutants
