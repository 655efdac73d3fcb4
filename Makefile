# Everything is set up inside this checkout; nothing else on the machine is changed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test lint types bench docs clean

# From a fresh checkout: install, plan a real shipment, write a page with a map.
demo: $(STAMP)
	$(BIN)/midcorridor plan "Xi'an" Budapest --containers 40x40HC --commodity electronics --depart 2026-12-01 --deadline 35d --compare
	@mkdir -p out
	$(BIN)/midcorridor plan "Xi'an" Budapest --containers 40x40HC --commodity electronics --depart 2026-12-01 --deadline 35d --compare \
		--format html --output out/xian-budapest.html
	@echo "Open out/xian-budapest.html in a browser, or the whole app: $(BIN)/midcorridor serve, then http://127.0.0.1:8765/"

# Lint, types and the whole suite.
test: $(STAMP) lint types
	$(BIN)/python -m pytest
	$(BIN)/midcorridor validate --check

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

bench: $(STAMP)
	$(BIN)/pip install --quiet --require-hashes -r requirements/bench.txt
	$(BIN)/python benchmarks/distance.py
	$(BIN)/python benchmarks/command_line.py
	$(BIN)/python benchmarks/arrival.py
	$(BIN)/python benchmarks/many.py
	$(BIN)/python benchmarks/plan.py
	$(BIN)/python benchmarks/pareto.py
	$(BIN)/python benchmarks/serve.py
	$(BIN)/python benchmarks/simulate.py
	$(BIN)/python benchmarks/simulate_year.py

docs: $(STAMP)
	$(BIN)/midcorridor validate
	$(BIN)/python -m midcorridor.cli.reference docs

$(STAMP): pyproject.toml requirements/dev.txt hatch_build.py $(shell git ls-files web 2>/dev/null)
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "midcorridor needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $(STAMP)

clean:
	rm -rf $(VENV) out build dist .pytest_cache .ruff_cache .mypy_cache
