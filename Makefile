# `make app` starts the app, `make check` is for while you work, `make test`
# checks everything. All need Python 3.11, 3.12 or 3.13 and make; the rest is
# installed into .venv.

PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11,\
	$(if $(shell $(name) -c 'import sys; print((3, 11) <= sys.version_info[:2] <= (3, 13) or "")' 2>/dev/null),$(name))))
ADDRESS ?= 127.0.0.1
PORT ?= 8501
# Processes that run tests side by side; each takes up to 2 GB.
JOBS ?= 2

VENV := .venv
RUN := $(VENV)/bin/python
APP_STAMP := $(VENV)/.app
DEV_STAMP := $(VENV)/.dev
CHROMIUM = $(firstword $(foreach name,chromium chromium-browser google-chrome,$(shell command -v $(name) 2>/dev/null)))

# No accelerator is looked for, and TensorFlow keeps its notes to itself.
export CUDA_VISIBLE_DEVICES =
export TF_CPP_MIN_LOG_LEVEL = 2
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# The tests start many processes, and none of them need compile the package anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := app
.PHONY: app check fast test bench lint format clean browser

app: $(APP_STAMP) ## the app on http://127.0.0.1:8501
	@$(RUN) -m densexplain serve --address $(ADDRESS) --port $(PORT)

check: ## style, types, import rules and the fast tests, side by side
	@$(MAKE) --no-print-directory --jobs=2 lint fast

fast: $(DEV_STAMP)
	$(RUN) -m pytest -n $(JOBS) --dist worksteal -m "not slow" tests/unit $(PYTEST)

test: lint browser ## everything, the browser included
	$(RUN) -m coverage erase
	$(RUN) -m pytest -n $(JOBS) --dist worksteal --cov --cov-report=term $(PYTEST)

lint: $(DEV_STAMP) ## style, types and import rules
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(VENV)/bin/lint-imports

format: $(DEV_STAMP) ## put the code into its one form
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

bench: $(DEV_STAMP) browser ## the measured figures beside their targets
	$(RUN) tests/benchmarks/run.py

clean: ## remove everything that make has made
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .coverage .coverage.* htmlcov

$(RUN):
	@test -n "$(PYTHON)" || { echo "make: Python 3.11, 3.12 or 3.13 is needed and none was found on the PATH" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "make: $(PYTHON) cannot make virtual environments; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# Stamps: a changed list of packages installs anew, an unchanged one costs nothing.
$(APP_STAMP): requirements.txt | $(RUN)
	@echo "Installing the app's packages into $(VENV); this takes a few minutes once."
	@$(RUN) -m pip install --quiet -r requirements.txt
	@touch $@

$(DEV_STAMP): requirements-dev.txt requirements.txt | $(RUN)
	@echo "Installing the app's and the tests' packages into $(VENV); this takes a few minutes once."
	@$(RUN) -m pip install --quiet -r requirements-dev.txt
	@touch $@ $(APP_STAMP)

# Playwright drives the system's Chromium, so no browser is downloaded by it.
browser:
	@test -n "$(CHROMIUM)" || { $(call as_root,apt-get update) && $(call as_root,apt-get install --yes --no-install-recommends chromium); } || { \
		echo "make: the browser tests need Chromium; install it, for example: apt-get install chromium" >&2; exit 1; }

as_root = if test "$$(id -u)" = 0; then DEBIAN_FRONTEND=noninteractive $(1) >/dev/null; else sudo -n $(1) >/dev/null; fi
