# Two commands on a fresh machine: `make figures` and `make test`.
PYTHON ?= python3
CORES  ?= 2
# To the shell as a variable, whatever quotes and blanks are in the name of the file.
export CONFIG ?= config.yaml

VENV := .venv
BIN  := $(VENV)/bin
# Always write bytecode, whatever the caller's shell says: without it every job starts slowly.
export PYTHONDONTWRITEBYTECODE =

.DEFAULT_GOAL := help
.PHONY: help check figures readme archive compare test test-fast test-all lint format schema notebook font lock clean clean-cache

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/:/' | column -t -s:

# Snakemake would answer a file that is not valid YAML in UTF-8 with a traceback.
check: $(VENV)/installed  ## say what is wrong with a configuration (CONFIG=config.yaml)
	@$(BIN)/python -m widelimit.study.checks config.yaml "$$CONFIG"

figures: check  ## run a study and build its pages (CORES=2 CONFIG=config.yaml)
	$(BIN)/snakemake --cores $(CORES) --configfile "$$CONFIG" --quiet reason host

readme: figures  ## quote the shipped study in README.md and docs, with picture, findings and claims
	$(BIN)/python -m widelimit.report.quote_in_docs results README.md

# What `make figures` would still have to do is done first.
archive: figures  ## pack the finished study into one file to deposit or send, widelimit-study.tar.gz
	$(BIN)/python -m widelimit.report.archive config.yaml "$$CONFIG" widelimit-study.tar.gz

compare: $(VENV)/installed  ## studies side by side, comparison.html (STUDIES="results results/wide")
	$(BIN)/python -m widelimit.report.comparison $(STUDIES)

# In the order of tests/conftest.py: by default, groups of many tests would come first.
PYTEST := $(BIN)/python -m pytest -n $(CORES) --dist loadgroup --no-loadscope-reorder

test: $(VENV)/installed  ## the tests for every change, linters and whole runs included
	$(PYTEST) -m "not heavy"

test-fast: $(VENV)/installed  ## those of them that train no network and run no study
	$(PYTEST) -m "not slow and not heavy"

# Two processes more than cores: one waits for SLURM, others for disks and signals.
test-all: $(VENV)/installed  ## every test: also SLURM, twenty kills, all pages in a browser, fuzzing
	$(PYTEST) -n $$(( $(CORES) + 2 ))

lint: $(VENV)/installed  ## ruff, snakefmt and Snakemake's own linter
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/snakemake --lint

format: $(VENV)/installed  ## rewrite the sources in the house format
	$(BIN)/ruff check --fix . && $(BIN)/ruff format . && $(BIN)/snakefmt Snakefile workflow

schema: $(VENV)/installed  ## regenerate workflow/schemas and the READMEs of config and results
	$(BIN)/python -m widelimit.study.config > workflow/schemas/config.schema.yaml
	$(BIN)/python -m widelimit.study.config readme > config/README.md
	$(BIN)/python -m widelimit.report.describe_tables > results/README.md

notebook: $(VENV)/installed  ## make docs/explore.ipynb anew, after an edit to docs/explore.md
	$(BIN)/python -m widelimit.report.notebook < docs/explore.md > docs/explore.ipynb

RESOLVE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
  --generate-hashes --no-emit-index-url --no-emit-find-links --no-header

lock: $(VENV)/installed  ## resolve pyproject.toml into requirements.lock anew
	$(RESOLVE) --extra dev pyproject.toml -o requirements.lock

# The font comes with a package that nothing else here needs.
font: $(VENV)/installed  ## cut the font of formulas anew, after an edit to report/pages/math_font.py
	rm -rf .font && $(BIN)/python -m pip install --quiet --no-deps --target .font ziamath==0.13
	$(BIN)/python -m widelimit.report.pages.math_font .font/ziamath/fonts/STIXTwoMath-Regular.ttf
	rm -rf .font

# Snakemake's records of what made which file stay: without them, results of studies that lie
# elsewhere would pass for up to date, whatever has been edited.
clean:  ## delete what studies have left under results/, and Snakemake's logs
	find -H results -mindepth 1 -not -name README.md -delete
	rm -rf .snakemake/log .snakemake/slurm_logs .snakemake/cluster_logs logs

# Of the cache that rules share, only what Snakemake has named; and the links to it in results.
clean-cache:  ## delete the compiled kernels, and what is in SNAKEMAKE_OUTPUT_CACHE
	rm -rf .numba_cache
ifdef SNAKEMAKE_OUTPUT_CACHE
	find "$(SNAKEMAKE_OUTPUT_CACHE)" -maxdepth 1 -type f -regextype posix-extended \
	  -regex '.*/[0-9a-f]{64}[^/]*' -delete
	find results -xtype l -delete
endif

# --no-deps on our own package: everything it needs stands, with hashes, in the lock.
$(VENV)/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

include benchmarks/benchmarks.mk
