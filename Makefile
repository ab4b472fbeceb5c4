# `make` alone says what can be done. Everything else is `python -m faq_cms`.
PYTHON ?= python3
JOBS ?= 2
ARGS ?=
VENV := .venv/bin/python
TYPED := faq_cms tests tools $(wildcard app.py benchmarks migrations)
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' --quiet

# Where it is set, every start would compile two thousand modules again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run demo test test-deep lint format bench simulate lock clean environment environment-dev

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: environment ## install what is missing, then serve on http://127.0.0.1:8501 (ARGS="--port 8600")
	@exec $(VENV) -m faq_cms serve $(ARGS)

demo: environment ## serve made-up data, marked as such, from a database of its own
	@$(VENV) -m faq_cms demo $(ARGS)

test: environment-dev ## run every test that gates: both engines, pages, HTTP, Chromium
	@$(VENV) -m pytest -q -n $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS)

test-deep: environment-dev ## run the long rounds: soak, fuzzing, load, kills
	@$(VENV) -m pytest -q -m deep --timeout 3600 $(ARGS)

lint: environment-dev ## check style, types and the order of the layers
	@$(VENV) -m ruff check .
	@$(VENV) -m ruff format --check .
	@$(VENV) -m mypy $(TYPED)
	@.venv/bin/lint-imports

format: environment-dev ## put the code in the house style
	@$(VENV) -m ruff check --fix .
	@$(VENV) -m ruff format .

bench: environment-dev ## measure against the targets, into var/bench.json
	@$(VENV) -m benchmarks $(ARGS)

simulate: environment-dev ## a year of readers whose opinion is known, into var/simulation.json
	@$(VENV) -m benchmarks.simulation

lock: ## pin again after pyproject.toml changed (ARGS=--upgrade takes newer versions; needs uv)
	$(LOCK) pyproject.toml --group build --output-file requirements.txt $(ARGS)
	$(LOCK) --group dev --constraint requirements.txt --output-file requirements-dev.txt $(ARGS)

clean: ## forget the environment and the caches; the data under var/ stay
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

environment:
	@$(PYTHON) tools/environment.py

environment-dev:
	@$(PYTHON) tools/environment.py --dev
