/* SPDX-License-Identifier: MIT */
#ifndef BENCH_SAMPLE_H
#define BENCH_SAMPLE_H

#include "bench_probe.h"
#include "histogram.h"

#include <disruptor/disruptor.h>

#define BENCH_MEMBERS_MAX 64

/* What is measured. */
struct bench_shape {
	struct disruptor_options options;
	uint32_t producers, consumers;
	int64_t batch;
	bool shared;		/* the ring lies in shared memory */
	int cpus[BENCH_CPUS_MAX];
	int cpu_count;
};

/* Whether each member has a CPU of its own; else none is pinned. */
bool bench_is_pinned(const struct bench_shape *shape);

/*
 * One run of about so many events from the producers to all consumers, each of
 * which verifies every byte of every event. Nanoseconds; *events becomes how
 * many were published. Ends the program with a message when something fails.
 */
int64_t bench_stream(const struct bench_shape *shape, double wanted,
		     uint64_t *events);

/*
 * So many events there and back through two rings, or as many as the limit
 * allows; times go into ns.
 */
int64_t bench_round_trips(const struct bench_shape *shape, uint64_t count,
			  int64_t limit_ns, struct histogram *ns);

#endif
