# Everything a developer or an operator does. `make demo` and `make test` install what they need.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export KAWARABAN_DATA ?= $(CURDIR)/data
# Where the environment forbids it, each of the many processes would compile all of Django and Wagtail again: two thirds of a start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-postgresql check bench bench-publish bench-bring bench-print bench-delivery bench-growth bench-audience bench-now bench-bus bench-discovery bench-proof bench-names proof-model drill requirements locales clean

$(BIN)/uv: requirements/install.txt
	$(PYTHON) -c 'import sys; sys.exit("Kawaraban needs Python 3.11 or newer.") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/install.txt
	touch $@

# --no-deps: the pinned files name everything; --no-build-isolation: with the pinned setuptools.
$(VENV)/.product: $(BIN)/uv requirements/product.txt pyproject.toml
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --requirement requirements/product.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.product requirements/dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --requirement requirements/dev.txt
	touch $@

demo: $(VENV)/.product ## the whole product working, with a small newspaper and simulated readers
	$(BIN)/kawaraban demo

test: $(VENV)/.dev ## everything that proves it
	sh tests/browser.sh $(BIN)/python
	sh tests/servers.sh
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

test-postgresql: $(VENV)/.dev ## the same, with the editorial database in PostgreSQL
	sh tests/browser.sh $(BIN)/python
	sh tests/servers.sh
	KAWARABAN_TEST_DATABASE=postgresql $(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

check: $(VENV)/.dev ## style, types, the imports contract, templates, documents
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --check src/kawaraban/pages/templates/pages src/kawaraban/newsroom/templates
	$(BIN)/python -m pytest tests/architecture

bench: bench-publish bench-bring bench-print bench-delivery bench-growth bench-audience bench-now bench-bus bench-discovery bench-proof bench-names ## the figures of the documents

bench-publish: $(VENV)/.dev ## publish → visible, pages touched, restart
	$(BIN)/python bench/publish.py

bench-bring: $(VENV)/.dev ## how fast an old site's stories come in, and the memory of it
	$(BIN)/python bench/bring.py

bench-print: $(VENV)/.dev ## pages printed a CPU second, questions a page
	$(BIN)/python bench/print.py

bench-delivery: $(VENV)/.dev ## requests per CPU second beside nginx
	$(BIN)/python bench/delivery.py

bench-growth: $(VENV)/.dev ## what delivery costs as the archive grows
	$(BIN)/python bench/growth.py

bench-audience: $(VENV)/.dev ## reads a second, durable
	$(BIN)/python bench/audience.py

bench-now: $(VENV)/.dev ## which half-life of "now" shows what is read next
	$(BIN)/python bench/now.py --seeds 1

bench-bus: $(VENV)/.dev ## the engines that could carry the log between machines
	sh tests/servers.sh redis-server
	$(BIN)/python bench/bus.py

bench-discovery: $(VENV)/.dev ## found, related, and how long both take; CORPUS=stories.jsonl.gz SIZES="3670 10000"
	$(BIN)/python bench/discovery.py $(CORPUS) $(if $(SIZES),--sizes "$(SIZES)")

bench-proof: $(VENV)/.dev ## what the proofreader reports of published news (CORPUS=news.jsonl.gz), and what it finds
	$(BIN)/python bench/proof.py $(CORPUS)

bench-names: $(VENV)/.dev ## names found in a story, with a registry of 20,000
	$(BIN)/python bench/names.py

proof-model: $(VENV)/.dev ## the proofreader's counts again, from Debian's Japanese documentation (TEXT=directory)
	$(BIN)/python bench/proof_model.py $(or $(TEXT),$(KAWARABAN_DATA)/proof-text)

drill: $(VENV)/.dev ## long failure tests
	sh tests/servers.sh
	$(BIN)/python -m pytest tests/drill tests/postgresql/drill --override-ini addopts=-q

locales: $(VENV)/.dev ## compile the message catalogues
	for po in src/kawaraban/*/locale/*/LC_MESSAGES/*.po; do msgfmt --check-format -o "$${po%.po}.mo" "$$po"; done

requirements: $(BIN)/uv ## pin everything again
	for name in install product dev; do $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --custom-compile-command "make requirements" requirements/$$name.in --output-file requirements/$$name.txt; done

clean: ## the demo's data and the virtual environment
	rm -rf $(VENV) data
