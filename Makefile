# make demo, make test: all set-up, then the thing itself, on a bare Debian 12 or any machine with
# Python 3.11. Everything is put into .venv; Borg comes from the system, or from Debian's package.

VENV    := .venv
BIN     := $(VENV)/bin
STAMP   := $(VENV)/.installed
WORKERS ?= 2
LOWEST  := .cache/lowest
MUTANTS := .cache/mutants/venv
PYTHON_314 := .cache/python-3.14
SITE    := .cache/site
COLLECTION := .cache/collection-checks
# Tests of the compiler that start no process and take no minutes there.
PURE := $(addprefix tests/compiler/test_,record.py profiles.py selected.py exit_rules.py scalars.py config.py)
MUTANT_SECONDS ?= 900
OF_PACKAGES := tests/compiler tests/rules tests/shell tests/command_line/test_lint_formats.py \
    tests/command_line/test_migrate.py tests/runtime/test_bad_input.py tests/test_schema.py

.PHONY: collection collection-checks site packages try-packages databases demo test test-lowest fuzz conformance monitoring snapshots torture injections oracle evidence borg14 check docs bench borg chromium \
    mutants test-3.14 clean

demo: $(STAMP) borg
	@scripts/demo $(BIN)/borgplan

test: $(STAMP) borg chromium
	$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

# What depends most on other packages, with the lowest permitted version of each; `make test` has the newest.
test-lowest: $(LOWEST)/.installed
	$(LOWEST)/bin/python -m pytest -n $(WORKERS) -q $(or $(ARGS),$(OF_PACKAGES))

# Mutated inputs for everything that reads any: make fuzz TARGET=loader SECONDS=600
fuzz: $(STAMP)
	@scripts/fuzz "$(TARGET)" $(SECONDS)

# Every recorded trace through `apply`, and signals at every step of their plans, which `make test` does for a part
# of them.
conformance: $(STAMP)
	ALL_TRACES=1 $(BIN)/python -m pytest -n $(WORKERS) -q tests/conformance $(ARGS)

# Hook texts and values that try to be run, in dash and in bash; prints how many were tried and executed.
injections: $(STAMP)
	INJECTIONS=8 $(BIN)/python -m pytest -n $(WORKERS) -q tests/laws/test_injections.py $(ARGS)

# What is written for borgmatic, judged by borgmatic: make oracle BORGMATIC=/path/to/bin/borgmatic (2.1.10)
oracle: $(STAMP)
	BORGMATIC="$(BORGMATIC)" $(BIN)/python -m pytest -n $(WORKERS) -q -m oracle $(ARGS)

# Every recorded run with monitoring services, in simulation and by real processes against a recording server, and runs
# killed or stopped in every program and request, which `make test` does for some; prints the counts by release.
monitoring: $(STAMP)
	ALL_RECORDINGS=1 ALL_POINTS=1 $(BIN)/python -m pytest -n $(WORKERS) -q tests/notify/test_recordings.py \
		tests/notify/test_real_recordings.py tests/notify/test_interrupted.py $(ARGS)

# Runs killed in the middle of every step, which `make test` does for some; prints the counts.
torture: $(STAMP) borg
	ALL_POINTS=1 $(BIN)/python -m pytest -n $(WORKERS) -q tests/end_to_end/test_torture.py \
		tests/snapshots/test_torture.py tests/snapshots/test_freeze.py $(ARGS)

# Ends that look like success and are none: every exit code in every generation, stand-ins, real Borg 1.2 and 1.4;
# and hook texts and values that try to be run. Prints how many were tried and reported, tried and executed.
evidence: $(STAMP) borg
	@scripts/ensure-borg-1.4
	ALL_ENDS=1 INJECTIONS=8 $(BIN)/python -m pytest -n $(WORKERS) -q tests/runtime/test_verdict.py \
		tests/end_to_end/test_evidence.py tests/laws/test_injections.py $(ARGS)

# Dumps of databases: recordings, faults, real servers with real Borg 1.2 and 1.4, archives exchanged with three releases of
# borgmatic; prints how many are equivalent, how many faults were injected and told.
databases: $(STAMP) borg
	@scripts/ensure-borg-1.4
	@scripts/ensure-databases
	@scripts/ensure-borgmatic 2.1.10 2.0.13 1.9.14
	ALL_FAULTS=1 $(BIN)/python -m pytest -n $(WORKERS) -q tests/databases $(ARGS)

# The tests with real Borg, with Borg 1.4 built from its source.
borg14: $(STAMP)
	@scripts/ensure-borg-1.4
	PATH="$(CURDIR)/.cache/borg-1.4/bin:$$PATH" $(BIN)/python -m pytest -n $(WORKERS) tests/end_to_end $(ARGS)

# Small changes to the core, each of which a test should notice: make mutants MUTANT_SECONDS=3600 ROOMS='engine lower'
# They are tried in an order that MUTANT_SEED=… changes.
mutants: $(MUTANTS)/.installed
	$(MUTANTS)/bin/python scripts/mutants.py $(MUTANT_SECONDS) $(ROOMS)

# The compiler's own tests under CPython 3.14, compiled to WebAssembly: node, npm; no processes and no threads there.
test-3.14: $(PYTHON_314)/.installed
	node scripts/python-3.14.mjs $(PYTHON_314) $(or $(ARGS),$(PURE))

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Recorded runs with file-system snapshots, and real btrfs with Borg 1.2 and 1.4; needs root. Prints counts.
snapshots: $(STAMP) borg
	@scripts/ensure-borg-1.4
	$(BIN)/python -m tests.snapshots.recordings
	EVERY=1 ALL_POINTS=1 $(BIN)/python -m pytest -q -n 0 tests/snapshots/test_btrfs.py tests/snapshots/test_torture.py \
		tests/snapshots/test_freeze.py

# The generated pages of docs/.
docs: $(STAMP)
	@scripts/write-docs

# site/: the documentation as a site; links that lead nowhere are errors.
site: $(SITE)/.installed
	$(SITE)/bin/mkdocs build --quiet --strict --clean
	@echo "site/index.html"

# dist/: wheel, source distribution, zipapp, Debian package.
packages: $(STAMP)
	@scripts/make-packages dist

# dist/borgplan-backup-VERSION.tar.gz: the Ansible collection.
collection: $(STAMP)
	@scripts/build-collection dist

# ansible-lint and ansible-test sanity on it.
collection-checks: $(COLLECTION)/.installed
	@scripts/check-collection $(COLLECTION)

# Each of them installed in a clean Debian root of its own, where it plans, backs up and completes; needs root and
# debootstrap, whose root is kept in .cache.
try-packages: packages
	@scripts/try-packages dist
	@scripts/try-role dist

bench: $(STAMP)
	benchmarks/run

borg:
	@scripts/ensure-borg
	@scripts/ensure-fuse
	@scripts/ensure-sshd
	@scripts/ensure-btrfs

# Not needed where there is none: the tests of pages are skipped then.
chromium:
	@scripts/ensure-chromium

$(STAMP): pyproject.toml scripts/ensure-venv
	@scripts/ensure-venv $(VENV)
	@touch $@

$(LOWEST)/.installed: pyproject.toml tests/constraints-lowest.txt scripts/ensure-lowest $(STAMP)
	@scripts/ensure-lowest $(LOWEST)
	@touch $@

$(SITE)/.installed: pyproject.toml scripts/ensure-site $(STAMP)
	@scripts/ensure-site $(SITE)
	@touch $@

$(COLLECTION)/.installed: pyproject.toml scripts/ensure-collection-checks $(STAMP)
	@scripts/ensure-collection-checks $(COLLECTION)
	@touch $@

$(MUTANTS)/.installed: pyproject.toml scripts/ensure-mutants $(STAMP)
	@scripts/ensure-mutants $(MUTANTS)
	@touch $@

$(PYTHON_314)/.installed: pyproject.toml scripts/ensure-python-3.14 $(STAMP)
	@scripts/ensure-python-3.14 $(PYTHON_314)
	@touch $@

clean:
	rm -rf $(VENV) dist build site .mypy_cache .pytest_cache .ruff_cache .hypothesis
