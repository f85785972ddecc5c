SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup demo test verify generate bench soak e2e e2e-kind image sbom clean

# Node 24 and the tools come from node_modules, whatever Node the machine has. npm itself runs on the machine's.
RUN := PATH="$(CURDIR)/node_modules/.bin:$$PATH"
CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/awoooi-operator
# vitest keeps a token below XDG_DATA_HOME: with everything else in the one cache folder.
VITEST := $(RUN) XDG_DATA_HOME="$(CACHE)/data"
# From `make demo ONLY=chain KEEP=1`, `make e2e K8S=1.34`, `make e2e-kind NODE_IMAGE=…` and `make image BASE=debian`.
export ONLY KEEP K8S NODE_IMAGE IMAGE TESTS DRY_RUN BASE PLATFORMS PACKAGES PUSH

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' Makefile

setup: ## get everything that the other targets run, once; they all begin with it
	@sh scripts/setup/node-modules.sh
	@$(RUN) node scripts/setup.ts

demo: setup ## start the real parts, break the alert chain in each way and mend it; ONLY=<section> runs one, KEEP=1 leaves it running
	@$(RUN) node demo/main.ts

# KUBECONFIG is kept out: the tests would otherwise work on whatever cluster the shell happens to point at.
test: setup ## run all tests on real parts; the last line is the count
	@$(VITEST) env -u KUBECONFIG vitest run

verify: setup ## what CI runs: generated files, format, types, lint, unused code, tests, clean tree
	@echo 'verify: generated files'; $(RUN) node scripts/generate.ts
	@sh scripts/verify/clean-tree.sh 'before anything ran, or because the generated files in it were stale: run make generate and commit'
	@echo 'verify: format'; $(RUN) biome format
	@echo 'verify: types'; $(RUN) tsc -p .
	@echo 'verify: lint'; $(RUN) oxlint --type-aware
	@echo 'verify: unused code and dependencies'; $(RUN) knip
	@$(MAKE) --no-print-directory test
	@sh scripts/verify/clean-tree.sh 'after the tests'

generate: setup ## write config/crd and the generated tables in docs/ from the schemas
	@$(RUN) node scripts/generate.ts

bench: setup ## measure speed and memory into bench/results.json and docs/benchmarks.md; ONLY=<name> runs one
	@$(RUN) node bench/main.ts

soak: setup ## break and mend every part of a running chain for an hour (MINUTES=<n>), and kill the operator 300 times (CYCLES=<n>)
	@$(VITEST) env -u KUBECONFIG SOAK=1 MINUTES=$(or $(MINUTES),60) CYCLES=$(or $(CYCLES),300) vitest run test/soak

e2e: setup ## run the tests of test/e2e on a control plane of our own, of another version with K8S=1.34, or on the cluster of KUBECONFIG
	@echo "e2e: on $${KUBECONFIG:-a control plane of our own$${K8S:+, Kubernetes $$K8S}}"; $(VITEST) vitest run $(or $(TESTS),test/e2e)

e2e-kind: setup ## run them on a kind cluster with image and chart, which needs Docker; KEEP=1 leaves it, NODE_IMAGE, IMAGE and TESTS choose, DRY_RUN=1 lists the steps
	@$(VITEST) node scripts/e2e-kind.ts

image: setup ## build the container image; say its size and how soon it is ready; BASE=<image> or BASE=debian, IMAGE=<name:tag>, PLATFORMS=<list> [PUSH=1]
	@$(RUN) node scripts/image/build.ts

sbom: setup ## write what the image holds to sbom.cdx.json (CycloneDX)
	@$(RUN) node scripts/image/sbom.ts > sbom.cdx.json && echo 'sbom: sbom.cdx.json'

clean: ## remove what was built or installed in this clone; the cache folder with the parts stays
	@rm -rf node_modules dist coverage sbom.cdx.json awoooi-operator.oci.tar
	@echo "The parts stay in $(CACHE); remove that folder to get them anew."
