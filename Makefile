# `make demo` shows hearth at work, `make test` proves it; both set up what they need.
# make help lists the rest.

SHELL := /bin/bash
.DEFAULT_GOAL := help

# Another Python: make PYTHON=/usr/bin/python3.12 demo (after make clean).
export PYTHON ?=
VENV := .venv
# An environment with the OpenStack and AWS clients that is there already may be named.
HEARTH_CLIENTS ?= .venv-clients
export HEARTH_CLIENTS
CLIENTS_READY := $(if $(filter .venv-clients,$(HEARTH_CLIENTS)),.venv-clients/.installed)
# How many processes pytest spreads over.
JOBS ?= 2
# What pytest is to run: make test T=tests/unit
T ?= tests

PIP := -m pip install --quiet --disable-pip-version-check --no-input
CLIENTS := python-openstackclient python-heatclient openstacksdk python-swiftclient boto3 awscli \
	pytest

.PHONY: help
help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.PHONY: demo
demo: $(VENV)/.installed ## everything in one process: deploy a template, show it, delete it
	@$(VENV)/bin/hearth demo

.PHONY: test
test: $(VENV)/.tested $(CLIENTS_READY) ## lint, types, layers and all tests
	@$(VENV)/bin/python -m pytest -q -n $(JOBS) --dist loadfile $(T)

.PHONY: lint
lint: $(VENV)/.tested ## only what needs no running
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check --quiet .
	@$(VENV)/bin/mypy
	@PYTHONPATH=src $(VENV)/bin/lint-imports --no-logo

.PHONY: format
format: $(VENV)/.tested ## let ruff lay out the code
	@$(VENV)/bin/ruff check --fix-only --quiet .
	@$(VENV)/bin/ruff format --quiet .

.PHONY: docs
docs: $(VENV)/.installed ## write docs/reference/ anew, from the declarations in the code
	@$(VENV)/bin/python scripts/reference.py

.PHONY: services services-stop
services: ## start RabbitMQ, PostgreSQL and MariaDB for the tests that need them
	@scripts/services start

services-stop: ## stop them; their data stays in .services/
	@scripts/services stop

.PHONY: soak
soak: $(VENV)/.tested ## hours of seeds and kills; reports under bench/reports/
	@$(VENV)/bin/python -m pytest -q -m soak $(T)

.PHONY: bench
bench: $(VENV)/.tested ## run every bench/bench_*.py; reports under bench/reports/
	@compgen -G 'bench/bench_*.py' >/dev/null || { echo "bench/ holds no bench_*.py" >&2; exit 1; }
	@for each in bench/bench_*.py; do $(VENV)/bin/python "$$each" || exit; done

.PHONY: clean
clean: services-stop ## remove all that was made, the environments too
	@if [[ -L .services/state ]]; then rm -rf "$$(readlink -f .services/state)"; fi
	@rm -rf .venv .venv-clients .services .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache build dist src/*.egg-info
	@find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# ------------------------------------------------------------------------------- environments
# A file in each environment says that it is complete, and is older than what it was made from.

$(VENV)/bin/python:
	@echo "Making $(VENV) ..."
	@scripts/make-venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing hearth into $(VENV) ..."
	@$(VENV)/bin/python $(PIP) --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed
	@echo "Installing what the tests need into $(VENV) ..."
	@$(VENV)/bin/python $(PIP) --constraint constraints.txt --editable '.[test]'
	@touch $@

.venv-clients/.installed: constraints-clients.txt
	@echo "Installing the OpenStack and AWS clients into .venv-clients ..."
	@scripts/make-venv .venv-clients
	@.venv-clients/bin/python $(PIP) --constraint constraints-clients.txt $(CLIENTS)
	@touch $@
