# SPDX-License-Identifier: MIT
# The face of the build; CMake and scripts/ do the work.

PREFIX ?= /usr/local
PRESET ?= dev
MINUTES ?= 10
SCHEDULES ?= 100000
SECONDS ?= 3600
export DESTDIR

.PHONY: help run build test schedules soak fuzz bench check-model lint \
	format install uninstall clean setup
.DEFAULT_GOAL := help

help: ## show this list
	@echo 'weft: threading, queue and concurrent.futures for C'
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' Makefile | \
		expand --tabs=20
	@echo
	@echo '  PREFIX=$(PREFIX), DESTDIR=$(DESTDIR), PRESET=$(PRESET)' \
		'(dev, clang, asan, tsan, release)'
	@echo '  ARGS="..." goes to weft tour, ctest, storm, bench/run,' \
		'model/run'

run: ## build, then watch the tour of everything that weft does
	@scripts/build dev tools/weft/all
	@build/dev/tools/weft/weft tour $(ARGS)

build: ## build the library, the examples and the tests in build/PRESET
	@scripts/build $(PRESET)

test: ## build and run all tests; PRESET=asan, tsan: under a sanitizer
	@scripts/test $(PRESET) $(ARGS)

schedules: ## each test under SCHEDULES=100000 schedules, at most SECONDS
	@scripts/build $(PRESET)
	@ls tests/test_*.c | sed -n 's|\(.*\)\.c|build/$(PRESET)/\1|p' | \
		WEFT_SCHEDULES=$(SCHEDULES) WEFT_SECONDS=$(SECONDS) \
		xargs -n 1 -P "$$(nproc)" tests/run-schedules

soak: ## everything at once, while all fails that can, for MINUTES=10
	@scripts/build $(PRESET) storm
	@build/$(PRESET)/tests/storm/storm --seconds $$(($(MINUTES) * 60)) \
		--progress 10 $(ARGS)

fuzz: ## have libFuzzer make calls in any order, for MINUTES=10
	@scripts/fuzz $(MINUTES)

bench: ## build optimised and race weft against its peers
	@scripts/setup bench
	@scripts/build bench
	@bench/run $(ARGS)

check-model: ## check the algorithms under the C11 memory model (needs genmc)
	@model/run $(ARGS)

lint: ## check format, house rules, clang-tidy, cppcheck, shellcheck
	@scripts/lint

format: ## lay out all C code as .clang-format says
	@scripts/setup lint
	@scripts/lint --fix format

install: ## build optimised and install under PREFIX (and DESTDIR)
	@scripts/install "$(PREFIX)"

uninstall: ## remove what the last install put there
	@scripts/uninstall

clean: ## remove everything that was built
	rm -rf build

setup: ## install every Debian package that any of these needs
	@scripts/setup all
