/* SPDX-License-Identifier: MIT */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdint.h>

/*
 * Counts of values with three significant digits, in the buckets that
 * HdrHistogram uses (lowest value 1, three digits), so that its percentiles
 * are the same. A file of our own since HdrHistogram_c is not in Debian 12.
 * Values from 0 to 2^42 - 1, larger ones count as that: 73 minutes in
 * nanoseconds.
 */
#define HISTOGRAM_HALF_BITS 10
#define HISTOGRAM_VALUE_BITS 42
#define HISTOGRAM_COUNTS                                                       \
	((HISTOGRAM_VALUE_BITS - HISTOGRAM_HALF_BITS + 1)                      \
	 << HISTOGRAM_HALF_BITS)

struct histogram {
	uint64_t total;
	int64_t max;		/* exact */
	uint64_t counts[HISTOGRAM_COUNTS];
};

/* Counts value n times. */
void histogram_record(struct histogram *h, int64_t value, uint64_t n);

/* The value that percent of all values do not exceed; 0 without values. */
int64_t histogram_percentile(const struct histogram *h, double percent);

#endif
