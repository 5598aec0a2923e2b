# `make run` builds and starts Roundtable; `make test` checks everything that has to hold.
# What is missing is installed, or named with the command that installs it. Nothing asks a question.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := run
.PHONY: run build program dev test lint imports fmt unit browser separate licences audit fuzz bench screenshots tools browsers clean
MAKEFLAGS += --no-print-directory

CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/roundtable
TOOLS := $(CACHE)/tools
# Trunk finds the tool that splits and binds the browser's half under wasm-bindgen's name: it has to come first.
BINDGEN := target/bindgen/release/wasm-bindgen
export PATH := $(CURDIR)/$(dir $(BINDGEN)):$(TOOLS)/bin:$(TOOLS)/npm/node_modules/.bin:$(PATH)

TRUNK_VERSION := 0.21.14
BINARYEN_VERSION := 132.0.0
ESBUILD_VERSION := 0.28.2
DENY_VERSION := 0.20.2
FUZZ_VERSION := 0.13.2
WASM_OPT := -Os --flatten --rereloop -Os --converge --low-memory-unused --quiet --strip-debug --strip-producers --enable-bulk-memory \
	--enable-nontrapping-float-to-int --enable-sign-ext --enable-mutable-globals --enable-reference-types --enable-multivalue

SERVER := target/release/roundtable
FRONT := target/dist/.built
FRONT_SOURCES := $(shell find src/call src/meeting src/platform src/protocol src/ui src/words src/lib.rs build \
	locales style public .cargo Cargo.toml Cargo.lock Trunk.toml -type f)

# --- to use it

run: build
	@exec ./$(SERVER)

# Leaves the one file that is everything: target/release/roundtable.
build: $(FRONT)
	@[ -x $(SERVER) ] || echo "step 5 of 5: the server"
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
	RUSTDOCFLAGS="-D warnings -A rustdoc::private_intra_doc_links" \
		cargo doc --quiet --locked --features ssr --no-deps --document-private-items

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

# The program is compiled beside the tools, so that a bare machine never waits for one core. Trunk finds it compiled.
# The size of what browsers load does not depend on the machine: both optimisers have to be there.
$(FRONT): $(FRONT_SOURCES)
	@$(MAKE) -j2 tools program
	@echo "step 4 of 5: the browser's half as a page loads it"
	@CARGO_TARGET_DIR=$(CURDIR)/target/front trunk build --release --locked
	@find target/dist -name '*.wasm' -print0 | xargs -0 -P 2 -I{} wasm-opt $(WASM_OPT) {} -o {}
	@esbuild --log-level=error --minify --allow-overwrite --outdir=target/dist --outbase=target/dist \
		target/dist/front-*.js target/dist/snippets/*/*.js
	@touch $@

program: $(TOOLS)/.target
	@echo "step 3 of 5: the browser's half"
	+@CARGO_TARGET_DIR=$(CURDIR)/target/front cargo build --profile wasm-release --locked --no-default-features \
		--features hydrate --bin front --target wasm32-unknown-unknown

# --- what it takes

tools: $(TOOLS)/.target $(TOOLS)/.trunk-$(TRUNK_VERSION) $(BINDGEN) $(TOOLS)/.optimisers-$(BINARYEN_VERSION)-$(ESBUILD_VERSION)

$(TOOLS)/.target:
	@command -v cargo >/dev/null || { echo "Rust is missing: see https://rustup.rs" >&2; exit 1; }
	@if [ ! -d "$$(rustc --print target-libdir --target wasm32-unknown-unknown)" ]; then \
		command -v rustup >/dev/null || \
			{ echo "Rust has no wasm32-unknown-unknown target, and no rustup to add it with" >&2; exit 1; }; \
		rustup target add wasm32-unknown-unknown; \
	fi
	@mkdir -p $(@D) && touch $@

# Built to be there soon, not to be fast.
INSTALL := CARGO_TARGET_DIR=$(TOOLS)/build CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=0 \
	CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_DEBUG=0 CARGO_PROFILE_RELEASE_PANIC=abort \
	cargo install --quiet --locked --force --root $(TOOLS)

# As its authors built it where `cargo binstall` is installed. Else without what the build does not need: serving over
# TLS and asking for newer versions.
$(TOOLS)/.trunk-$(TRUNK_VERSION): | $(TOOLS)/.target
	@echo "step 1 of 5: Trunk $(TRUNK_VERSION) (some minutes, once)"
	+@if command -v cargo-binstall >/dev/null; then \
		cargo binstall --no-confirm --locked --force --root $(TOOLS) trunk@$(TRUNK_VERSION); \
	else \
		$(INSTALL) --no-default-features trunk --version $(TRUNK_VERSION); \
	fi
	@touch $@

$(BINDGEN): $(wildcard build/bindgen/Cargo.* build/bindgen/src/*) | $(TOOLS)/.target
	@echo "step 2 of 5: the tool that splits and binds the browser's half"
	+@cargo build --quiet --release --locked --manifest-path build/bindgen/Cargo.toml --target-dir target/bindgen
	@touch $@

$(TOOLS)/.cargo-deny-$(DENY_VERSION): | $(TOOLS)/.target
	@echo "installing cargo-deny $(DENY_VERSION) (some minutes, once)"
	@$(INSTALL) cargo-deny --version $(DENY_VERSION)
	@touch $@

$(TOOLS)/.cargo-fuzz-$(FUZZ_VERSION): | $(TOOLS)/.target
	@echo "installing cargo-fuzz $(FUZZ_VERSION)"
	@$(INSTALL) cargo-fuzz --version $(FUZZ_VERSION)
	@touch $@

$(TOOLS)/.optimisers-$(BINARYEN_VERSION)-$(ESBUILD_VERSION): | $(TOOLS)/.target
	@echo "getting wasm-opt and esbuild"
	@command -v npm >/dev/null || end2end/browsers --node
	@npm install --silent --no-audit --no-fund --prefix $(TOOLS)/npm binaryen@$(BINARYEN_VERSION) esbuild@$(ESBUILD_VERSION)
	@touch $@

browsers: end2end/node_modules/.installed
	@end2end/browsers

end2end/node_modules/.installed: end2end/package-lock.json
	@command -v npm >/dev/null || end2end/browsers
	@cd end2end && npm ci --silent
	@touch $@

clean:
	rm -rf target/dist target/style target/bindgen target/release target/front end2end/results
