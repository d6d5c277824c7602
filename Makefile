# Two commands: `make run` opens the chat, `make test` runs every check.
.PHONY: run test setup setup-dev lint format bench clean

VENV := .venv
BIN := $(VENV)/bin
export HF_HUB_OFFLINE := 1

run: setup
	$(BIN)/gecko-qa serve --open

setup: $(VENV)/.installed

setup-dev: $(VENV)/.installed-dev

$(VENV)/.installed: pyproject.toml scripts/setup.sh
	bash scripts/setup.sh $(VENV) .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	bash scripts/setup.sh $(VENV) '.[dev]'
	touch $@

lint: setup-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: setup-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

test: setup-dev lint
	bash scripts/chromium.sh
	$(BIN)/gecko-qa index build
	$(BIN)/gecko-qa check
	$(BIN)/python -m pytest

bench: setup-dev
	$(BIN)/gecko-qa index build
	$(BIN)/python benchmarks/retrieval.py
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python benchmarks/page.py
	$(BIN)/python benchmarks/watch.py

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find index -mindepth 1 ! -name README.md -delete
