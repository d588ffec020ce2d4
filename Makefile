# make run     the chat over docs/ (or DOCS=~/papers) on http://127.0.0.1:7860
# make test    everything that is checked on every change
# make help    the other targets

PYTHON ?= python3
DOCS ?= docs
# Each folder of documents has a collection of its own, named by its last part and its whole path.
OWN = -$(notdir $(patsubst %/,%,$(DOCS)))-$(shell printf %s '$(abspath $(DOCS))' | cksum | cut -c1-4)
COLLECTION ?= .collection$(if $(filter-out docs,$(DOCS)),$(OWN))
PORT ?= 7860
# Linux without a GPU: TORCH_INDEX=https://download.pytorch.org/whl/cpu saves gigabytes of CUDA.
TORCH_INDEX ?=

BIN = .venv/bin
PIP = $(BIN)/pip --disable-pip-version-check --quiet

.PHONY: help install run test quick soak bench lint lock screenshots clean

help:
	@echo 'make install      .venv with the pinned dependencies; .venv/bin/qa exists afterwards'
	@echo 'make run          index docs/ and serve the chat; DOCS=FOLDER, PORT=N'
	@echo 'make test         lint, types, all tests (a browser too)'
	@echo 'make quick        the tests that take under two minutes, without the browser'
	@echo 'make soak         the long tests, with thousands of inputs'
	@echo 'make bench        what indexing and asking cost at 1,000 to a million passages; takes an hour'
	@echo 'make screenshots  pictures of the page, and those in docs/images anew'
	@echo 'make lock         resolve the dependencies anew into the lock files'
	@echo 'make clean        remove .venv; collections stay'

install: .venv/installed

.venv/installed: requirements.lock pyproject.toml
	@echo 'Installing the dependencies into .venv; this takes a few minutes once'
	$(PYTHON) -m venv .venv
	$(PIP) install --no-deps --require-hashes -r requirements.lock
	$(PIP) install torch==2.13.0 $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.lock
	$(PIP) install --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

run: .venv/installed
	@echo 'The collection is $(COLLECTION)'
	$(BIN)/qa index "$(DOCS)" --collection "$(COLLECTION)"
	QA_COLLECTION="$(COLLECTION)" $(BIN)/python app.py --port $(PORT)

test: lint .venv/browser
	$(BIN)/pytest -m 'not soak'

quick: .venv/installed-dev
	$(BIN)/pytest -m 'not slow and not browser and not soak'

soak: .venv/installed-dev
	$(BIN)/pytest -m soak

lint: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The browser tests drive Debian's chromium; elsewhere, put one on PATH.
.venv/browser: .venv/installed-dev
	@command -v chromium > /dev/null || { \
	  [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null && apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	    chromium fonts-liberation fonts-noto-cjk > /dev/null; } || \
	  echo 'No chromium: the browser tests are left out. Install it to run them.'
	@touch $@

# All of them lie in build/screenshots; those that the documentation shows are copied.
SHOWN = answered-1280 answered-1280-dark unsure-1280 abstained-1280 page-1280 answered-390 \
  page-390-dark

screenshots: .venv/browser
	$(BIN)/qa index docs --collection .collection
	$(BIN)/python -m tests.browser.screenshots build/screenshots --collection .collection \
	  --answered 'When was the Treaty on Basic Relations signed?' \
	  --unsure "Please tell me: does South Korea's Nuri rocket still use Russian components?" \
	  --abstained 'How tall is the Lotte tower in Seoul?' \
	  --page 'Has anyone ever been able to take a train all the way from Seoul to Moscow?'
	cp $(SHOWN:%=build/screenshots/%.png) docs/images/

# Collections of these sizes are made in $(BENCH) once, and stay there: the largest takes 6 GB.
BENCH ?= .bench
SIZES ?= 1000 10000 100000 1000000
MEASURE = $(BIN)/python -m tests.benchmarks.performance

bench: .venv/installed-dev $(SIZES:%=$(BENCH)/%/made)
	rm -f $(BENCH)/results.jsonl
	$(MEASURE) indexing $(BENCH)/results.jsonl
	$(MEASURE) changing $(BENCH)/results.jsonl
	$(MEASURE) serving $(BENCH)/results.jsonl
	$(BIN)/python -m tests.benchmarks.pdf_loading --pages 2000
	for size in $(SIZES); do $(MEASURE) asking $(BENCH)/results.jsonl $(BENCH)/$$size || exit 1; done
	$(MEASURE) report $(BENCH)/results.jsonl docs/images/performance.png

$(BENCH)/%/made: | .venv/installed-dev
	rm -rf $(@D)
	$(BIN)/python -m tests.benchmarks.made_collection $(@D) --passages $*
	@touch $@

# torch and its CUDA packages are left out: which of their builds fits depends on the machine.
MACHINE_PACKAGES = torch triton cuda-bindings cuda-pathfinder cuda-toolkit nvidia-cublas \
  nvidia-cuda-cupti nvidia-cuda-nvrtc nvidia-cuda-runtime nvidia-cudnn-cu13 nvidia-cufft \
  nvidia-cufile nvidia-curand nvidia-cusolver nvidia-cusparse nvidia-cusparselt-cu13 \
  nvidia-nccl-cu13 nvidia-nvjitlink nvidia-nvshmem-cu13 nvidia-nvtx
LOCK = $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
  --generate-hashes --no-header --no-annotate $(MACHINE_PACKAGES:%=--no-emit-package %)

lock: .venv/installed
	$(PIP) install uv
	$(LOCK) --output-file requirements.lock
	$(LOCK) --group dev --constraint requirements.lock --output-file requirements-dev.lock

# Collections stay: they may hold what stands nowhere else.
clean:
	rm -rf .venv
