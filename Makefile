.PHONY: check format lint types contract test docs bench

check: format lint types contract test  ## what CI runs

format:
	uv run ruff format --check .

lint:
	uv run ruff check .

types:
	uv run mypy
	uv run mypy --platform darwin --cache-dir .mypy_cache/darwin

contract:
	uv run lint-imports

test:
	uv run pytest

docs:  ## fill the --help of every command into docs/
	uv run python docs/fill.py

bench:  ## side by side with HAProxy and mitmdump; writes benchmarks/RESULTS.md
	uv run python -m benchmarks.relay
