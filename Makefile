# popliteal: everything a bare machine with Python 3.11, 3.12 or 3.13 needs. `make help` lists the targets.
#
#   make demo                     reads the demonstration notes and prints what it found
#   make test PYTHON=python3.12   the same target on another interpreter, in an environment of its own

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

# A name on the PATH is not enough (version managers leave shims that only print an error): the interpreter has to run,
# be of a supported version and be able to make a virtual environment.
WORKS := import ensurepip, sys, venv; v = sys.version_info[:2]; (3, 11) <= v <= (3, 13) or sys.exit(1); print("%d.%d" % v)
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	  if "$$p" -c '$(WORKS)' >/dev/null 2>&1; then echo "$$p"; break; fi; done)
PYVER := $(shell $(if $(PYTHON),"$(PYTHON)" -c '$(WORKS)' 2>/dev/null))
VENV ?= .venv-$(PYVER)
BIN := $(VENV)/bin
CONSTRAINTS = constraints-$(PYVER).txt
DEMO_NOTES ?= corpora/demo/notes.csv
DEMO_OUT ?= demo-out
PYTEST_ARGS ?=

# Wheels only: nothing is compiled, and an old source release is never taken in the place of a missing wheel. PySpark alone
# is a source release, of Python and jars (450 MB), so only test-all installs it.
WHEELS = -qq --disable-pip-version-check --only-binary :all: --no-binary pyspark
INSTALL = "$(BIN)/python" -m pip install $(WHEELS) -c $(CONSTRAINTS)

.PHONY: help demo test test-all lint format docs constraints clean python

help:
	@echo 'make demo         install, read the demonstration notes into $(DEMO_OUT)/ and print a summary'
	@echo 'make test         install what the tests need and run them (minutes)'
	@echo 'make test-all     the same and the slow ones: wheels, the documentation, long runs, Spark (450 MB to install)'
	@echo 'make lint         ruff and mypy --strict'
	@echo 'make format       let ruff rewrite the formatting'
	@echo 'make docs         renew the answers of commands that README.md and docs/ show'
	@echo 'make constraints  renew the constraints-*.txt of every Python found here'
	@echo 'make clean        remove environments and output made by this Makefile'
	@echo 'PYTHON=...        the interpreter (now: $(or $(PYTHON),none found); Python $(or $(PYVER),-))'

python:
	@if [ -z '$(PYVER)' ]; then \
	  echo 'popliteal needs Python 3.11, 3.12 or 3.13 with the venv module (Debian: python3-venv); $(if $(PYTHON),"$(PYTHON)" is not one,none was found).' >&2; \
	  echo 'Name one: make $(or $(firstword $(MAKECMDGOALS)),demo) PYTHON=/path/to/python3.12' >&2; exit 1; fi

# Each stamp is written last, so an install that failed or was interrupted is done again by the next make. An environment
# whose interpreter no longer runs (it was moved, or its Python removed) is made anew.
ifneq ($(PYVER),)
ifneq ($(wildcard $(VENV)),)
ifneq ($(shell "$(BIN)/python" -c '$(WORKS)' 2>/dev/null),$(PYVER))
$(shell rm -f "$(VENV)"/installed-*)
endif
endif
endif

ALL_EXTRAS := [test,spark]# by name: a comma would end the argument of the call

define install
	@rm -f "$@"
	@if ! "$(BIN)/python" -m pip --version >/dev/null 2>&1; then rm -rf "$(VENV)"; "$(PYTHON)" -m venv "$(VENV)"; fi
	@echo 'Installing popliteal$(1) for Python $(PYVER) into $(VENV) ...' >&2
	@$(INSTALL) -e '.$(1)'
	@touch "$@"
endef

$(VENV)/installed-run: pyproject.toml $(wildcard $(CONSTRAINTS)) | python
	$(call install,)

$(VENV)/installed-test: pyproject.toml $(wildcard $(CONSTRAINTS)) | python
	$(call install,[test])

$(VENV)/installed-test-all: pyproject.toml $(wildcard $(CONSTRAINTS)) | python
	$(call install,$(ALL_EXTRAS))

$(VENV)/installed-dev: pyproject.toml $(wildcard $(CONSTRAINTS)) | python
	$(call install,[dev])

demo: $(VENV)/installed-run
	@rm -rf "$(DEMO_OUT)"
	@"$(BIN)/popliteal" batch "$(DEMO_NOTES)" --out "$(DEMO_OUT)"

test: $(VENV)/installed-test
	"$(BIN)/python" -m pytest -n 2 --dist loadgroup -m 'not slow' $(PYTEST_ARGS)

test-all: $(VENV)/installed-test-all
	"$(BIN)/python" -m pytest -n 2 --dist loadgroup $(PYTEST_ARGS)

lint: $(VENV)/installed-dev
	"$(BIN)/ruff" check .
	"$(BIN)/ruff" format --check .
	"$(BIN)/mypy"

format: $(VENV)/installed-dev
	"$(BIN)/ruff" check --fix .
	"$(BIN)/ruff" format .

docs: $(VENV)/installed-run
	"$(BIN)/python" docs/console.py

# What `pip` resolves today for each Python, as plain name==version. It is tests and demo that are pinned by these files;
# the package itself only asks for ranges, and CI installs it without constraints too. The extra [medspacy] is left out:
# on Python 3.11 it needs an older spaCy and NumPy than the rest.
constraints: python
	@for version in 3.11 3.12 3.13; do \
	  for candidate in '$(PYTHON)' python$$version "$$HOME"/.pyenv/versions/$$version.*/bin/python; do \
	    if [ "$$("$$candidate" -c '$(WORKS)' 2>/dev/null)" != $$version ]; then continue; fi; \
	    scratch=$$(mktemp -d); trap 'rm -rf "$$scratch"' EXIT; \
	    "$$candidate" -m venv "$$scratch/venv"; \
	    "$$scratch/venv/bin/python" -m pip install $(WHEELS) '.[dev,spark]'; \
	    { echo "# Python $$version; written by make constraints"; \
	      "$$scratch/venv/bin/python" -m pip freeze --exclude popliteal | grep -E '^[A-Za-z0-9._-]+==[^ ]+$$'; } > "$$scratch/frozen"; \
	    cp "$$scratch/frozen" constraints-$$version.txt; rm -rf "$$scratch"; \
	    echo "constraints-$$version.txt: $$(grep -c == constraints-$$version.txt) packages" >&2; break; \
	  done; \
	done

clean:
	rm -rf .venv-3.11 .venv-3.12 .venv-3.13 "$(DEMO_OUT)" dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find pipeline tests -name __pycache__ -type d -prune -exec rm -rf {} +
