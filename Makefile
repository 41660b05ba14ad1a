# `make demo` and `make test` are all that a newcomer needs; `make help` lists the rest.
.DEFAULT_GOAL := help
SHELL := /bin/bash
export PATH := $(CURDIR)/.venv/bin:$(PATH)
WEB := $(if $(wildcard web/package.json),web/dist/index.html)

.PHONY: help setup web demo up down status test check fmt soak bench bench-fuzz openapi lock clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: .venv/.installed $(WEB)  ## .venv from the lock, and the web page

.venv/.installed: requirements/cpu.lock pyproject.toml trine/pyproject.toml scripts/setup
	scripts/setup cpu
	@touch $@

web: $(WEB)  ## build the web page

web/node_modules/.installed: web/package.json web/package-lock.json
	@command -v npm >/dev/null || { echo "web/ needs Node 20 or newer with npm, and there is none in PATH" >&2; exit 1; }
	# Not `npm ci`: it refuses a lock in which optional packages of other platforms are missing from the registry in use.
	cd web && npm install --no-save --no-audit --no-fund --loglevel=error
	@touch $@

web/dist/index.html: web/node_modules/.installed $(shell find web/src web/public web/index.html -type f 2>/dev/null)
	cd web && npm run build
	@touch $@

demo: setup  ## train, register, serve and simulate on this machine; leaves the platform running
	trine demo

up: setup  ## start the platform
	trine up

down:  ## stop it and keep its data
	trine down

status:  ## what is healthy
	trine status

test: setup  ## every check and every test
	scripts/test

check: .venv/.installed  ## format, lint, types, arrows, sizes
	scripts/check

fmt: .venv/.installed  ## write the format, repair what ruff can
	ruff format .
	ruff check --fix .

soak: setup  ## the long kill loops and soaks
	python -m pytest tests/soak

bench: setup  ## ratios against what users have today
	python -m bench.simulation
	python -m bench.training
	python -m bench.serving
	python -m bench.api
	python -m bench.row_level_security
	python -m bench.tracking
	python -m bench.web

bench-fuzz: .venv/.installed  ## schemathesis over the API, 20,000 cases; goes on where it was cut short
	python -m bench.fuzz

openapi: setup  ## the typed client of the web page, from the routes
	cd web && npm run openapi

lock: .venv/.installed  ## requirements/*.lock anew from pyproject.toml, and the web page's
	scripts/lock cpu
	scripts/lock gpu
	cd web && npm run lock

clean:  ## what was built; never the data of the platform
	rm -rf .venv web/node_modules web/dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
