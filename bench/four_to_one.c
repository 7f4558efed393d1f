/* SPDX-License-Identifier: MIT */
/* LMAX FourToOne: four producers, one consumer. */
#include "bench.h"

static const struct bench_cell cells[] = {
	{ 8, 1024, 1, false },	 { 8, 1024, 10, false }, { 8, 65536, 1, false },
	{ 8, 65536, 10, false }, { 0, 0, 0, false },
};

static const struct bench_scenario four_to_one = {
	.name = "four_to_one",
	.process_name = "process_four_to_one",
	.kind = BENCH_STREAM,
	.producers = 4,
	.consumers = 1,
	.cells = cells,
};
BENCH_SCENARIO(four_to_one);
