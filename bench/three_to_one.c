/* SPDX-License-Identifier: MIT */
/* LMAX ThreeToOne: three producers, one consumer. */
#include "bench.h"

static const struct bench_cell cells[] = {
	{ 8, 1024, 1, false },	{ 8, 1024, 10, false }, { 8, 65536, 1, true },
	{ 8, 65536, 10, true }, { 0, 0, 0, false },
};

static const struct bench_scenario three_to_one = {
	.name = "three_to_one",
	.process_name = "process_three_to_one",
	.kind = BENCH_STREAM,
	.producers = 3,
	.consumers = 1,
	.cells = cells,
};
BENCH_SCENARIO(three_to_one);
