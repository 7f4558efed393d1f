/* SPDX-License-Identifier: MIT */
#include "histogram.h"

#define HALF (1 << HISTOGRAM_HALF_BITS)
#define VALUE_MAX ((INT64_C(1) << HISTOGRAM_VALUE_BITS) - 1)

/*
 * Values below 2 * HALF have a count each. Above, each power of two is cut in
 * HALF counts: shift is how many low bits share one.
 */
static int shift_of(int64_t value)
{
	return 63 - HISTOGRAM_HALF_BITS -
	       __builtin_clzll((unsigned long long)value | (2 * HALF - 1));
}

static int64_t index_of(int64_t value)
{
	int shift = shift_of(value);

	return ((int64_t)shift << HISTOGRAM_HALF_BITS) + (value >> shift);
}

/* The highest value that is counted there. */
static int64_t value_of(int64_t index)
{
	int64_t shift = (index >> HISTOGRAM_HALF_BITS) - 1;

	if (shift < 0)
		shift = 0;
	index -= shift << HISTOGRAM_HALF_BITS;
	return ((index + 1) << shift) - 1;
}

void histogram_record(struct histogram *h, int64_t value, uint64_t n)
{
	if (value < 0)
		value = 0;
	if (value > VALUE_MAX)
		value = VALUE_MAX;
	if (value > h->max)
		h->max = value;
	h->total += n;
	h->counts[index_of(value)] += n;
}

int64_t histogram_percentile(const struct histogram *h, double percent)
{
	double wanted = percent / 100 * (double)h->total;
	uint64_t sum = 0;
	int64_t i, value;

	for (i = 0; i < HISTOGRAM_COUNTS; i++) {
		sum += h->counts[i];
		if (sum == 0 || (double)sum < wanted)
			continue;
		value = value_of(i);
		return value < h->max ? value : h->max;
	}
	return 0;
}
