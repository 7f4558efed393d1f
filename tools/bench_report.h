/* SPDX-License-Identifier: MIT */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include "bench_sample.h"

/* Samples, by placement. */
struct bench_report;

struct bench_report *bench_report_new(void);	/* NULL: no memory */
void bench_report_free(struct bench_report *r);

/* Does not count when the probes before and after it disagree. */
void bench_report_add(struct bench_report *r, double probe_before,
		      double probe_after, double ns_per_event,
		      const struct histogram *round_trips);

void bench_report_print(struct bench_report *r, const struct bench_shape *shape,
			bool json);

#endif
