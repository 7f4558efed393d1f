/* SPDX-License-Identifier: MIT */
/*
 * How long a thread stands still for what may come at once, before it blocks or
 * goes back to its event loop. A peer on another CPU is met by spinning some
 * microseconds, one on the same CPU by yielding to it, one that is far away by
 * neither: it learns from the last waits which of the two is worth it.
 */
#ifndef PATIENCE_H
#define PATIENCE_H

#include <stdint.h>

struct habit {
	uint32_t score;		/* how often it has helped lately */
	uint32_t skipped;
};

struct patience {
	struct habit spin, yield;
};

void patience_begin(struct patience *patience);
/*
 * Looks until something is there, up to ns: what look() returns then. 0: there
 * is still nothing. May return early, or not look at all.
 */
int64_t wait_briefly(struct patience *patience, int64_t ns,
		     int64_t (*look)(void *context), void *context);

#endif
