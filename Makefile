# Set-up, start, checks. `make run` and `make test` need nothing but Python 3.11 or newer (Java 17, Node and a browser are
# fetched where the machine allows it, and named where it does not).
#
# What is installed or built is remembered by stamps whose names hold a checksum of what went in: a changed lock or
# source gives a new name and thereby new work, and touching a file costs nothing.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
INSTALL := $(BIN)/python tools/install.py

checksum = $(shell cat /dev/null $(1) 2>/dev/null | cksum | tr -dc '0-9')

PROJECT := .venv/.stamps/project-$(call checksum,pyproject.toml requirements.txt)
DEV := .venv/.stamps/dev-$(call checksum,requirements-dev.txt)
CLIENT_DEPENDENCIES := client/node_modules/.stamps/dependencies-$(call checksum,client/package-lock.json)
CLIENT := client/dist/.stamps/built-$(call checksum,$(shell tools/client-sources))
stamp = mkdir -p $(@D) && rm -f $(@D)/$(firstword $(subst -, ,$(@F)))-* && touch $@

.PHONY: help run setup test test-client lint format bench prove dist lock clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 13

run: ## set up, make demo data where there is none, serve the dashboard
	@$(MAKE) -s -j2 $(PROJECT) $(CLIENT)
	@$(BIN)/marquee demo || [ $$? -eq 130 ] # Ctrl-C is how it ends

test: ## set up, then every test: unit, integration, browser, client
	@$(MAKE) -s -j2 $(DEV) test-client
	@tools/browser >/dev/null
	@tools/java >/dev/null
	@# Three for two cores: half of their time is waiting. In the order of folders, which ends with small files.
	@TMPDIR=$$(tools/scratch) $(BIN)/python -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder --durations 10

test-client: $(CLIENT) ## the client's own tests; as part of make test, while Python's packages come
	@tools/npm test

lint: $(PROJECT) $(DEV) $(CLIENT_DEPENDENCIES) ## ruff, mypy, the client's own checks, the containers' files
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	tools/npm run lint
	$(BIN)/hadolint Dockerfile
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

format: $(DEV) ## rewrite Python files as ruff likes them
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(PROJECT) $(DEV) ## measure speed and memory
	@$(BIN)/python -m tests.bench

prove: $(PROJECT) $(DEV) ## the long proof of what make test shows on samples; MINUTES=30 for so much of it
	@TMPDIR=$$(tools/scratch) $(BIN)/python -m tests.prove $(if $(MINUTES),--minutes $(MINUTES))

dist: $(PROJECT) $(CLIENT) ## build the wheel and the source distribution into dist/
	@tools/dist dist

setup: $(PROJECT) $(DEV) $(CLIENT) ## everything make test needs, without running it

$(BIN)/python:
	@tools/venv
	@$(INSTALL)

$(PROJECT): | $(BIN)/python
	@echo 'installing the locked Python dependencies'
	@$(INSTALL) requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --config-settings editable_mode=compat --editable .
	@$(stamp)

# After the project: two installers at once in one environment would trip over each other.
$(DEV): | $(PROJECT)
	@echo 'installing what the tests need: Spark is a download of 450 MB'
	@$(INSTALL) requirements-dev.txt
	@$(stamp)

$(CLIENT_DEPENDENCIES): | $(BIN)/python
	@echo "installing the dashboard's dependencies"
	@tools/npm ci --no-audit --no-fund --loglevel=error
	@$(stamp)

$(CLIENT): | $(CLIENT_DEPENDENCIES)
	@echo 'building the dashboard'
	@tools/npm run build
	@$(stamp)

lock: $(BIN)/python ## resolve the dependencies anew and write the lock files
	@tools/lock

clean: ## remove the environment and everything built; keeps .marquee, where the data is
	rm -rf .venv client/node_modules client/dist build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
