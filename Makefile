# The commands of this project; each installs by apt what it needs and is missing.
#   make run    build, and show the program at work against a built-in sample server
#   make test   build and run all tests
#   make lint   check formatting, clang-tidy and the include arrows (also part of make test)

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

JOBS ?= $(shell nproc)
# Many of the long tests wait for another program more than they compute.
TEST_JOBS := $(shell echo $$((2 * $(JOBS))))
# Arguments for the demo of `make run`, e.g. ARGS=--once
ARGS ?=

# Boost's default on bookworm (1.74) is too old; from trixie on the default will do.
BOOST := $(shell . /etc/os-release; [ "$${VERSION_ID:-}" = 12 ] && echo libboost1.81-dev libboost-url1.81-dev || echo libboost-dev libboost-url-dev)
BUILD_PACKAGES := g++ cmake make ninja-build pkg-config $(BOOST) libssl-dev libc-ares-dev libre2-dev \
  libxxhash-dev rapidjson-dev libyaml-cpp-dev libcli11-dev libspdlog-dev libcivetweb-dev \
  libgrpc++-dev protobuf-compiler-grpc libprotobuf-dev protobuf-compiler \
  prometheus-cpp-dev libcurl4-openssl-dev zlib1g-dev libgtest-dev libgmock-dev ca-certificates python3
TEST_PACKAGES := $(BUILD_PACKAGES) clang-format-19 clang-tidy-19 prometheus prometheus-alertmanager \
  curl openssl nodejs npm python3-venv python3-pip
FUZZ_PACKAGES := $(BUILD_PACKAGES) clang-19 libclang-rt-19-dev
BENCH_PACKAGES := $(BUILD_PACKAGES) libbenchmark-dev prometheus-blackbox-exporter wrk curl \
  haproxy nginx-light

# $(call install,PACKAGES): those that are missing, saying which. A package that a machine has from
# elsewhere (a newer node, say) counts as there when its command is.
define install
@missing=(); \
for package in $(1); do \
  case "$$package" in nodejs) command -v node >/dev/null && continue ;; npm) command -v npm >/dev/null && continue ;; esac; \
  [ "$$(dpkg-query -W -f='$${db:Status-Status}' "$$package" 2>/dev/null)" = installed ] || missing+=("$$package"); \
done; \
if [ $${#missing[@]} -gt 0 ]; then \
  echo "installing with apt: $${missing[*]}"; \
  sudo=(); [ "$$(id -u)" = 0 ] || sudo=(sudo); \
  "$${sudo[@]}" apt-get update -qq; \
  "$${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$${missing[@]}" >/dev/null; \
fi
endef

.PHONY: help build-packages test-image dashboards run test lint test-asan test-tsan test-keda test-hpa test-manifests test-cluster fuzz bench bench-rules closed-loop prove-alerts

help:
	@sed -n 's/^#   make/make/p' Makefile

build/%/build.ninja: CMakeLists.txt CMakePresets.json
	@cmake --preset $* --log-level=WARNING >/dev/null

run:
	$(call install,$(BUILD_PACKAGES))
	@$(MAKE) --no-print-directory build/dev/build.ninja
	@cmake --build --preset dev --target mcp-vitals -- -j $(JOBS)
	@build/dev/app/mcp-vitals demo $(ARGS)

test:
	$(call install,$(TEST_PACKAGES))
	@tests/peers/install
	@dashboards/picture/install
	@$(MAKE) --no-print-directory build/dev/build.ninja
	@cmake --build --preset dev -- -j $(JOBS)
	@ctest --preset dev -j $(TEST_JOBS)

# What a build needs and nothing else, for the image (Dockerfile).
build-packages:
	$(call install,$(BUILD_PACKAGES))

# The image as the Dockerfile describes it, without Docker: built, tested and started in folders;
# ARGS as in tests/image/run. Needs root.
test-image:
	$(call install,debootstrap python3 util-linux)
	@tests/image/run $(ARGS)

lint:
	$(call install,$(TEST_PACKAGES))
	@$(MAKE) --no-print-directory build/dev/build.ninja
	@ctest --preset dev -R '^(arrows|format|tidy)'

# The unit and fault tests under a sanitizer.
test-asan test-tsan: test-%:
	$(call install,$(BUILD_PACKAGES))
	@$(MAKE) --no-print-directory build/$*/build.ninja
	@cmake --build --preset $* -- -j $(JOBS)
	@ctest --preset $* -j $(JOBS) -LE whole

# What is built here is run by `make test` too.
test-keda:
	$(call install,$(BUILD_PACKAGES))
	@tests/support/go_test_binary tests/keda build/keda/keda.test
	@$(MAKE) --no-print-directory build/dev/build.ninja
	@cmake --build --preset dev --target mcp-vitals sample-server -- -j $(JOBS)
	@ctest --preset dev -R '^keda$$'

test-hpa:
	$(call install,$(BUILD_PACKAGES))
	@tests/support/go_test_binary tests/hpa/oracle build/keda/hpa-oracle
	@$(MAKE) --no-print-directory build/dev/build.ninja
	@cmake --build --preset dev --target hpa_test -- -j $(JOBS)
	@ctest --preset dev -R '^hpa$$'

# With ARGS=-update it writes the golden files anew; other ARGS of a Go test, too, are for `manifests` alone.
test-manifests:
	$(call install,$(BUILD_PACKAGES))
	@tests/support/go_test_binary tests/manifests/pod build/manifests/pod.test
	@tests/support/go_test_binary tests/manifests build/manifests/manifests.test
	@$(MAKE) --no-print-directory build/dev/build.ninja
	@cmake --build --preset dev --target mcp-vitals sample-server -- -j $(JOBS)
	@$(if $(ARGS),cd tests/manifests && MCP_VITALS=$(CURDIR)/build/dev/app/mcp-vitals \
	  $(CURDIR)/build/manifests/manifests.test $(ARGS),ctest --preset dev -R '^manifests')

# The scaler against a real Kubernetes control plane with KEDA: needs Go 1.26, root (or sudo) for
# namespaces, and 3 GB of memory. Some 10 minutes; the first time a quarter of an hour more, to
# build Kubernetes and KEDA into build/cluster. See tests/README.md; ARGS are those of a Go test.
test-cluster:
	$(call install,$(BUILD_PACKAGES) iproute2 util-linux)
	@$(MAKE) --no-print-directory build/dev/build.ninja
	@cmake --build --preset dev --target mcp-vitals sample-server -- -j $(JOBS)
	@tests/cluster/run $(ARGS)

fuzz:
	$(call install,$(FUZZ_PACKAGES))
	@tests/fuzz/run $(ARGS)

bench:
	$(call install,$(BENCH_PACKAGES))
	@tests/bench/run $(ARGS)

# What all rules cost a Prometheus that scrapes 200 pods.
bench-rules:
	$(call install,prometheus python3)
	@tests/alerts/rules_cost.py $(ARGS)

# Pictures of the dashboards from the data of a Prometheus; ARGS as in docs/dashboards.md.
dashboards:
	$(call install,nodejs npm chromium)
	@dashboards/picture/install
	@dashboards/picture/render $(ARGS)

# Ways to scale on the same simulated traffic; ARGS as in tests/closed_loop/README.md.
closed-loop:
	$(call install,$(BUILD_PACKAGES) libbenchmark-dev)
	@$(MAKE) --no-print-directory build/release/build.ninja
	@cmake --build --preset release --target closed-loop -- -j $(JOBS)
	@build/release/tests/closed_loop/closed-loop --out docs/scaling $(ARGS)

# Each fault induced, its alert awaited at a webhook, and every panel's query held against the load;
# ARGS as in tests/proof/README.md.
prove-alerts:
	$(call install,$(TEST_PACKAGES) libbenchmark-dev)
	@$(MAKE) --no-print-directory build/release/build.ninja
	@cmake --build --preset release --target mcp-vitals -- -j $(JOBS)
	@MCP_VITALS=build/release/app/mcp-vitals PYTHONDONTWRITEBYTECODE=1 tests/proof/run $(ARGS)
