# One command an intent; each sets up what it needs in .venv.
PYTHON ?= python3
BIN := .venv/bin
# The tests run in several processes: one thread each is faster than many that wait for another.
PYTEST := OMP_NUM_THREADS=1 $(BIN)/pytest -n auto

.PHONY: help setup demo test test-slow lint format bench study study-page clean

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	touch $@

setup: .venv/.ready  ## install hemoscope with everything into .venv

.venv-demo/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv-demo
	.venv-demo/bin/python -m pip install --quiet --upgrade pip
	.venv-demo/bin/python -m pip install --quiet -c constraints.txt -e .
	touch $@

demo: .venv-demo/.ready  ## install without torch, draw synthetic cells, classify them
	rm -rf demo-output
	.venv-demo/bin/hemoscope demo --out demo-output

test: .venv/.ready  ## the fast tests
	$(PYTEST) -m 'not slow'

test-slow: .venv/.ready  ## the tests that take longer than a few seconds
	$(PYTEST) -m slow

lint: .venv/.ready  ## style, types, and the walls of the house
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports

format: .venv/.ready  ## put the code in form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/.ready  ## how fast training, evaluation and classification are
	$(BIN)/python benchmarks/bench_training.py
	$(BIN)/python benchmarks/bench_evaluation.py
	$(BIN)/python benchmarks/bench_classify.py $(BENCH)

study: .venv/.ready  ## the paper's models on real cells: make study CELLS=manifest.csv RUNS=folder, STUDY=--reduced for two cores
	$(BIN)/python -m study.run --cells $(CELLS) --runs $(RUNS) $(STUDY)

study-page: .venv/.ready  ## what finished runs say, into docs/: make study-page CELLS=manifest.csv
	$(BIN)/python -m study.evidence --cells $(CELLS)
	$(BIN)/python -m study.page
	$(BIN)/python -m study.ledger
	$(BIN)/hemoscope claims --results results/claims --out docs/claims.md

clean:  ## remove what the commands above have made
	rm -rf .venv .venv-demo demo-output .pytest_cache .ruff_cache .hypothesis build
