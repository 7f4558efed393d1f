/* SPDX-License-Identifier: MIT */
/* Room R3: sequence barrier. Includes R0 to R2. */
#ifndef DISRUPTOR_SEQUENCE_BARRIER_H
#define DISRUPTOR_SEQUENCE_BARRIER_H

#include <disruptor/layout.h>
#include <disruptor/ring_buffer.h>

/*
 * What a consumer may read next: up to the cursor, over the commit words, or
 * up to the slowest of the consumers that it follows.
 */
struct disruptor_sequence_barrier {
	struct disruptor_ring_buffer ring;
	const struct disruptor_sequence *cursor;
	const struct disruptor_control *control;
	/* Consumers to follow; none: the cursor or the words. */
	const struct disruptor_sequence *const *upstream;
	uint32_t upstream_count;
};

/*
 * E4: each word is read with acquire, since neighbours may come from different
 * producers. Stops at the first that is not an event of this lap.
 */
DISRUPTOR_INLINE int64_t
disruptor_sequence_barrier_scan(const struct disruptor_sequence_barrier *b,
				int64_t from, int64_t to)
{
	struct disruptor_ring_buffer ring = b->ring;

	while (from < to &&
	       disruptor_load_acquire_u64(disruptor_ring_buffer_word(
		       &ring, from)) == disruptor_word_published(from))
		from++;
	return from;
}

/*
 * E3: a follower sees the event with all that was done to it. The words need
 * no second look, but for gaps: see disruptor_poll().
 */
DISRUPTOR_INLINE int64_t
disruptor_sequence_barrier_upstream(const struct disruptor_sequence_barrier *b)
{
	int64_t minimum = disruptor_sequence_load_acquire(b->upstream[0]);
	uint32_t i;

	for (i = 1; i < b->upstream_count; i++) {
		int64_t s = disruptor_sequence_load_acquire(b->upstream[i]);

		if (s < minimum)
			minimum = s;
	}
	return minimum;
}

/*
 * One past the last event that may be read, given that everything before ready
 * is known to be; a scan of commit words ends at scan_end. Wait-free. In a
 * shared ring the result may be nonsense that a hostile peer wrote: the caller
 * holds it against its own position and the capacity.
 */
DISRUPTOR_INLINE int64_t
disruptor_sequence_barrier_ready(const struct disruptor_sequence_barrier *b,
				 int64_t ready, int64_t scan_end)
{
	if (b->upstream_count != 0)
		return disruptor_sequence_barrier_upstream(b);
	if (b->ring.words != NULL)
		return disruptor_sequence_barrier_scan(b, ready, scan_end);
	/* E1: the cursor first, then the events before it. */
	return disruptor_sequence_load_acquire(b->cursor);
}

#endif
