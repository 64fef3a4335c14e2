# Everything a person or a CI needs. `make help` lists it; docs/operations.md says more.

PORT ?= 8000
ARGS ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check --no-input
PO := $(wildcard tracker/translations/*/LC_MESSAGES/*.po)
TEMPLATE := build/messages.pot

# An install is named after what it was made from, and where: nothing is installed twice, nothing is missed.
digest = $(shell { echo '$(CURDIR)'; cat $(1) pyproject.toml; } | cksum | cut -d ' ' -f 1)
TO_RUN := .venv/to-run-$(call digest,requirements.txt)
TO_TEST := .venv/to-test-$(call digest,requirements-test.txt)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help run test install install-test check lint bench catalogues pictures

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: install ## install what is missing, migrate, serve on http://127.0.0.1:8000 (PORT=8001 for another port)
	@exec $(BIN)/tracker serve --port $(PORT)

test: install-test ## install what is missing, run every test (ARGS="tests/intake -k void" for some)
	@$(BIN)/python -m pytest -n auto $(ARGS)

install: $(TO_RUN) $(PO:.po=.mo) ## set-up only

install-test: $(TO_TEST) $(PO:.po=.mo)

check: lint test ## ruff, mypy strict, template and catalogue checks, tests

lint: install-test
	@$(BIN)/python -m ruff check
	@$(BIN)/python -m ruff format --check
	@$(BIN)/python -m mypy

bench: install ## the benchmarks, each a ratio to what the machine can do
	@$(BIN)/python -m bench

pictures: install-test ## take the pictures of the README anew, at a made-up depot, in Chromium
	@$(BIN)/python -m tests.e2e.pictures

catalogues: install ## take new wording from code and templates into the French and English catalogues
	@mkdir -p $(dir $(TEMPLATE))
	@$(BIN)/pybabel -q extract -F pyproject.toml -k _l --no-location --sort-output --project=tracker -o $(TEMPLATE) .
	@for language in fr en; do \
	    $(BIN)/pybabel -q update -i $(TEMPLATE) -d tracker/translations -l $$language --init-missing \
	        --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date || exit 1; \
	done

$(TO_RUN): | $(BIN)/python
	@echo 'Installing the locked dependencies'
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@rm -f .venv/to-run-* && touch $@

$(TO_TEST): | $(BIN)/python
	@echo 'Installing the locked dependencies and those of the tests'
	@$(PIP) install --require-hashes -r requirements-test.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@rm -f .venv/to-test-* && touch $@

%.mo: %.po
	@echo 'Compiling $<'
	@$(BIN)/pybabel -q compile -i $< -o $@

# The first Python on the machine that is new enough and can make environments.
$(BIN)/python:
	@for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	    $$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	    echo "Making .venv with $$($$python -V)"; \
	    exec $$python -m venv --clear .venv; \
	done; \
	echo 'Python 3.11 or newer, with its venv module, is needed and was not found.' >&2; \
	echo 'On Debian: apt install python3-venv. Elsewhere: make PYTHON=/path/to/python3' >&2; \
	exit 1
