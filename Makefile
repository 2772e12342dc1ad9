# make plan   sets everything up and plans the sample's day
# make test   all the tests (what CI runs)
# make test-long   the ones that take hours: killed two hundred times, ten thousand damaged files of each format
# make bench  speed and quality; make pictures  the README's pictures drawn again

PYTHON ?= python3
BIN := .venv/bin
DAY ?= 2026-11-24
SECONDS_ ?= 30

.PHONY: plan test test-long setup lint bench pictures clean

plan: setup
	@$(BIN)/lookback plan $(DAY) --seconds $(SECONDS_)

test: setup
	@$(BIN)/python -m pytest --numprocesses=auto --dist=worksteal

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

# Hours: what make test tries a few times, two hundred and ten thousand times.
test-long: setup
	@$(BIN)/python -m pytest --numprocesses=auto --dist=worksteal -m long
	@LOOKBACK_FUZZ=10000 $(BIN)/python -m pytest tests/readers/test_fuzz.py tests/readers/test_fuzz_importing.py --numprocesses=auto

bench: setup
	@$(BIN)/python -m pytest tests/benchmarks --benchmark-only

# The pictures of the README, of the sample's day; needs Chromium.
pictures: setup
	@$(BIN)/python docs/pictures.py

setup: .venv/.ready

# Installed again only when the project's description changed.
.venv/.ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Lookback needs Python 3.11 or newer: make setup PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "python3 -m venv is missing: sudo apt install python3-venv"; exit 1; }
	@echo "Setting up .venv (about a minute, once) · 正在安装运行环境(约一分钟,仅一次)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@$(BIN)/python -c 'from planner.solvers.slices import compile_kernels; compile_kernels()'
	@touch $@

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache dist
