# Two commands: `make up` and `make test`. Everything that they need is set up by them.
UV_VERSION := 0.11.0
UV := $(shell command -v uv 2>/dev/null || echo .bedplate/uv/bin/uv)
PYTHON := .venv/bin/python
BEDPLATE := .venv/bin/bedplate

.PHONY: up down check test bench clean

up: .venv/ready
	$(BEDPLATE) up --yes

down: .venv/ready
	$(BEDPLATE) down --yes

# Lint, types and the fast tests: under a minute.
check: .venv/ready
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo
	$(PYTHON) -m pytest -q -m "not cluster"

# Everything, on a cluster of its own; builds the tools first where they are missing.
test: check
	$(BEDPLATE) tools
	$(PYTHON) -m pytest -m cluster

bench: .venv/ready
	$(PYTHON) -m benchmarks

clean: .venv/ready
	-$(BEDPLATE) cluster reset --yes
	rm -rf .venv .bedplate

.venv/ready: uv.lock pyproject.toml | $(if $(filter .bedplate/%,$(UV)),.bedplate/uv/bin/uv)
	$(UV) sync --frozen --quiet
	@touch $@

.bedplate/uv/bin/uv:
	python3 -m venv .bedplate/uv
	.bedplate/uv/bin/pip install --quiet --disable-pip-version-check 'uv>=$(UV_VERSION)'
