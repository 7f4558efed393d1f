/* SPDX-License-Identifier: MIT */
#include "internal.h"

/*
 * How far a ring has come. The cursor alone does not say: in a multi producer
 * ring it means claimed, with stamped slots and a single producer it may be
 * behind. The commit words tell.
 */

uint64_t *disruptor_commit_word(const struct disruptor *d, int64_t sequence)
{
	return disruptor_ring_buffer_word(&d->ring, sequence);
}

int64_t disruptor_cursor(const struct disruptor *d)
{
	int64_t cursor = disruptor_sequence_load_seq_cst(&d->words->cursor);

	if (cursor < d->header.first_sequence)
		return d->header.first_sequence;
	return cursor < DISRUPTOR_SEQUENCE_MAX ? cursor :
						 DISRUPTOR_SEQUENCE_MAX;
}

int64_t disruptor_first_unresolved(const struct disruptor_ring_buffer *ring,
				   int64_t from, int64_t to)
{
	while (from < to &&
	       disruptor_load_acquire_u64(
		       disruptor_ring_buffer_word(ring, from)) >=
		       disruptor_word_published(from))
		from++;
	return from;
}

int64_t disruptor_published(const struct disruptor *d)
{
	int64_t cursor = disruptor_cursor(d);
	int64_t oldest = cursor - disruptor_capacity(d);

	if (d->ring.words == NULL)
		return cursor;
	if (d->header.producer_type == DISRUPTOR_SINGLE_PRODUCER)
		return disruptor_first_unresolved(
			&d->ring, cursor, cursor + disruptor_capacity(d));
	if (oldest < d->header.first_sequence)
		oldest = d->header.first_sequence;
	return disruptor_first_unresolved(&d->ring, oldest, cursor);
}

int64_t disruptor_stream_end(const struct disruptor *d)
{
	return d->header.producer_type == DISRUPTOR_MULTI_PRODUCER ?
		       disruptor_cursor(d) :
		       disruptor_published(d);
}
