# make run   the whole hall on this machine      make test   everything that must hold
.PHONY: help run test test-all quick check codecs fuzz bench clean setup
.DEFAULT_GOAL := help
PY := .venv/bin/python
PYTEST := $(PY) -m pytest -q
SOURCES := terminal drivers kiosk_ui sync simulators tests
CODECS := $(wildcard tests/*/test_*_codec.py tests/*/test_*_codec_properties.py) tests/unit/test_id_card_kinds.py \
	tests/unit/test_evaluator_invitations.py tests/properties/test_hid_tunnel_properties.py tests/properties/test_fuzz_findings.py
OTHERS := $(CODECS:%=--ignore=%)
# These mostly wait for devices, so that more run at a time than there are cores.
ON_LINES := tests/wire tests/faults tests/hub
QUICK := -m "not slow and not benchmark and not e2e"

help:            ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 12

setup:           ## Debian packages, uv, the locked environment (run and test do it by themselves)
	@packaging/setup.sh test

run:             ## one terminal with simulated devices and an embedded hub, and one whole case
	@packaging/setup.sh run
	@.venv/bin/yichuang-sim demo

check: setup     ## format, lint, layer rules, strict types
	$(PY) -m ruff format --check $(SOURCES)
	$(PY) -m ruff check $(SOURCES)
	.venv/bin/lint-imports --no-cache
	.venv/bin/basedpyright --level warning

codecs: setup    ## every branch of every codec is taken by its tests
	$(PYTEST) -n 2 --dist worksteal --cov --cov-report=term -m "not slow" $(CODECS)

quick: check codecs
	$(PYTEST) -n 2 --dist worksteal $(QUICK) $(OTHERS) $(ON_LINES:%=--ignore=%)
	$(PYTEST) -n 4 --dist worksteal $(QUICK) $(ON_LINES)

test: quick      ## check and all quick tests
	$(PYTEST) -m "e2e and not slow" tests/e2e

test-all: quick  ## with the slow matrices, which mostly wait
	$(PYTEST) -n 4 --dist worksteal -m "slow and not benchmark and not e2e"
	$(PYTEST) -m e2e tests/e2e

fuzz:            ## coverage-guided bytes for every codec, FUZZ_SECONDS (30) each; findings become golden bytes
	@packaging/setup.sh fuzz
	$(PY) -m tests.fuzz

bench: setup     ## figures, as ratios in one run
	$(PYTEST) -m benchmark -s --timeout=600 tests/benchmarks

clean:           ## remove what was made here
	rm -rf .venv .tools out dist .pytest_cache .ruff_cache .hypothesis .coverage .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
