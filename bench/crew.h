/* SPDX-License-Identifier: MIT */
#ifndef BENCH_CREW_H
#define BENCH_CREW_H

#include "bench.h"

/* The one run of this program; reset before each sample. */
struct bench_run *crew_run_new(void);

/*
 * Opens the system, lets all members warm up and then work, closes it. Returns
 * the nanoseconds from when the first producer began until the last member was
 * done.
 */
int64_t crew_sample(struct bench_run *run);

/* How often other programs took a CPU away from its members. */
long crew_preempted(const struct bench_run *run);

#endif
