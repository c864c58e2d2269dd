# make demo: the whole job on a bundled organisation.  make test: everything that must hold.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint types contracts unit coverage fuzz bench bench-pairs clean lock

.venv/.done: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check uv==0.13.8
	$(BIN)/uv pip sync -q --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q connectors reports scanner signatures
	touch $@

demo: .venv/.done
	$(BIN)/aicensus demo --out out/demo

test: .venv/.done
	$(MAKE) --no-print-directory -j2 --output-sync=target lint types contracts
	$(MAKE) --no-print-directory unit

lint: .venv/.done
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/aicensus signatures lint
	$(BIN)/aicensus formats test

types: .venv/.done
	$(BIN)/mypy

contracts: .venv/.done
	$(BIN)/lint-imports

unit: .venv/.done
	$(BIN)/python -m pytest -n auto --dist loadfile

# tracing every branch makes the tests take half as long again, and nothing is decided by it
coverage: .venv/.done
	$(BIN)/python -m pytest -n auto --dist loadfile --cov --cov-report=term

fuzz: .venv/.done
	$(BIN)/python -m pytest -n auto -m fuzz

bench: .venv/.done
	$(BIN)/python bench/run.py
	$(BIN)/python bench/readers.py

# an hour on a quiet machine: against what else could be done with the same files
bench-pairs: .venv/.done
	$(BIN)/python bench/pairs.py

lock: .venv/.done
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q \
	    pyproject.toml --group dev -o requirements.lock

clean:
	rm -rf .venv out dist build
