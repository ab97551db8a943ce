# Two commands matter: `make demo` runs Redress with a made-up office, `make test` proves it. `make` lists them all.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ASSETS := $(wildcard web/assets/*.* web/assets/scss/*.*)
WORKERS ?= 3
# thousands of throw-away databases, each written durably: in memory where there is room for them
SCRATCH := $(shell test -w /dev/shm && test "$$(df -Pk /dev/shm | awk 'NR==2 {print $$4}')" -gt 2000000 && echo /dev/shm || echo $${TMPDIR:-/tmp})

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1

.PHONY: help install demo test bench check clean

help:  ## what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Redress needs Python 3.11 or newer; $(PYTHON) is `$(PYTHON) --version 2>&1`. Try: make PYTHON=python3.11"; exit 1; }
	@test -x $(BIN)/pip || { echo "Making $(VENV) ..."; $(PYTHON) -m venv $(VENV); } || \
		{ rm -rf $(VENV); echo "Python could not make a virtual environment. On Debian: apt-get install python3-venv"; exit 1; }
	@touch $@

$(VENV)/packages: $(VENV)/made requirements.lock
	@echo "Installing the `grep -c == requirements.lock` packages of requirements.lock into $(VENV) ..."
	@$(BIN)/python -m pip install -r requirements.lock
	@touch $@

$(VENV)/redress: $(VENV)/packages pyproject.toml $(ASSETS)
	@echo "Building the front-end assets and installing redress (half a minute the first time) ..."
	@$(BIN)/python -m pip install -q --no-deps -e .
	@touch $@

install: $(VENV)/redress  ## everything into .venv, front-end assets built
	@test -f web/static/dist/app.css -a -f engine/letter_fonts/stamp.txt || { rm $(VENV)/redress && $(MAKE) --no-print-directory $(VENV)/redress; }

demo: install  ## a demonstration with people, five policies and some ninety cases, on a free local port
	@$(BIN)/redress demo

test: install  ## ruff, then every test, with a real PostgreSQL and a real Chromium
	@tests/bin/bring_services.sh
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@TMPDIR=$(SCRATCH) $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

bench: install  ## the benchmark, with its tables
	@$(BIN)/python tests/bench/bench.py

check: install  ## without the tests: ruff, types, and the shipped policies
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/redress check

clean:  ## what was built; the source stays
	rm -rf $(VENV) web/static/dist engine/letter_fonts build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
