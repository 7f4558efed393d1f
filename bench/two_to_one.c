/* SPDX-License-Identifier: MIT */
/* LMAX TwoToOne: two producers, one consumer. */
#include "bench.h"

static const struct bench_cell cells[] = {
	{ 8, 1024, 1, true },	{ 8, 1024, 10, true }, { 8, 65536, 1, true },
	{ 8, 65536, 10, true }, { 0, 0, 0, false },
};

static const struct bench_scenario two_to_one = {
	.name = "two_to_one",
	.process_name = "process_two_to_one",
	.kind = BENCH_STREAM,
	.producers = 2,
	.consumers = 1,
	.cells = cells,
};
BENCH_SCENARIO(two_to_one);
