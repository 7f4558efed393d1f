/* SPDX-License-Identifier: MIT */
/* Claim, fill, publish, with nobody else about: what the calls cost. */
#include "bench.h"

static const struct bench_cell cells[] = {
	{ 8, 1024, 1, true },
	{ 0, 0, 0, false },
};

static const struct bench_scenario publish = {
	.name = "publish",
	.kind = BENCH_PUBLISH,
	.producers = 1,
	.cells = cells,
};
BENCH_SCENARIO(publish);
