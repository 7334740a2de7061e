# Two commands: `make run` and `make test`. Everything else is a part of them.
PYTHON ?= python3

.PHONY: run test lint lock setup clean help

help:            ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

run:             ## install, build and start everything; prints the address; Ctrl-C stops it
	@$(PYTHON) scripts/bootstrap.py
	@.venv/bin/wenban run

setup:           ## install and build, start nothing
	@$(PYTHON) scripts/bootstrap.py
	@.venv/bin/wenban setup

test:            ## install what tests need, build, run all tests
	@$(PYTHON) scripts/bootstrap.py --dev
	@.venv/bin/wenban setup
	@.venv/bin/python -m pytest -n 2 --dist loadfile -m "not e2e"
	@.venv/bin/python -m pytest -m e2e

lint:            ## ruff and mypy --strict over code and tests
	@$(PYTHON) scripts/bootstrap.py --dev
	@.venv/bin/ruff check . && .venv/bin/ruff format --check .
	@.venv/bin/mypy .

lock:            ## write requirements/*.lock anew from requirements/*.in
	@$(PYTHON) scripts/bootstrap.py --lock

clean:           ## remove everything that was built (applications in var/ stay)
	@rm -rf .venv .venv-rasa var/index var/rasa nlu_data/jieba
