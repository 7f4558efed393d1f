/* SPDX-License-Identifier: MIT */
/* LMAX OneToThreePipeline: three stages, one after the other. */
#include "bench.h"

static const struct bench_cell cells[] = {
	{ 32, 1024, 1, false },	  { 32, 1024, 10, false },
	{ 32, 1024, 100, false }, { 32, 65536, 1, true },
	{ 32, 65536, 10, false }, { 32, 65536, 100, true },
	{ 0, 0, 0, false },
};

static const struct bench_scenario pipeline = {
	.name = "pipeline",
	.process_name = "process_pipeline",
	.kind = BENCH_STREAM,
	.producers = 1,
	.consumers = 3,
	.after = { 0, 1 << 0, 1 << 1 },
	.cells = cells,
};
BENCH_SCENARIO(pipeline);
