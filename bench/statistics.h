/* SPDX-License-Identifier: MIT */
#ifndef BENCH_STATISTICS_H
#define BENCH_STATISTICS_H

#include "histogram.h"

#include <stddef.h>

/* The samples of one row in one placement. */
struct series {
	double *values; /* nanoseconds per event */
	size_t count, room;
	struct histogram *latency; /* of all samples, in ticks; NULL: none */
};

void series_add(struct series *s, double value);
void series_add_latency(struct series *s, const struct histogram *latency);
/* Adds all that more has. */
void series_merge(struct series *s, const struct series *more);
void series_free(struct series *s);
/* Sorts the values; there must be one. */
double series_median(struct series *s);
double series_min(const struct series *s);
double series_max(const struct series *s);
/* In nanoseconds. */
double series_percentile(const struct series *s, double percent);

#endif
