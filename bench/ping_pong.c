/* SPDX-License-Identifier: MIT */
/* LMAX PingPong: the latency of one event there and one back. */
#include "bench.h"

static const struct bench_cell cells[] = {
	{ 8, 1024, 1, true },
	{ 64, 1024, 1, false },
	{ 256, 1024, 1, false },
	{ 0, 0, 0, false },
};

static const struct bench_scenario ping_pong = {
	.name = "ping_pong",
	.process_name = "process_ping_pong",
	.kind = BENCH_ROUND_TRIP,
	.producers = 1,
	.consumers = 1,
	.cells = cells,
};
BENCH_SCENARIO(ping_pong);
