/* SPDX-License-Identifier: MIT */
/* A consumer that sleeps: from the publisher's call to its event. */
#include "wake_up.h"

static const struct bench_cell cells[] = {
	{ sizeof(struct wake_up_event), 64, 1, true },
	{ 0, 0, 0, false },
};

static const struct bench_scenario wake_up = {
	.name = "wake_up",
	.process_name = "process_wake_up",
	.kind = BENCH_WAKE_UP,
	.producers = 1,
	.consumers = 1,
	.cells = cells,
};
BENCH_SCENARIO(wake_up);
