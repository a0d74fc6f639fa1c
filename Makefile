# One command each; every one sets up what it needs first. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
BIN := .venv/bin
PYTEST_WORKERS ?= 2

.PHONY: help demo test run check prove bench docs pins clean .venv .venv-test

help: ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

.venv:
	@tools/setup.sh demo

.venv-test:
	@tools/setup.sh test

demo: .venv ## one worker's road from an employer's demand to departure (ARGS="--seed 7 --json")
	@$(BIN)/emigrate demo $(ARGS)

run: .venv ## the site, its jobs and the sandboxes, with an account for every kind of user
	@$(BIN)/emigrate run $(ARGS)

test: .venv-test ## all tests (ARGS="-k clearances")
	@$(BIN)/emigrate db start
	@$(BIN)/python -m pytest -n $(PYTEST_WORKERS) -m "not prove" $(ARGS)

check: .venv ## format, lint, types, contracts, migrations, messages, documents, OpenAPI
	$(BIN)/python -m pip --disable-pip-version-check check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.lint_state
	$(BIN)/python -m tools.lint_inline_imports
	$(BIN)/python -m tools.lint_sizes
	DJANGO_SETTINGS_MODULE=emigrate.config.settings $(BIN)/python -W ignore::RuntimeWarning \
	    -m django makemigrations --check --dry-run
	$(BIN)/python -m tools.messages --check
	$(BIN)/python -m tools.openapi --check
	$(BIN)/python -m tools.docs --check

prove: .venv-test ## the long figures, one JSON line each (FIG=name for one)
	@$(BIN)/python -m bench prove $(FIG)

bench: .venv ## benchmarks beside their limits
	@$(BIN)/python -m bench run $(ARGS)

docs: .venv ## pictures, tables, messages and OpenAPI from the code
	@$(BIN)/python -m tools.messages
	@$(BIN)/python -m tools.openapi
	@$(BIN)/python -m tools.docs
	@$(BIN)/python -m tools.errors

pins: .venv ## write requirements/*.txt anew from pyproject.toml (needs uv)
	uv pip compile -q --python-version 3.11 --generate-hashes --no-annotate --no-header \
	    --no-emit-index-url --no-emit-find-links $(ARGS) pyproject.toml -o requirements/run.txt
	uv pip compile -q --python-version 3.11 --generate-hashes --no-annotate --no-header \
	    --no-emit-index-url --no-emit-find-links $(ARGS) --extra dev pyproject.toml -o requirements/dev.txt
	! grep -nE '(https?|file)://' requirements/*.txt

clean: ## stop the database and remove what was made (the database's data stays)
	@[ ! -x $(BIN)/emigrate ] || $(BIN)/emigrate db stop
	rm -rf .venv .setup.lock build dist *.egg-info .coverage .coverage.* htmlcov
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
