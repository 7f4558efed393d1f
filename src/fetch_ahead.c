/* SPDX-License-Identifier: MIT */
#include "internal.h"

/*
 * Consumers that have read a line of events still share it when its turn comes
 * again, and the producer must have it for itself before it can write there.
 * One by one that is a trip to the other core for each line, since the stores
 * of events and cursor alternate and each waits for the one before: 35 ns of
 * 36 that 8 events of 8 bytes took. Lines that are written to side by side are
 * fetched side by side: 11 ns each (Zen 4; docs/performance.md).
 *
 * So one byte of each line of the next block is written, with what is in it.
 * The slots are free, and a single producer's alone. The processor's own
 * prefetching does not help: it fetches the lines to be read, and then takes no
 * hint (prefetchw) that they will be written.
 */

#define LINE 64
#define BLOCK 512
/* Of larger slots it made nothing faster. */
#define STRIDE_MAX 16

#if defined(__x86_64__) || defined(__i386__)
#define MEASURED true
#else
#define MEASURED false
#endif

void disruptor_sequencer_prepare_fetch(struct disruptor_sequencer *s)
{
	bool wanted = MEASURED && !s->multi &&
		      s->ring.event_stride <= STRIDE_MAX &&
		      (s->ring.mask + 1) * s->ring.event_stride >= 4 * BLOCK;

	s->fetch_at = wanted ? s->next : INT64_MAX;
}

/* volatile: a store of what is there already is no store to a compiler. */
static void fetch_line(const struct disruptor_ring_buffer *ring,
		       int64_t sequence)
{
	volatile unsigned char *byte =
		disruptor_ring_buffer_event(ring, sequence);

	*byte = *byte;
}

void disruptor_sequencer_fetch_ahead(struct disruptor_sequencer *s)
{
	int64_t stride = (int64_t)s->ring.event_stride;
	int64_t from = s->next + BLOCK / stride, to = from + BLOCK / stride;

	s->fetch_at = from;
	if (to > s->limit)
		return;
	for (; from < to; from += LINE / stride)
		fetch_line(&s->ring, from);
}
