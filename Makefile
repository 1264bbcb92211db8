# make demo    install into .venv, run the main job on the bundled data, print where the reports are
# make test    install into .venv, run every test, Rust and Python
# make test-quick  run the Python tests that are not marked slow
# make lint    formatting, lints and types, as CI does
# make fuzz    attack the entry points with random input (SECONDS=600 SEED=7 for longer)
# make bench   time every operation against lifetimes, Polars, DuckDB and pymc-marketing, each in an
#              environment of its own (a quarter of an hour; QUICK=1 for a part of it)
# make bench-check  compare the engine's instruction counts with benches/instructions.json (valgrind)
#
# Needs Rust and a Python of 3.10 or later; PYTHON=/path/to/python chooses which.

VENV ?= .venv
BIN := $(VENV)/bin
OUT ?= demo
SOURCES := pyproject.toml Cargo.toml $(wildcard Cargo.lock) \
	$(shell find src python -type f -not -name '*.pyc' -not -name '*.so' | sed 's/ /\\ /g')

.DEFAULT_GOAL := help
.PHONY: help demo test test-quick lint fuzz bench bench-check clean

help:
	@sed -n '/^#/!q; s/^# \{0,1\}//p' Makefile

# The first Python that is recent enough and can create virtual environments.
$(BIN)/python:
	@python="$(PYTHON)"; \
	if [ -z "$$python" ]; then \
	  for candidate in python3 python3.13 python3.12 python3.11 python3.10; do \
	    if $$candidate -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))' \
	        >/dev/null 2>&1; then python=$$candidate; break; fi; \
	  done; \
	fi; \
	if [ -z "$$python" ]; then \
	  echo "No Python of 3.10 or later with the venv module on PATH; set PYTHON=/path/to/python." >&2; \
	  exit 1; \
	fi; \
	command -v cargo >/dev/null || { echo "Rust is missing: cargo is not on PATH." >&2; exit 1; }; \
	"$$python" -m venv "$(VENV)"
	@$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'

$(VENV)/.package: $(BIN)/python $(SOURCES)
	$(BIN)/python -m pip install --quiet '.[all]'
	@touch $@

$(VENV)/.tests: $(VENV)/.package
	$(BIN)/python -m pip install --quiet --group test
	@touch $@

$(VENV)/.lint: $(VENV)/.tests
	$(BIN)/python -m pip install --quiet --group lint
	@touch $@

demo: $(VENV)/.package
	$(BIN)/tenure demo --out "$(OUT)"

# Property tests draw the same cases in each run, in Rust as in Python.
PROPTEST_RNG_SEED ?= 1

test: $(VENV)/.tests
	PROPTEST_RNG_SEED=$(PROPTEST_RNG_SEED) cargo test --quiet
	$(BIN)/python -m pytest -n auto --dist loadfile

test-quick: $(VENV)/.tests
	$(BIN)/python -m pytest -n auto --dist loadfile -m "not slow"

SECONDS ?= 60
SEED ?= 1

fuzz: $(VENV)/.tests
	$(BIN)/python tests/fuzz/fuzz.py --seconds $(SECONDS) --seed $(SEED)

lint: $(VENV)/.lint
	cargo fmt --check
	cargo clippy --quiet --all-targets -- -D warnings
	PYO3_PYTHON=$(abspath $(BIN)/python) cargo clippy --quiet --all-targets --features python -- -D warnings
	$(BIN)/python .ci/module_cycles.py
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/stubtest tenure._engine

# RESULTS=benches/results stores the figures in the repository. CPython 3.10 for lifetimes and 3.12 or
# 3.13 for pymc-marketing are found on PATH or among pyenv's; LIFETIMES= and PYMC= name others.
RESULTS ?= benches/output
FLO := $(if $(TENURE_REFERENCE_DATA),$(TENURE_REFERENCE_DATA)/data/flo_data_20k.csv)

bench: $(VENV)/.package
	$(BIN)/python benches/run.py --peers "$(VENV)/peers" --output "$(RESULTS)" \
	  $(if $(QUICK),--quick) $(if $(LIFETIMES),--lifetimes-python "$(LIFETIMES)") \
	  $(if $(PYMC),--pymc-python "$(PYMC)") $(if $(FLO),--flo "$(FLO)")

bench-check: $(BIN)/python
	$(BIN)/python benches/instructions.py

clean:
	rm -rf $(VENV) target demo
