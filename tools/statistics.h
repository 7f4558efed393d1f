/* SPDX-License-Identifier: MIT */
#ifndef STATISTICS_H
#define STATISTICS_H

#include "histogram.h"

#include <stdbool.h>
#include <stdint.h>

/* What --stats prints at the end of a publish or subscribe. */
struct statistics {
	uint64_t records;
	uint64_t events;
	uint64_t bytes;
	uint64_t gaps;
	uint64_t torn;		/* records whose publisher died in them */
	uint64_t skipped;	/* frames of records that began before us */
	int64_t began;		/* at the first event; 0: none yet */
	int64_t ended;		/* at the last */
	struct histogram *latency; /* NULL: not measured */
	int64_t published_ns;	/* of events that came in a row: their */
	uint64_t same;		/* number */
};

/* False: no memory. */
bool statistics_open(struct statistics *s, bool latency);
void statistics_close(struct statistics *s);

/* An event that was published then; flushed by statistics_batch(). */
static inline void statistics_event(struct statistics *s, int64_t published_ns,
				    int64_t now)
{
	if (s->published_ns != published_ns) {
		if (s->same != 0)
			histogram_record(s->latency, now - s->published_ns,
					 s->same);
		s->published_ns = published_ns;
		s->same = 0;
	}
	s->same++;
}

/* The events that were seen now are all counted. */
void statistics_batch(struct statistics *s, int64_t now);

/* To standard error. */
void statistics_print(const struct statistics *s, const char *what,
		      const char *ring);

#endif
