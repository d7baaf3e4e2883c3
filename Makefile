# Needs only make and Python 3.11 or newer. `make` alone lists the targets.
.DEFAULT_GOAL := help
BIN := .venv/bin

# The newest suitable Python; looked for only by the targets that need one.
PYTHON ?= $(shell for python in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	$$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done || true)
# Where none is suitable, the one that is there says what is missing.
PREPARE = $(if $(PYTHON),$(PYTHON) -I setlist/bootstrap.py,sh -c '$(NO_PYTHON)')
NO_PYTHON = command -v python3 >/dev/null && exec python3 -I setlist/bootstrap.py run; \
	echo "Setlist cannot start: it needs Python 3.11 or newer, and there is none: install one." >&2; exit 1

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: ## Start everything and print the address (Ctrl-C stops everything)
	@$(PREPARE) run
	@$(BIN)/setlist run --stop-with-parent

.PHONY: test
test: ## Run every test
	@$(PREPARE) dev
	@# Most tests wait for processes and not for a core, so four go side by side.
	@$(BIN)/python -m pytest --numprocesses=4 --dist=loadscope --no-loadscope-reorder

.PHONY: check
check: ## Lint, formatting, types, import contracts and templates
	@$(PREPARE) dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint setlist/templates --check --lint

.PHONY: format
format: ## Put code and templates into the house's format
	@$(PREPARE) dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/djlint setlist/templates --reformat --quiet

.PHONY: bench
bench: ## Measure, as ratios against a yardstick of the same run
	@$(PREPARE) dev
	@$(BIN)/python -m benchmarks

.PHONY: drills
drills: ## Kill, freeze and starve real processes, and read the rows afterwards (DRILLS="poison --rounds 1")
	@$(PREPARE) dev
	@$(BIN)/python -m benchmarks.drills $(DRILLS)

# An environment for each lock of scanners; their packages do not go with each other, nor with ours.
.venv-scan/%/installed: requirements/%.txt
	$(PYTHON) -m venv --clear .venv-scan/$*
	.venv-scan/$*/bin/pip install --quiet --require-hashes --no-deps -r $<
	touch $@

.PHONY: scan
scan: .venv-scan/scan/installed .venv-scan/scan-wapiti/installed ## Bandit, Schemathesis, Wapiti and sqlmap (SCAN="wapiti sqlmap")
	@$(PREPARE) dev
	@$(BIN)/python -m benchmarks.scans $(SCAN)

.PHONY: lock
lock: ## Write requirements/ and package-lock.json anew (needs uv and npm)
	@command -v uv >/dev/null || { echo "make lock needs uv: pipx install uv"; exit 1; }
	sh requirements/lock.sh

.PHONY: clean
clean: ## Remove what can be made again (never var/, which holds the data)
	rm -rf .venv .venv-scan node_modules setlist/static/vendor htmlcov .coverage .coverage.* \
		.pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
