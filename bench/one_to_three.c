/* SPDX-License-Identifier: MIT */
/* LMAX OneToThree: three consumers, each of every event. */
#include "bench.h"

static const struct bench_cell cells[] = {
	{ 8, 1024, 1, false }, { 8, 1024, 10, false },	{ 8, 1024, 100, false },
	{ 8, 65536, 1, true }, { 8, 65536, 10, false }, { 8, 65536, 100, true },
	{ 0, 0, 0, false },
};

static const struct bench_scenario one_to_three = {
	.name = "one_to_three",
	.process_name = "process_one_to_three",
	.kind = BENCH_STREAM,
	.producers = 1,
	.consumers = 3,
	.cells = cells,
};
BENCH_SCENARIO(one_to_three);
