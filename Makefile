# make run: the app on http://127.0.0.1:8501, for this machine alone. make present: for everybody in the room.
# make test: every test. make check: linters, types, the order of the rooms.
# Needs Python 3.11 or newer; another one: make run PYTHON=python3.12

PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
# One worker more than there are cores, since browser tests often wait; fast tests first, handed out two by two, so that no
# worker is left with all the slow ones. One thread to a product of matrices: on busy cores several wait for each other.
WORKERS := $(shell $(PYTHON) -c "import os; print(min(4, (os.cpu_count() or 1) + 1))")
PYTEST := OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) --maxschedchunk 2

.PHONY: run present test coverage check format browser models clean

run: .venv/app-installed
	$(BIN)/python -m digitlab run $(ARGS)

# On the local network, for a lecture: prints the address, its QR code and the presenter's password.
present: .venv/app-installed
	$(BIN)/python -m digitlab present $(ARGS)

test: .venv/dev-installed browser
	$(PYTEST) $(ARGS)

# Shows which lines no test reaches; lines that run in workers and in separate processes count as reached.
coverage: .venv/dev-installed browser
	$(PYTEST) --cov --cov-report=term-missing:skip-covered $(ARGS)

check: .venv/dev-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy

format: .venv/dev-installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# A Chromium for the browser tests: the machine's own, else one is installed, else it says what that means.
browser: .venv/dev-installed
	@$(BIN)/python -m tests.browser.chromium

# The two flagship models, from scratch; the CNN first, since it teaches the DNN.
models: .venv/app-installed
	$(BIN)/python -m digitlab train cnn
	$(BIN)/python -m digitlab train dnn

clean:
	rm -rf .venv

.venv/app-installed: requirements.txt $(wildcard requirements/*.txt) | .venv/bin/python
	$(BIN)/python -m pip install --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/dev-installed: requirements-dev.txt .venv/app-installed
	$(BIN)/python -m pip install --disable-pip-version-check -r requirements-dev.txt
	@touch $@

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "digitlab needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
		echo "No virtual environment could be made. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
