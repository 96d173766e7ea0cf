# Set-up, start, checks. `make run` and `make test` only need Python 3.11 or newer. Java 17, Node and a browser are
# installed if possible; otherwise an error says what to install.
#
# Finished installs and builds leave stamp files with a checksum of their inputs in the name. A changed lock file or
# source gives a new name, so the step runs again; touching a file does not.

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
KUBERNETES := .venv/.stamps/kubernetes-$(call checksum,requirements-kubernetes.txt)
AUDIT := .venv/.stamps/audit-$(call checksum,requirements-audit.txt)
CLIENT_DEPENDENCIES := client/node_modules/.stamps/dependencies-$(call checksum,client/package-lock.json)
CLIENT := client/dist/.stamps/built-$(call checksum,$(shell tools/client-sources))
stamp = mkdir -p $(@D) && rm -f $(@D)/$(firstword $(subst -, ,$(@F)))-* && touch $@

# Bytecode is kept in .venv, also where Python is told to write none: it halves the start of each of the many processes.
export PYTHONDONTWRITEBYTECODE :=
export PYTHONPYCACHEPREFIX := $(CURDIR)/.venv/bytecode

.PHONY: help run setup test test-client lint format bench prove soak screenshots dist audit lock clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 13

run: ## set up, make demo data if there is none, serve the dashboard
	@$(MAKE) -s -j2 $(PROJECT) $(CLIENT)
	@$(BIN)/marquee demo || [ $$? -eq 130 ] # 130 is a normal end by Ctrl-C

test: ## set up, then the tests of all kinds: every quick one, a twentieth of the slow ones (PART=0 to 19)
	@$(MAKE) -s -j2 $(DEV) test-client
	@tools/browser >/dev/null
	@tools/java >/dev/null
	@tools/nginx >/dev/null
	@# Three workers for two cores, because half of the time is waiting. Folder order puts small files last.
	@TMPDIR=$$(tools/scratch) $(BIN)/python -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder --durations 10 \
		--slow $(or $(PART),0)/20

test-client: $(CLIENT) ## the client's own tests; make test runs them while it installs Python packages
	@tools/npm test

lint: $(PROJECT) $(DEV) $(KUBERNETES) $(CLIENT_DEPENDENCIES) ## ruff, mypy, the client's checks, files of containers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python client/python/generate.py
	cd client/python && ../../$(BIN)/mypy
	tools/npm run lint
	$(BIN)/hadolint Dockerfile
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	for version in 1.31 1.34 1.37; do \
		PYTHONPATH=.venv/kubernetes .venv/kubernetes/bin/kubernetes-validate -k $$version --strict --quiet \
			$(filter-out %/kustomization.yaml,$(wildcard deploy/kubernetes/*.yaml)) || exit 1; \
	done

format: $(DEV) ## format Python files with ruff
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(PROJECT) $(DEV) ## measure speed and memory; SCALE=100M measures how cost grows, ONLY=web one section
	@$(BIN)/python -m tests.bench $(ONLY) $(if $(SCALE),--scale $(SCALE))

prove: $(PROJECT) $(DEV) ## full proofs of what make test samples; MINUTES=30 sets a time budget
	@TMPDIR=$$(tools/scratch) $(BIN)/python -m tests.prove $(if $(MINUTES),--minutes $(MINUTES))

soak: $(PROJECT) $(DEV) ## everything at once for MINUTES=10, and nothing may grow or be lost
	@tools/java >/dev/null
	@TMPDIR=$$(tools/scratch) $(BIN)/python -m tests.soak $(if $(MINUTES),--minutes $(MINUTES))

screenshots: $(PROJECT) $(DEV) $(CLIENT) ## the pictures of the docs, by a headless browser on the demo data
	@TMPDIR=$$(tools/scratch) $(BIN)/python -m tests.screenshots "$$(tools/browser)"

dist: $(PROJECT) $(CLIENT) $(AUDIT) ## build the wheel, the source distribution and the bills of materials into dist/
	@tools/dist dist
	@tools/python-client dist
	@$(BIN)/python tools/audit.py materials dist

audit: $(PROJECT) $(CLIENT_DEPENDENCIES) $(AUDIT) ## known weaknesses of all packages; materials and licences into dist/
	@$(BIN)/python tools/audit.py materials dist
	@$(BIN)/python tools/audit.py weaknesses

setup: $(PROJECT) $(DEV) $(CLIENT) ## everything make test needs, without running it

$(BIN)/python:
	@tools/venv
	@$(INSTALL)

$(PROJECT): | $(BIN)/python
	@echo 'installing the locked Python dependencies'
	@$(INSTALL) requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --config-settings editable_mode=compat --editable .
	@$(stamp)

# After the project, because two installers must not run in one environment at once.
$(DEV): | $(PROJECT)
	@echo 'installing test dependencies (Spark is a 450 MB download)'
	@$(INSTALL) requirements-dev.txt
	@$(stamp)

$(KUBERNETES): | $(PROJECT)
	@$(INSTALL) --target .venv/kubernetes requirements-kubernetes.txt
	@$(stamp)

$(AUDIT): | $(PROJECT)
	@$(INSTALL) --target .venv/audit requirements-audit.txt
	@$(stamp)

$(CLIENT_DEPENDENCIES): | $(BIN)/python
	@echo "installing the dashboard's dependencies"
	@tools/npm ci --no-audit --no-fund --loglevel=error
	@$(stamp)

$(CLIENT): | $(CLIENT_DEPENDENCIES)
	@echo 'building the dashboard'
	@tools/npm run build
	@$(stamp)

lock: $(BIN)/python ## resolve the dependencies again and write the lock files
	@tools/lock

clean: ## remove the environment and everything built; keeps the data in .marquee
	rm -rf .venv client/node_modules tests/clients/node_modules tests/clients/*/node_modules client/dist build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
