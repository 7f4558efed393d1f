# A thin front for CMake. All that it makes is in build/.
#
#	make			the library, the command, the examples
#	make run		the main job: real data through one ring
#	make test		all tests, plain and under the sanitizers
#	make crash		participants are killed everywhere; KILLS=100000
#				for the long form, SHARD=3/20 for a part of it
#	make bench		the benchmarks, into bench-results.jsonl
#	make node		the Node.js package: builds and tests it
#	make node-full		the same with what npm fetches for it;
#				PARTS='suite interop': those of scripts/full.js
#	make bench-node		its benchmark alone, into bench-results.jsonl
#	make install		PREFIX=/usr/local DESTDIR=
#	make clang aarch64 m32	the tests by clang, for 64-bit ARM, for 32 bits
#	make fuzz		libFuzzer over shared rings, FUZZ_SECONDS=60
#	make mutants		bugs are seeded; which test notices? MUTANTS='E5*'
#	make explore		the real code under the C11 memory model, deep
#	make spin		models of the protocol, and their mutants
#	make format		clang-format over all sources
#	make clean
#
# V=1 shows the commands, JOBS=n sets how many run at once, and CC=, CFLAGS=
# are those of the first configuration. What is missing is installed.

PREFIX ?= /usr/local
BUILD ?= build
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
need = @scripts/install-packages
build = MAKEFLAGS=--no-print-directory cmake --build $(BUILD) --parallel $(JOBS) $(if $(V),--verbose)
configure = cmake -S . -B $(BUILD) --log-level=NOTICE \
	-DDISRUPTOR_BUILD_TESTS=OFF

all:
	$(need) cc cmake kernel-headers
	@$(configure)
	@$(build)

run: all
	@scripts/run-demo $(BUILD)/disruptor

test:
	$(need) cc cmake kernel-headers cmocka c++ pkg-config
	@JOBS=$(JOBS) V=$(V) scripts/run-tests plain asan tsan

sanitize:
	$(need) cc cmake kernel-headers cmocka
	@JOBS=$(JOBS) V=$(V) scripts/run-tests asan tsan

clang aarch64 m32:
	$(need) cc cmake kernel-headers cmocka $@
	@JOBS=$(JOBS) V=$(V) scripts/run-tests $@

fuzz:
	$(need) cmocka libfuzzer
	@scripts/run-fuzz

crash:
	$(need) cc cmake kernel-headers cmocka
	@JOBS=$(JOBS) V=$(V) scripts/run-crash $(KILLS)

mutants:
	$(need) cc cmake kernel-headers cmocka
	@tests/mutants/run '$(MUTANTS)'

explore:
	$(need) cc cmake kernel-headers cmocka
	@JOBS=$(JOBS) scripts/run-explore $(BUILD)/plain

spin:
	$(need) cc
	$(need) --optional spin
	@JOBS=$(JOBS) tests/models/run-models $(abspath $(BUILD))/models || [ $$? = 77 ]

bench:
	$(need) cc cmake kernel-headers
	$(need) --optional c++ boost moodycamel ck dpdk zeromq lmax crossbeam
	@$(configure) -DDISRUPTOR_BUILD_BENCH=ON
	@$(build)
	$(need) --optional node npm
	@bench/run $(BUILD)

node: all
	$(need) node
	@cd bindings/node && node scripts/build.js && node scripts/test.js

node-full: all
	$(need) node c++ npm
	@cd bindings/node && node scripts/build.js && \
		node scripts/full.js $(PARTS)

bench-node: all
	$(need) node c++ npm
	@cd bindings/node && node scripts/build.js && \
		{ node scripts/fetch.js; \
		node bench/run.js --append ../../bench-results.jsonl; }

install:
	$(need) cc cmake kernel-headers
	@$(configure) -DCMAKE_INSTALL_PREFIX=$(PREFIX)
	@$(build)
	@DESTDIR=$(DESTDIR) cmake --install $(BUILD)

format:
	$(need) clang-format
	clang-format -i $$(find include src tools examples tests bench -name '*.[ch]')

clean:
	rm -rf $(BUILD) bindings/node/prebuilds bindings/node/libdisruptor

.PHONY: all run test fuzz crash mutants explore spin sanitize clang aarch64 m32 bench \
	node node-full bench-node install format clean
