# Everything needs Python 3.11 or later and make, nothing else.  PYTHON=python3.12 make ...  picks another Python.
PYTHON ?= python3
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.installed
EXAMPLES := heroes blog shop

export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help install demo servers test soak check types checkers stubs features docs pictures bench bench-peers bench-check wheel clean

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 17

install: $(READY) ## make the virtual environment, with everything development needs

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("error: $(PYTHON) is too old\nhint: make PYTHON=python3.11 (or later)")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

demo: $(READY) ## generate stubs, type-check and run an example, catch a planted mistake
	@$(BIN)/python examples/demo.py

test: $(READY) ## run every test; ARGS='-k name' narrows, WORKERS=0 runs them in one process
	$(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=worksteal $(ARGS)

servers: ## install PgBouncer, PostgreSQL's programs, Chromium, zsh and fish, which some tests start (as root on Debian)
	@.ci/servers

soak: $(READY) ## the long runs: values, questions, cancellations, restarts (about an hour)
	ORMGEN_TEST_VALUES=3000 ORMGEN_TEST_TREES=9000 ORMGEN_TEST_SOAK=20000 ORMGEN_TEST_RESTARTS=7 $(BIN)/python -m pytest \
		tests/runtime/models/test_fidelity.py tests/runtime/models/test_oracle.py \
		tests/runtime/models/test_cancellation.py tests/runtime/drivers/test_restart.py $(ARGS)

check: $(READY) ## format, lint, types, fresh stubs, house rules: all that is checked without running
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pyright
	cd examples && ../$(BIN)/ormgen stubs --check $(EXAMPLES)
	cd examples/fastapi_shop && ../../$(BIN)/ormgen stubs --check && ../../$(BIN)/ormgen pydantic --check
	$(BIN)/python -m pytest --quiet tests/test_house.py

types: $(READY) ## mypy --strict and pyright
	$(BIN)/mypy
	$(BIN)/pyright

checkers: $(READY) ## mypy, pyright, ty and pyrefly by the probes of tests/typing; ARGS=--details lists
	$(BIN)/python tests/checkers.py $(ARGS)

stubs: $(READY) ## write the stubs of the examples again
	cd examples && ../$(BIN)/ormgen stubs $(EXAMPLES)
	cd examples/fastapi_shop && ../../$(BIN)/ormgen stubs && ../../$(BIN)/ormgen pydantic

features: $(READY) ## run the tests of features and write docs/features.md
	$(BIN)/python -m pytest --quiet --feature-table

docs: $(READY) ## build the documentation into site/; ARGS=--serve shows it while you write
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs $(if $(filter --serve,$(ARGS)),serve,build --quiet)

pictures: $(READY) ## draw the pictures of completion in an editor again, from the answers of pyright
	$(BIN)/python docs/tools/completion_pictures.py

bench: $(READY) ## ormgen against the raw drivers, start-up, and what stubs of many models cost
	$(BIN)/python benchmarks/run.py $(ARGS)
	$(BIN)/python benchmarks/run_costs.py
	$(BIN)/python benchmarks/run_scale.py

bench-peers: $(READY) ## ormgen and other ORMs, written to benchmarks/RESULTS.md; in an environment of their own
	$(PYTHON) -m venv .bench && .bench/bin/python -m pip install --quiet --editable '.[bench]'
	.bench/bin/python benchmarks/run_peers.py $(ARGS)

bench-check: $(READY) ## instructions of hot workloads against those kept; needs valgrind, no quiet machine
	$(BIN)/python benchmarks/count.py $(ARGS)

wheel: $(READY) ## build dist/*.whl
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

clean: ## remove the virtual environment, caches and builds
	rm -rf $(VENV) .bench build dist site .pytest_cache .ruff_cache .hypothesis
	find . -name .mypy_cache -type d -prune -exec rm -rf {} +
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
