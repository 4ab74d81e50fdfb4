# Every target sets up what it needs and is quick when nothing changed.
PYTHON ?= python3
VENV_PYTHON := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help site serve new test quick check mutants audit hooks figures exits benchmarks lock

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

site:  ## Build everything a reader gets into site/
	@$(PYTHON) -m guide.install site
	@$(VENV_PYTHON) -m guide site

serve:  ## Show each page as it stands while you write (PORT=8001: listen there)
	@$(PYTHON) -m guide.install site
	@$(VENV_PYTHON) -m guide serve --port $(or $(PORT),8000)

new:  ## Begin an answer: make new topic=regularization name=label_smoothing question="What is …?"
	@$(PYTHON) -m guide.install site
	@$(VENV_PYTHON) -m guide new "$(topic)" "$(name)" "$(question)"

test:  ## Run all tests (FORCE=1: even if nothing changed)
	@$(PYTHON) -m guide.install test
	@$(VENV_PYTHON) -m guide test $(if $(FORCE),--force)

quick:  ## Run the tests that take less than a minute
	@$(PYTHON) -m guide.install test
	@$(VENV_PYTHON) -m guide test --quick

check:  ## Look at every page, snippet, test, figure and source
	@$(PYTHON) -m guide.install test
	@$(VENV_PYTHON) -m guide check

mutants:  ## Break the snippets on purpose: make mutants answers="topic/stem …", without it all; answers=guide: the guide itself
	@$(PYTHON) -m guide.install test
	@$(VENV_PYTHON) -m guide mutants $(answers)

audit: site  ## Ask Lighthouse about one page of each kind: make audit kinds="home cards"
	@$(PYTHON) -m guide.install audit
	@$(VENV_PYTHON) -m guide audit $(kinds)

hooks:  ## Check before each commit (git config --unset core.hooksPath: no longer)
	@$(PYTHON) -m guide.install test
	@git config core.hooksPath .githooks
	@echo "git commit now runs the linter and the check first; it takes seconds."

figures:  ## Draw the figures again
	@$(PYTHON) -m guide.install test
	@$(VENV_PYTHON) -m guide figures

exits:  ## Build with MkDocs, ProperDocs and Zensical and compare
	@$(PYTHON) -m guide.install exits
	@$(VENV_PYTHON) -m guide exits

benchmarks:  ## Measure times and sizes into benchmarks/: make benchmarks only="build growth", without it all of them
	@$(PYTHON) -m guide.install test
	@$(PYTHON) -m guide.install exits
	@$(VENV_PYTHON) -m guide benchmarks $(only)

lock:  ## Resolve the newest allowed versions into requirements/ (needs uv)
	@for group in site test exits; do \
	  case $$group in site) extras= ;; test) extras='--extra test' ;; exits) extras='--extra zensical --extra properdocs' ;; esac; \
	  uv pip compile --quiet --universal --python-version 3.11.5 --generate-hashes --no-emit-index-url --no-emit-find-links \
	    --custom-compile-command 'make lock' $$extras pyproject.toml --output-file requirements/$$group.txt; \
	done
