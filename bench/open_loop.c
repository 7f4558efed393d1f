/* SPDX-License-Identifier: MIT */
/* Latency under load: 1, 10 and 50 million events a second. */
#include "open_loop.h"

static const struct bench_cell cells[] = {
	{ sizeof(struct open_loop_event), 65536, 1, true },
	{ 0, 0, 0, false },
};

#define AT_RATE(million)                                                       \
	static const struct bench_scenario open_loop_##million = {             \
		.name = "open_loop_" #million "m",                             \
		.process_name = "process_open_loop_" #million "m",             \
		.kind = BENCH_OPEN_LOOP,                                       \
		.producers = 1,                                                \
		.consumers = 1,                                                \
		.cells = cells,                                                \
		.rate = million,                                               \
	};                                                                     \
	BENCH_SCENARIO(open_loop_##million)

AT_RATE(1);
AT_RATE(10);
AT_RATE(50);
