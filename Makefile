# Two commands do all the set-up by themselves: `make app` and `make test`. They need a Python 3.11 to 3.14, nothing else.
# PYTHON=/path/to/python chooses the interpreter.
.DEFAULT_GOAL := help
.PHONY: help app check test suite cover lint style types imports security unit format lock nightly clean

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
# Only to start tools/setup_venv.py, which looks for a supported one itself.
SETUP := $(or $(PYTHON),$(shell command -v python3 || command -v python || command -v python3.14 || command -v python3.13 || command -v python3.12 || command -v python3.11))
SOURCES := coverage,geo,store,ui,words
PYTEST := $(BIN)/python -m pytest
COMPILE := $(BIN)/uv pip compile --quiet --universal --fork-strategy fewest --generate-hashes --no-header --no-annotate --python-version 3.11

export PYTHON
export STREAMLIT_BROWSER_GATHER_USAGE_STATS := false

help: ## say what there is
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

app: .venv/run.stamp ## set up and open the app on 127.0.0.1:8501
	$(BIN)/python -m streamlit run app.py

check: lint unit ## lint, types, imports and unit tests: about a minute, before every commit

# mypy and bandit keep one processor busy for a minute: the tests need not wait for them.
test: style imports ## everything that CI runs: check, pages and browser
	$(MAKE) --no-print-directory --jobs=3 types security suite

# Two processes on two processors: threads of their own would wait for one another.
suite: export OMP_NUM_THREADS := 1
suite: .venv/dev.stamp
	$(PYTEST) -q -n 2 --dist loadfile --no-loadscope-reorder

cover: .venv/dev.stamp ## which lines no test runs: as long again as the tests, because child processes are watched too
	$(BIN)/python -m slipcover --skip-covered --source $(SOURCES) -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder

lint: style types imports security

style: .venv/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/dev.stamp
	$(BIN)/mypy

imports: .venv/dev.stamp
	$(BIN)/lint-imports --no-logo

security: .venv/dev.stamp
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml $(wildcard app.py cli.py coverage geo store ui words tools)

unit: .venv/dev.stamp
	$(PYTEST) -q -m "not (page or browser or slow or nightly)"

format: .venv/dev.stamp ## put the code in the house's shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: .venv/dev.stamp ## write both locks anew from pyproject.toml; UPGRADE=--upgrade takes the newest releases
	$(COMPILE) $(UPGRADE) --extra dev --extra cluster --output-file requirements-dev.lock pyproject.toml
	$(COMPILE) --constraint requirements-dev.lock --output-file requirements.lock pyproject.toml

nightly: .venv/dev.stamp ## the tests that take minutes, and thirty times as many hypothesis examples; PART=store takes one folder of tests/
	HYPOTHESIS_PROFILE=nightly $(PYTEST) -q -m "nightly or hypothesis" $(if $(PART),tests/$(PART))

clean: ## remove the environment and all caches; data in var/ stays
	rm -rf .venv .venv-uv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

.venv/run.stamp: requirements.lock tools/setup_venv.py
	$(SETUP) tools/setup_venv.py run

.venv/dev.stamp: requirements-dev.lock tools/setup_venv.py
	$(SETUP) tools/setup_venv.py dev
