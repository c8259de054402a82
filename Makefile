# The shared vocabulary of this project; `make` alone lists it.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
PYTEST := PYTHONDONTWRITEBYTECODE=1 $(BIN)/pytest -p no:cacheprovider

.DEFAULT_GOAL := help
.PHONY: help demo test lint types house tests foreign assets pictures run worker bench campaign vectors locks clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(VENV)/.base: requirements/base.lock setup.cfg pyproject.toml
	@sh requirements/install.sh "$(PYTHON)" "$(VENV)" base

$(VENV)/.dev: requirements/dev.lock setup.cfg pyproject.toml
	@sh requirements/install.sh "$(PYTHON)" "$(VENV)" dev

demo: $(VENV)/.base ## Make a demo world, run the main job in front of you, then serve (PORT=8000; DEMO_ONCE=1 ends before serving)
	@$(BIN)/mit demo --port $(PORT) $(if $(filter 1,$(DEMO_ONCE)),--once)

test: $(VENV)/.dev lint types house tests ## Everything: lint, types, house rules, all tests

lint: $(VENV)/.dev ## Ruff: rules and format
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(VENV)/.dev ## Mypy, strict
	@$(BIN)/mypy

house: $(VENV)/.dev ## Architecture, catalogues, settings
	@$(PYTEST) tests/test_architecture.py tests/test_translations.py

tests: $(VENV)/.dev ## The tests, on SQLite and PostgreSQL, with browser, PDF and QR readers where present
	@$(PYTEST) -n 2 --dist loadfile --no-loadscope-reorder tests

foreign: ## Install the npm packages that only tests use
	@cd tests/foreign && npm ci --ignore-scripts --no-audit --no-fund

assets: ## Make the style and scripts of the signed-in pages again (needs Node; the results are committed)
	@cd frontend && npm ci --ignore-scripts --omit=optional --no-audit --no-fund && npm run --silent build

pictures: $(VENV)/.dev ## Make the README's pictures again, from a demo world of their own
	@$(BIN)/python -m tests.support.pictures

run: $(VENV)/.base ## Serve with what is configured (web and worker)
	@$(BIN)/mit serve --port $(PORT)

worker: $(VENV)/.base ## The worker alone
	@$(BIN)/mit worker

bench: $(VENV)/.dev ## Benchmarks: ratios against a limit or a peer; writes bench/results/
	@for script in bench/bench_*.py; do $(BIN)/python $$script || exit 1; done

campaign: $(VENV)/.dev ## Long runs: kills, races, tamper matrices; writes bench/results/
	@for script in bench/campaign_*.py; do $(BIN)/python $$script || exit 1; done

vectors: $(VENV)/.dev ## Make the frozen test vectors again
	@$(BIN)/python -m tests.vectors

locks: $(VENV)/.dev ## Resolve the hashed locks again from setup.cfg, nothing younger than a week
	@for name in base dev; do \
	  extra="--extra pg --extra redis"; [ $$name = dev ] && extra="$$extra --extra dev"; \
	  $(BIN)/uv pip compile -q setup.cfg $$extra --universal --python-version 3.11 --generate-hashes \
	    --exclude-newer "$$(date -d '7 days ago' +%Y-%m-%d)" -o requirements/$$name.lock || exit 1; \
	done

clean: ## Remove what was made here: var/, caches (not the venv, not keys/)
	@rm -rf var .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info
