/* SPDX-License-Identifier: MIT */
#include "os.h"

#include <sched.h>
#include <time.h>

#define NS_PER_S INT64_C(1000000000)

static int64_t read_clock(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

int64_t disruptor_os_now(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int64_t disruptor_os_wall_clock(void)
{
	return read_clock(CLOCK_REALTIME);
}

void disruptor_os_nap(int64_t ns)
{
	struct timespec t = { .tv_sec = (time_t)(ns / NS_PER_S),
			      .tv_nsec = (long)(ns % NS_PER_S) };

	clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
}

void disruptor_os_yield(void)
{
	sched_yield();
}
