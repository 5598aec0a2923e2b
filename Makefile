# `make run` builds and starts Roundtable; `make test` checks everything that has to hold.
# What is missing is installed, or named with the command that installs it. Nothing asks a question.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := run
.PHONY: run build dev test lint imports fmt unit browser separate licences audit fuzz bench screenshots tools browsers clean
MAKEFLAGS += --no-print-directory

CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/roundtable
TOOLS := $(CACHE)/tools
export WASM_BINDGEN := $(TOOLS)/bin/wasm-bindgen
export PATH := $(CURDIR)/public/tools:$(TOOLS)/bin:$(TOOLS)/npm/node_modules/.bin:$(PATH)

TRUNK_VERSION := 0.21.14
BINARYEN_VERSION := 132.0.0
ESBUILD_VERSION := 0.28.2
WASM_SPLIT_VERSION := 0.2.0
DENY_VERSION := 0.20.2
FUZZ_VERSION := 0.13.2
WASM_BINDGEN_VERSION := $(shell sed -n '/^name = "wasm-bindgen"$$/{n;s/version = "\(.*\)"/\1/p;}' Cargo.lock)
WASM_FEATURES := --enable-bulk-memory --enable-nontrapping-float-to-int --enable-sign-ext \
	--enable-mutable-globals --enable-reference-types --enable-multivalue

SERVER := target/release/roundtable
FRONT := target/dist/.built
FRONT_SOURCES := $(shell find src/call src/meeting src/platform src/protocol src/ui src/words src/lib.rs build \
	locales style public Cargo.toml Cargo.lock Trunk.toml -type f)

# --- to use it

run: build
	@exec ./$(SERVER)

# Leaves the one file that is everything: target/release/roundtable.
build: $(FRONT)
	@cargo build --release --locked --features ssr

dev: tools
	@end2end/dev

# --- to check it

test: lint separate licences unit browser

fmt:
	cargo fmt --all

lint: imports $(FRONT)
	cargo fmt --all --check
	cargo clippy --locked --features ssr --all-targets -- -D warnings
	CARGO_TARGET_DIR=$(CURDIR)/target/front cargo clippy --locked --no-default-features --features hydrate \
		--bin front --target wasm32-unknown-unknown -- -D warnings

# Who imports from whom; without anything else of the crate, so that it takes a second.
imports:
	@mkdir -p target
	rustc --edition 2024 --test build/imports/main.rs -o target/imports
	target/imports --quiet

# The browser's half must not contain the server's libraries.
separate:
	@tree=$$(cargo tree --locked --no-default-features --features hydrate --target wasm32-unknown-unknown \
		--edges normal --prefix none | cut -d' ' -f1 | sort -u); \
	if grep -Ex 'tokio|axum|engineioxide|str0m' <<<"$$tree"; then \
		echo "the browser's half contains these libraries of the server" >&2; exit 1; \
	fi

# What comes from other people, and under which licences: see deny.toml.
licences: $(TOOLS)/.cargo-deny-$(DENY_VERSION)
	@cargo fetch --locked
	@cargo deny --offline --all-features check licenses sources bans

# The same, and what is known to be wrong with it, which has to be fetched.
audit: licences
	@cargo deny --all-features fetch db || { echo "advisories can't be fetched: not checked" >&2; exit 0; }; \
		cargo deny --offline --all-features check advisories

# Everything that strangers can send, a million cases of each; what is found stays in target/fuzz/artifacts. No memory
# sanitiser: there is no unsafe code of ours for it.
FUZZ_TARGETS := client_event server_frame sdp_answer datagram
FUZZ_CASES := 1000000
fuzz: $(TOOLS)/.cargo-fuzz-$(FUZZ_VERSION)
	@for target in $(FUZZ_TARGETS); do \
		mkdir -p target/fuzz/{corpus,artifacts}/$$target; \
		cargo fuzz run --fuzz-dir end2end/fuzz --target-dir target/fuzz --sanitizer none $$target \
			target/fuzz/corpus/$$target end2end/fuzz/seeds/$$target -- -runs=$(FUZZ_CASES) -max_len=4096 -timeout=10 \
			-artifact_prefix=target/fuzz/artifacts/$$target/; \
	done

# A hanging test fails where cargo-nextest is there to notice.
unit: $(FRONT)
	@end2end/iproute
	@if cargo nextest --version >/dev/null 2>&1; then \
		cargo nextest run --release --locked --features ssr; \
	else \
		cargo test --release --locked --features ssr; \
	fi

browser: build browsers
	@cd end2end && npx tsc --noEmit && npm test --silent

screenshots: build browsers
	@cd end2end && npm run --silent screenshots

# Figures against a Node server that is written as the tutorial is; prints the table of the README.
bench: build browsers
	@end2end/bench/run

# --- the browser's half

$(FRONT): $(FRONT_SOURCES) | tools
	@CARGO_TARGET_DIR=$(CURDIR)/target/front trunk build --release --locked
	@find target/dist -name '*.wasm' | while read -r program; do \
		wasm-opt -Os --converge --low-memory-unused --quiet --strip-debug --strip-producers $(WASM_FEATURES) "$$program" -o "$$program.small"; \
		mv "$$program.small" "$$program"; \
	done
	@if command -v esbuild >/dev/null; then \
		for script in target/dist/front-*.js; do \
			esbuild --log-level=warning --minify --allow-overwrite --outfile="$$script" "$$script"; \
		done; \
	fi
	@touch $@

# --- what it takes

tools: $(TOOLS)/.target $(TOOLS)/.trunk-$(TRUNK_VERSION) $(TOOLS)/.wasm-bindgen-$(WASM_BINDGEN_VERSION) \
	$(TOOLS)/.wasm-split-$(WASM_SPLIT_VERSION) $(TOOLS)/.optimisers-$(BINARYEN_VERSION)-$(ESBUILD_VERSION)

$(TOOLS)/.target:
	@command -v cargo >/dev/null || { echo "Rust is missing: see https://rustup.rs" >&2; exit 1; }
	@if [ ! -d "$$(rustc --print target-libdir --target wasm32-unknown-unknown)" ]; then \
		command -v rustup >/dev/null || \
			{ echo "Rust has no wasm32-unknown-unknown target, and no rustup to add it with" >&2; exit 1; }; \
		rustup target add wasm32-unknown-unknown; \
	fi
	@mkdir -p $(@D) && touch $@

# Built to be there soon, not to be fast.
INSTALL := CARGO_TARGET_DIR=$(TOOLS)/build CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
	CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_DEBUG=0 cargo install --quiet --force --root $(TOOLS)

$(TOOLS)/.trunk-$(TRUNK_VERSION): | $(TOOLS)/.target
	@echo "installing trunk $(TRUNK_VERSION) (some minutes, once)"
	@$(INSTALL) --locked trunk --version $(TRUNK_VERSION)
	@touch $@

$(TOOLS)/.wasm-bindgen-$(WASM_BINDGEN_VERSION): | $(TOOLS)/.target
	@echo "installing wasm-bindgen $(WASM_BINDGEN_VERSION) (some minutes, once)"
	@$(INSTALL) wasm-bindgen-cli --version $(WASM_BINDGEN_VERSION)
	@touch $@

$(TOOLS)/.wasm-split-$(WASM_SPLIT_VERSION): | $(TOOLS)/.target
	@echo "installing wasm_split_cli $(WASM_SPLIT_VERSION)"
	@$(INSTALL) --locked wasm_split_cli_support --version $(WASM_SPLIT_VERSION) --features build-binary
	@touch $@

$(TOOLS)/.cargo-deny-$(DENY_VERSION): | $(TOOLS)/.target
	@echo "installing cargo-deny $(DENY_VERSION) (some minutes, once)"
	@$(INSTALL) --locked cargo-deny --version $(DENY_VERSION)
	@touch $@

$(TOOLS)/.cargo-fuzz-$(FUZZ_VERSION): | $(TOOLS)/.target
	@echo "installing cargo-fuzz $(FUZZ_VERSION)"
	@$(INSTALL) --locked cargo-fuzz --version $(FUZZ_VERSION)
	@touch $@

$(TOOLS)/.optimisers-$(BINARYEN_VERSION)-$(ESBUILD_VERSION): | $(TOOLS)/.target
	@echo "installing wasm-opt and esbuild"
	@if command -v npm >/dev/null; then \
		npm install --silent --no-audit --no-fund --prefix $(TOOLS)/npm binaryen@$(BINARYEN_VERSION) esbuild@$(ESBUILD_VERSION); \
	else \
		$(INSTALL) --locked wasm-opt; \
	fi
	@touch $@

browsers: end2end/node_modules/.installed
	@end2end/browsers

end2end/node_modules/.installed: end2end/package-lock.json
	@command -v npm >/dev/null || end2end/browsers
	@cd end2end && npm ci --silent
	@touch $@

clean:
	rm -rf target/dist target/style target/release target/front end2end/results
