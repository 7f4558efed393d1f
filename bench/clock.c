/* SPDX-License-Identifier: MIT */
#include "clock.h"

#define CALIBRATION_NS 20000000

static double ns_per_tick = 1;

void bench_clock_start(void)
{
	int64_t began = bench_now(), now;
	uint64_t ticks = bench_ticks();

	do
		now = bench_now();
	while (now - began < CALIBRATION_NS);
	ns_per_tick = (double)(now - began) / (double)(bench_ticks() - ticks);
}

double bench_ns_per_tick(void)
{
	return ns_per_tick;
}
