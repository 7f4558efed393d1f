/* SPDX-License-Identifier: MIT */
#ifndef BENCH_HARNESS_H
#define BENCH_HARNESS_H

#include "bench.h"
#include "probe.h"
#include "statistics.h"

#include <stdio.h>

/* One line of the result: a system in a scenario of a certain shape. */
struct row {
	const struct bench_scenario *scenario;
	const struct bench_system *system;
	struct bench_shape shape;
	double estimate[BENCH_PLACEMENTS]; /* ns per event; 0: not known yet */
	struct series series[BENCH_PLACEMENTS];
	/* Samples during which other programs had a CPU. */
	struct series disturbed[BENCH_PLACEMENTS];
	size_t used_disturbed[BENCH_PLACEMENTS]; /* of them in series */
};

struct plan {
	bool quick;	      /* fewer cells, shorter samples */
	double seconds;	      /* the whole may take */
	const char *scenario; /* only this one; NULL: all */
	const char *system;   /* only whose names hold this; NULL: all */
	/* Only such shapes; 0: all. */
	uint32_t event_size, capacity, batch;
};

struct results {
	struct row *rows;
	size_t count;
	int rounds;
	unsigned int samples;
	unsigned int probes[BENCH_PLACEMENTS]; /* samples' first probes */
	unsigned int moved; /* thrown away: the probes disagreed */
	unsigned int too_short, too_long; /* thrown away: not 10 to 200 ms */
	unsigned int disturbed;
};

/* rows.c: all rows of a plan. */
const char *row_scenario(const struct row *row);
void rows_make(const struct plan *plan, struct results *results);
void rows_list(const struct plan *plan);
void results_free(struct results *results);

/* harness.c: ends when the time is over, or at SIGINT with what there is. */
void harness_run(const struct plan *plan, struct results *results);

/* report.c */
void report_table(struct results *results, FILE *out);
void report_json(struct results *results, FILE *out);

#endif
