# The one door. Each target sets up what it needs: Python 3.11 or later is all that has to be there.

.DEFAULT_GOAL := help
.PHONY: help run test check bench fuzz golden format clean

# The first Python that is new enough and has a module.
find_python = $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
  "$$name" -c 'import sys, $(1); sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
  && echo "$$name" && break; done)
PYTHON ?= $(or $(call find_python,ensurepip),$(call find_python,sys))

VENV := .venv
BIN := $(VENV)/bin
# pip 25.1 is the first that installs dependency groups.
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
PATHS := ecbackup_iac checks tests benchmarks

help:
	@echo 'make run      judge the examples'
	@echo 'make test     run the tests'
	@echo 'make check    format, lint, types, layers'
	@echo 'make bench    measure what is to be fast, beside what it is measured by'
	@echo 'make fuzz     feed what nobody would write, for MINUTES=2 minutes a harness'
	@echo 'make golden   rewrite the expected outputs, to be read in the diff'
	@echo 'make format   lay the code out'
	@echo 'make clean    remove what make built'

run: $(VENV)/run.stamp
	$(BIN)/ecbackup-iac check --exit-zero --policy examples/.ecbackup.toml examples

test: $(VENV)/test.stamp
	$(BIN)/python -m pytest --quiet --numprocesses auto --dist loadfile

check: $(VENV)/lint.stamp
	$(BIN)/ruff format --check $(PATHS)
	$(BIN)/ruff check $(PATHS)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: $(VENV)/run.stamp
	$(BIN)/python benchmarks/aims.py

# Guided by coverage, or, for hcl, compared with Terraform: what falls out is in build/fuzz.
# HARNESSES names some of them.
MINUTES ?= 2
HARNESSES ?= configuration template plan policy suppression hcl
fuzz: .venv-fuzz/fuzz.stamp
	@failed=; for harness in $(HARNESSES); do \
	  script="campaign.py $$harness"; test $$harness = hcl && script=hcl_differential.py; \
	  .venv-fuzz/bin/python tests/fuzz/$$script $$(($(MINUTES) * 60)) 2>/dev/null || failed=1; \
	done; test -z "$$failed"

.venv-fuzz/fuzz.stamp: pyproject.toml $(VENV)/python.stamp
	test -x .venv-fuzz/bin/python || $(PYTHON) -m venv .venv-fuzz
	.venv-fuzz/bin/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	.venv-fuzz/bin/python -m pip install --quiet --disable-pip-version-check --editable . --group fuzz
	@touch $@

golden: $(VENV)/test.stamp
	$(BIN)/python -m ecbackup_iac.reporters.report_schema > ecbackup_iac/reporters/report.schema.json
	$(BIN)/python -m ecbackup_iac.control.explanation_schema > ecbackup_iac/control/explanation.schema.json
	ECBACKUP_GOLDEN=rewrite $(BIN)/python -m pytest --quiet tests/test_cases.py tests/test_readme.py tests/reports tests/explanation tests/fix

format: $(VENV)/lint.stamp
	$(BIN)/ruff format $(PATHS)
	$(BIN)/ruff check --fix $(PATHS)

clean:
	rm -rf $(VENV) .venv-browser .venv-checkov .venv-cloudformation .venv-fuzz .venv-hcl2 .venv-tools build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

# An environment whose Python is gone, or that was made in another folder, is made anew.
ifneq ($(shell $(BIN)/python -c '' 2>/dev/null && cat $(VENV)/python.stamp 2>/dev/null),$(CURDIR))
.PHONY: $(VENV)/python.stamp
endif

$(VENV)/python.stamp:
	@test -n '$(PYTHON)' || { echo 'Python 3.11 or later is needed, and none was found.' >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Python 3.11 or later is needed: $(PYTHON) is older, or does not run.' >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "Python's venv module is missing: install it, on Debian and Ubuntu with: apt-get install" \
	    "$$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(PIP) install --upgrade 'pip>=25.1'
	@pwd -P > $@

$(VENV)/run.stamp: pyproject.toml $(VENV)/python.stamp
	$(PIP) install --editable .
	@touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp
	$(PIP) install --group test
	@touch $@

$(VENV)/lint.stamp: $(VENV)/test.stamp
	$(PIP) install --group lint
	@touch $@
