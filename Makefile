# Two commands: `make run` opens the chat, `make test` runs every check.
.PHONY: run test setup setup-dev lint format lock audit bench clean

VENV := .venv
BIN := $(VENV)/bin
export HF_HUB_OFFLINE := 1

run: setup
	$(BIN)/gecko-qa serve --open

setup: $(VENV)/.installed

setup-dev: $(VENV)/.installed-dev

$(VENV)/.installed: pyproject.toml requirements.lock scripts/setup.sh
	bash scripts/setup.sh $(VENV) requirements.lock
	touch $@

# It holds all that the other installs.
$(VENV)/.installed-dev: pyproject.toml requirements-dev.lock scripts/setup.sh
	bash scripts/setup.sh $(VENV) requirements-dev.lock
	touch $(VENV)/.installed $@

# The lock files, from pyproject.toml; UPGRADE=1 takes newer versions where its bounds allow.
lock: | $(BIN)/uv
	$(BIN)/python scripts/lock.py $(if $(UPGRADE),--upgrade)

$(BIN)/uv:
	$(MAKE) setup-dev

# Writes what is installed, under which licenses, into build/; fails on a known vulnerability.
audit: setup-dev
	$(BIN)/python scripts/audit.py $(if $(REQUIRED),--required)

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
	$(BIN)/python scripts/audit.py

bench: setup-dev
	$(BIN)/gecko-qa index build
	$(BIN)/python benchmarks/retrieval.py
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python benchmarks/page.py
	$(BIN)/python benchmarks/watch.py
	$(BIN)/python benchmarks/memory.py
	$(BIN)/python benchmarks/fuzz.py
	$(BIN)/python benchmarks/load.py
	$(BIN)/python benchmarks/load.py --workers 1 --rate 100 --minutes 5
	$(BIN)/python benchmarks/readers.py
	$(BIN)/python benchmarks/flood.py

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find index -mindepth 1 ! -name README.md -delete
