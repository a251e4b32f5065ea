# `make help` lists the targets. Each sets up what it needs and does only what changed.
PYTHON ?= python3
SETUP := $(PYTHON) config/bootstrap.py
DEV := $(PYTHON) config/bootstrap.py --dev
.DEFAULT_GOAL := help
.PHONY: help run setup test test-python test-front e2e screenshots lint format types bench chaos conformance backup restore clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Set up, then run Treadle on http://127.0.0.1:8000 (HOST, PORT, TREADLE_DATA ...; AWS=local for an AWS to try)
	@$(SETUP) $(if $(filter local,$(AWS)),--aws) python -m config.supervisor

setup: ## Only set up: virtual environment, requirements, front end
	@$(SETUP)

test: ## Set up, then every test: Python, front end, browser, a short chaos run
	@$(DEV) python -m tests.everything

test-python: ## The Python tests alone (ARGS="-k word" for some)
	@$(DEV) python -m pytest $(ARGS)

test-front: ## The front end's unit tests alone
	@$(DEV) npm --prefix frontend test

e2e: ## The browser tests alone, with screenshots in tests/e2e/artefacts
	@$(DEV) python -m pytest tests/e2e $(ARGS)

screenshots: ## Every page (light, dark, Korean) and a moving picture of a run, into docs/images
	@$(DEV) python -m tests.e2e.screenshots

lint: ## Formatters, linters, types and the direction of imports
	@$(DEV) python -m tests.lint

format: ## Format everything
	@$(DEV) sh -c 'ruff format . && ruff check --fix . && npm --prefix frontend run format'

types: ## Generate the front end's API types from the served schema
	@$(DEV) sh -c 'python manage.py spectacular --format openapi-json --file frontend/src/api/schema.json && npm --prefix frontend run types'

bench: ## Measure ours and the rival in one run; table and bench/results.json
	@$(DEV) python -m bench

chaos: ## Kill, stop and starve the parts at random; KILLS=50 unless told
	@$(DEV) python -m tests.chaos --kills $(or $(KILLS),50)

conformance: ## Recorded answers of AWS, a table by group: the interpreter alone, or with CASES=dir a server through boto3
	@$(DEV) python -m $(if $(CASES),tests.live_conformance $(CASES),tests.conformance)

backup: ## Back up the database (FILE=... or TREADLE_DATA/backups)
	@$(SETUP) python manage.py backup $(FILE)

restore: ## Restore FILE=...; Treadle must be stopped; what was there is backed up first
	@$(SETUP) python manage.py restore $(FILE)

clean: ## Remove what setting up made (never your data)
	@rm -rf .venv frontend/node_modules frontend/dist .mypy_cache .ruff_cache .pytest_cache
