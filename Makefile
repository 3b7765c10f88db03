# Everything a machine needs is installed from here; see README.md.
#   make demo   sets up, indexes the sample album, runs six searches, opens the window when there is a display
#   make test   sets up, checks style, types and architecture, runs the tests
#   make soak   the long fault campaign of tests/faults: more than 200 kills, full disks, spoilt files; about an hour

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

VENV ?= .venv
EXTRAS ?= test,export,ocr
BIN := $(VENV)/bin
# The first Python from 3.11 to 3.13 that really starts (a version manager's shim may not).
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	"$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& { echo "$$python"; break; }; done)

export ORT_DISABLE_TELEMETRY := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test coverage soak lint bench peers screenshots starter-model phone-bundle dist bundle api-docs dev clean

demo: $(VENV)/.run
	@$(BIN)/pocketlens demo

test: $(VENV)/.test lint
	$(BIN)/python -m pytest

# Which lines no test runs; tests/COVERAGE.md says why. ARGS=tests/core runs those alone; what was measured before counts
# too, until build/coverage is removed.
coverage: $(VENV)/.test
	@mkdir -p build/coverage
	-$(BIN)/coverage run -m pytest $(ARGS)
	-$(BIN)/coverage combine --append
	$(BIN)/coverage report

soak: $(VENV)/.test
	cd tests && ../$(BIN)/python -m faults --rounds 10 --kills 60 $(ARGS)

lint: $(VENV)/.test
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/mypy tests packaging/screenshots/take.py packaging/gazetteer/build.py
	cd packaging/sample_album && $(abspath $(BIN))/mypy --config-file ../../pyproject.toml build.py
	$(BIN)/mypy packaging/build_hook.py packaging/bundle.py packaging/check_wheel.py packaging/bytecode.py
	$(BIN)/lint-imports

dev: EXTRAS := dev,export,ocr
dev: $(VENV)/.test

# Trains the starter model anew from DATA (photos/ and captions.jsonl) and writes its figures into the README.
starter-model: $(VENV)/.test
	packaging/system-packages.sh recipe
	$(BIN)/python -m pocketlens_models.starter --data "$(DATA)" --out models/pocketlens_models/packages/starter \
	  --golden tests/data/tokenizers/unigram.json.gz --readme README.md

# What is pushed to phones, so that they index their own photos; see packaging/phone/README.md.
phone-bundle: $(VENV)/.run
	$(BIN)/python packaging/bundle.py phone --abi arm64-v8a
	$(BIN)/python packaging/bundle.py phone --abi x86_64

# The wheel and the sdist, into dist/, and the demo from that wheel in an empty environment.
dist: $(VENV)/.test
	$(BIN)/python packaging/check_wheel.py

# PocketLens for Linux desktops as one folder, a .tar.xz of it and a .deb; see packaging/linux/README.md.
bundle: $(VENV)/.test
	$(BIN)/python packaging/bundle.py linux --out dist
	$(BIN)/python packaging/bundle.py deb --out dist

# Core's API as pages below build/api; a warning is an error.
api-docs: $(VENV)/.test
	$(BIN)/python -W error -m pdoc --docformat google --output-directory build/api pocketlens

# Prints the tables of tests/bench, in half an hour or so; ARGS=NAME runs one.
bench: $(VENV)/.test
	$(BIN)/python tests/bench $(ARGS)

# What PocketLens is compared with, in an environment of its own below build/; `make bench` finds it there. hnswlib is
# built from source and needs a C++ compiler.
peers: | $(BIN)/python
	$(PYTHON) -m venv build/peers
	build/peers/bin/pip install --quiet --requirement tests/bench/peers/requirements.txt \
	  onnxruntime==$$($(BIN)/python -c 'from importlib.metadata import version; print(version("onnxruntime"))')

# Every page in both themes, both languages and two sizes, into .work/screenshots; ARGS=--keep renews the README's.
screenshots: $(VENV)/.test
	$(BIN)/python packaging/screenshots/take.py $(ARGS)

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "PocketLens needs Python 3.11, 3.12 or 3.13; none was found."; exit 1; }
	packaging/system-packages.sh run
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip --constraint constraints.txt

$(VENV)/.run: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/pip install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.test: pyproject.toml constraints.txt packaging/system-packages.sh | $(BIN)/python
	packaging/system-packages.sh test
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[$(EXTRAS)]'
ifneq (,$(findstring export,$(EXTRAS)))
	@# They ask for torchvision, timm and an lmdb that we have no use for.
	$(BIN)/pip install --quiet --constraint constraints.txt --no-deps cn-clip openai-clip
endif
	@touch $(VENV)/.run $@

clean:
	rm -rf $(VENV) .work build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
