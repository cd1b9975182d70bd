# make run: the app, for this machine alone. make present: for everybody in the room.
# make test: every test. make attack: what strangers try. make check: linters, types, the order of the rooms.
# Needs Python 3.11 to 3.14; another one: make run PYTHON=python3.12

PYTHON ?= python3
export UV_SYSTEM_CERTS ?= 1
BIN := .venv/bin
ARGS ?=
# One worker more than there are cores, since browser tests often wait; fast tests first, handed out two by two, so that no
# worker is left with all the slow ones. One thread to a product of matrices: on busy cores several wait for each other.
WORKERS = $(shell $(PYTHON) -c "import os; print(min(4, (os.cpu_count() or 1) + 1))")
PYTEST = OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) --maxschedchunk 2 --durations 40 --durations-min 5

.PHONY: run present test attack coverage check format browser models messages lock parts audit clean

run: .venv/app-installed
	$(BIN)/python -m digitlab run $(ARGS)

# On the local network, for a lecture: prints the address, its QR code and the presenter's password.
present: .venv/app-installed
	$(BIN)/python -m digitlab present $(ARGS)

test: .venv/dev-installed browser
	$(PYTEST) $(ARGS)

# What strangers may try, on this machine alone, in eight minutes. First one attack at a time where answers are timed.
TIMED = tests/attacks/test_beside_attackers.py tests/attacks/test_stopped_database.py
attack: .venv/dev-installed
	$(BIN)/python -m pytest -m attack -s $(TIMED) $(ARGS)
	$(PYTEST) -m attack $(addprefix --ignore ,$(TIMED)) $(ARGS)

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

# Brings the catalogues of all languages up to date with the marked sentences; the app reads them as they are.
LOCALE = digitlab/wording/locale
messages: .venv/dev-installed
	$(BIN)/pybabel extract --project digitlab --version 0 --msgid-bugs-address digitlab --no-location --sort-output \
		--keyword NP_:1c,2 --add-comments Translators: --strip-comments \
		--output-file $(LOCALE)/digitlab.pot digitlab pages app.py
	$(BIN)/pybabel update --domain digitlab --input-file $(LOCALE)/digitlab.pot --output-dir $(LOCALE) \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap

# The lock files, anew, after a change in requirements/. What they hold already keeps its version; newer ones: ARGS=--upgrade.
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--annotation-style line --constraints requirements/constraints.txt --custom-compile-command
lock: .venv/dev-installed
	$(LOCK) "make lock  # everything that developers need" --output-file requirements-dev.txt $(ARGS) \
		requirements/app.txt requirements/train.txt requirements/cluster.txt requirements/dev.txt
	cp requirements-dev.txt requirements.txt # the versions to keep
	$(LOCK) "make lock  # what running, exploring and training need" --output-file requirements.txt \
		requirements/app.txt requirements/train.txt
	cp requirements-dev.txt requirements-cluster.txt
	$(LOCK) "make lock  # what an app of several servers needs" --output-file requirements-cluster.txt \
		requirements/app.txt requirements/cluster.txt
	$(LOCK) "make lock  # what make parts and make audit need" --output-file requirements-audit.txt $(ARGS) \
		requirements/audit.txt

# All that running and training install, in CycloneDX's format: every part with its version, place and hashes.
parts: .venv/audit-installed
	.venv/audit/bin/python -W ignore -m cyclonedx_py requirements --output-reproducible --sv 1.6 --mc-type application \
		--pyproject pyproject.toml --output-file parts.cdx.json requirements.txt
	@echo "The parts are in parts.cdx.json."

# Known vulnerabilities of what the lock files name. They are asked of PyPI, which not every machine can reach.
audit: .venv/audit-installed
	@if $(BIN)/python -c "import urllib.request as r; r.urlopen('https://pypi.org/pypi/pip/26.0/json', timeout=20)" 2>/dev/null; then \
		.venv/audit/bin/pip-audit --disable-pip --require-hashes -r requirements.txt && \
		.venv/audit/bin/pip-audit --disable-pip --require-hashes -r requirements-cluster.txt; \
	else echo "No database of vulnerabilities can be reached from here, so nothing was looked up."; fi

clean:
	rm -rf .venv

# Installs a lock file: with uv, which trusts the machine's certificates as pip does, or else with pip. A pipe has not the exit
# status of its first command, so the file to make tells whether uv succeeded.
define install
	@rm -f $@; echo "Installing what $< names ..."
	@{ $(BIN)/uv pip install --python $(BIN)/python --require-hashes -r $< 2>&1 && touch $@; } | \
		grep -Ev '^( [-+~]| Downloaded|Using Python) '; \
	[ -e $@ ] || { echo "uv did not install it, so pip will, in some minutes."; \
		$(BIN)/python -m pip $(PIP_OPTIONS) --progress-bar off -r $<; }
	@touch $@
endef
PIP_OPTIONS = install --disable-pip-version-check --require-hashes

.venv/app-installed: requirements.txt | .venv/bin/pip
	$(install)

.venv/dev-installed: requirements-dev.txt | .venv/bin/pip
	$(install)

.venv/audit-installed: requirements-audit.txt | .venv/dev-installed
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv/audit
	@$(BIN)/uv pip install --quiet --python .venv/audit/bin/python --require-hashes -r $<
	@touch $@

# The environment, with pip and uv in it: brought by the machine's uv, by its pip, or by the pip that Python carries with
# it, which takes seconds longer. Where there is no uv to be had, pip is enough.
GET = $(PIP_OPTIONS) --quiet --no-compile --only-binary :all: -r .venv/installers.txt 2>/dev/null
.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null || \
		{ found=$$($(PYTHON) --version 2>&1) || found=missing; \
		echo "digitlab needs Python 3.11 to 3.14; $(PYTHON) is $$found. Try: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv --without-pip .venv
	@sed -n -e '/^pip==/,/[^\]$$/p' -e '/^uv==/,/[^\]$$/p' requirements-dev.txt >.venv/installers.txt
	@uv pip install --quiet --python $(BIN)/python --require-hashes -r .venv/installers.txt 2>/dev/null || \
		$(PYTHON) -m pip --python $(BIN)/python $(GET) || \
		{ $(PYTHON) -m venv .venv && { $(BIN)/python -m pip $(GET) || true; }; } || { rm -rf .venv; \
		echo "No virtual environment could be made. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
