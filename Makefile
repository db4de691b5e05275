# One command is what CI runs: make test. Needs Python 3.11 or newer, git and make.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.set-up

.PHONY: help setup try test journeys mutants known-mutants bench fix generate

help: ## Say what can be made.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(STAMP) ## Set up .venv with pinned dependencies and the pratique command.

$(STAMP): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Pratique needs Python 3.11 or newer: make setup PYTHON=python3.11")'
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	@touch $(STAMP)

try: $(STAMP) ## A governed install from nothing to a proven record, in under a minute.
	@$(BIN)/python -m tools.try_it

test: $(STAMP) ## Everything CI checks.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	PYTHONPATH=src:. $(BIN)/lint-imports
	$(BIN)/python -m tools.generate --check
	$(BIN)/python -m pytest -q -n auto -m "not journey"

journeys: $(STAMP) ## Real pip, uv, Poetry, pdm and pipx against a real gate. Half an hour.
	$(BIN)/python -m pytest -q -m journey tests/journeys

mutants: $(STAMP) known-mutants ## Change policy, record, archive, scan and HTTP code, and see which changes no test notices. Hours.
	$(BIN)/python -m tools.mutants

known-mutants: $(STAMP) ## Plant the faults that no test noticed once, leave out each rule, and see each found. Minutes.
	$(BIN)/python -m tools.known_mutants
	$(BIN)/python -m tools.known_mutants --rules

bench: $(STAMP) ## Measure for some minutes, print a table, write bench/out/latest.json.
	$(BIN)/python -m bench.run

fix: $(STAMP) ## Format, mend what can be mended, generate.
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python -m tools.generate
	$(BIN)/python -m tools.attacks

generate: $(STAMP) ## Write registries and reference pages from the code.
	$(BIN)/python -m tools.generate
	$(BIN)/python -m tools.attacks
