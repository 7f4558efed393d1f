/* SPDX-License-Identifier: MIT */
#include "statistics.h"

#include "bench.h"

#include <stdlib.h>

static void *must(void *memory)
{
	if (memory == NULL)
		bench_fail("no memory");
	return memory;
}

void series_add(struct series *s, double value)
{
	if (s->count == s->room) {
		s->room = s->room * 2 + 8;
		s->values =
			must(realloc(s->values, s->room * sizeof(*s->values)));
	}
	s->values[s->count++] = value;
}

void series_add_latency(struct series *s, const struct histogram *latency)
{
	int i;

	if (s->latency == NULL)
		s->latency = must(calloc(1, sizeof(*s->latency)));
	for (i = 0; i < HISTOGRAM_COUNTS; i++)
		s->latency->counts[i] += latency->counts[i];
	s->latency->total += latency->total;
	if (latency->max > s->latency->max)
		s->latency->max = latency->max;
}

void series_merge(struct series *s, const struct series *more)
{
	size_t i;

	for (i = 0; i < more->count; i++)
		series_add(s, more->values[i]);
	if (more->latency != NULL)
		series_add_latency(s, more->latency);
}

void series_free(struct series *s)
{
	free(s->values);
	free(s->latency);
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double series_median(struct series *s)
{
	size_t middle = s->count / 2;

	qsort(s->values, s->count, sizeof(*s->values), ascending);
	return s->count % 2 != 0 ?
		       s->values[middle] :
		       (s->values[middle - 1] + s->values[middle]) / 2;
}

double series_min(const struct series *s)
{
	double least = s->values[0];
	size_t i;

	for (i = 1; i < s->count; i++)
		if (s->values[i] < least)
			least = s->values[i];
	return least;
}

double series_max(const struct series *s)
{
	double most = s->values[0];
	size_t i;

	for (i = 1; i < s->count; i++)
		if (s->values[i] > most)
			most = s->values[i];
	return most;
}

double series_percentile(const struct series *s, double percent)
{
	return (double)histogram_percentile(s->latency, percent) *
	       bench_ns_per_tick();
}
