# Aftersales. `make` alone lists what can be made. Nothing is needed but make and Python 3.11 or newer.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install -qq --require-hashes
CATALOGUE := locale/zh_Hans/LC_MESSAGES/django
NOT_OURS := --ignore '.venv' --ignore 'var' --ignore 'tests'
UV_COMPILE := uv --quiet pip compile pyproject.toml --generate-hashes --no-header --python-version 3.11 --upgrade

.PHONY: help setup run test check bench e2e campaign fuzz screenshots messages lock

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z0-9_-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(VENV)/.core ## create .venv and install what the system needs, from the lock

run: $(VENV)/.core ## start the system with its demo at http://127.0.0.1:8000 (PORT=8001 changes the port)
	@exec $(BIN)/python -m aftersales.ops.launch

test: $(VENV)/.e2e ## run the suite on SQLite and PostgreSQL, then the browser journeys, as far as they can run here
	@exec $(BIN)/python -m tests

check: $(VENV)/.dev ## lint, settings, migrations, imports and catalogue, in under a minute
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/python -m pytest tests/architecture -q

bench: $(VENV)/.dev ## measure against floors on a private PostgreSQL (BENCH_CLAIMS=100000 changes the size)
	@exec $(BIN)/python -m bench

e2e: $(VENV)/.e2e ## run the browser journeys alone
	@exec $(BIN)/python -m pytest -m browser

campaign: $(VENV)/.dev ## kill processes of the task cluster while they work, some minutes on each database
	@exec $(BIN)/python -m tests.campaigns

fuzz: $(VENV)/.dev ## send hostile requests to every operation of the API, goes on where it was interrupted (FUZZ_EXAMPLES=1000 HOSTILE_VALUES=10000)
	@FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-1000} $(BIN)/python -m pytest tests/rights/test_api_fuzz.py -k stands -v -p no:logging
	@TEST_DB=postgres HOSTILE_VALUES=$${HOSTILE_VALUES:-10000} $(BIN)/python -m pytest tests/rights/test_api_fuzz.py -k value -s -p no:logging

screenshots: $(VENV)/.e2e ## take the pictures of docs/tour.md anew, from a demo of their own
	@exec $(BIN)/python -m pytest -m browser tests/browser/screenshots.py

messages: $(VENV)/.dev ## collect the texts to translate into locale/ and compile the catalogue (needs gettext)
	@command -v xgettext >/dev/null || { echo "make messages needs gettext; on Debian: apt-get install gettext" >&2; exit 1; }
	$(BIN)/django-admin makemessages --locale zh_Hans --no-location --no-obsolete --no-wrap $(NOT_OURS)
	$(BIN)/python -c 'import polib; polib.pofile("$(CATALOGUE).po").save_as_mofile("$(CATALOGUE).mo")'

lock: ## resolve the dependencies anew into requirements/ (maintainers; needs uv)
	$(UV_COMPILE) -o requirements/core.txt
	$(UV_COMPILE) --extra dev -c requirements/core.txt -o requirements/dev.txt
	$(UV_COMPILE) --extra dev --extra e2e -c requirements/dev.txt -o requirements/e2e.txt

# A stamp says that a lock file is installed, so that nothing asks the network a second time.

$(VENV)/.made:
	@python=""; \
	for candidate in $(PYTHON) python3.11 python3.12 python3.13 python3 python; do \
	    if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python="$$candidate"; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	    echo "Python 3.11 or newer is needed and was not found; PYTHON=/path/to/python can name one." >&2; exit 1; \
	fi; \
	echo "Creating $(VENV) with $$($$python --version)"; \
	"$$python" -m venv $(VENV) || { echo "The venv module is missing; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@touch $@

$(VENV)/.core: requirements/core.txt | $(VENV)/.made
	@echo "Installing what the system needs"
	@$(PIP) -r $<
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.core
	@echo "Installing what tests need"
	@$(PIP) -r $<
	@touch $@

$(VENV)/.e2e: requirements/e2e.txt $(VENV)/.dev
	@echo "Installing what browser tests need"
	@$(PIP) -r $<
	@touch $@
