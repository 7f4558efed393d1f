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

int64_t disruptor_claimed(const struct disruptor *d)
{
	return disruptor_stream_end(d);
}

/* A sequence from the region, where it may honestly be. */
static int64_t within(const struct disruptor *d,
		      const struct disruptor_sequence *sequence, int64_t end)
{
	int64_t s = disruptor_sequence_load_acquire(sequence);

	if (s < end - disruptor_capacity(d))
		return end - disruptor_capacity(d);
	return s < end ? s : end;
}

/*
 * E3 for the program: who is told that consumers are done, or gone, may look at
 * what they did.
 */
static bool is_there(const struct disruptor *d, uint32_t index)
{
	return disruptor_consumer_gates(
		disruptor_load_acquire_u64(&d->consumers[index].status));
}

int disruptor_consumer_count(const struct disruptor *d)
{
	uint32_t i;
	int count = 0;

	for (i = 0; i < d->header.consumers_max; i++)
		count += is_there(d, i);
	return count;
}

static int64_t slowest_lag(const struct disruptor *d, int64_t end)
{
	int64_t lag, largest = 0;
	uint32_t i;

	for (i = 0; i < d->header.consumers_max; i++) {
		if (!is_there(d, i))
			continue;
		lag = end - within(d, &d->consumers[i].sequence, end);
		if (lag > largest)
			largest = lag;
	}
	return largest;
}

int64_t disruptor_remaining_capacity(const struct disruptor *d)
{
	return disruptor_capacity(d) - slowest_lag(d, disruptor_stream_end(d));
}

bool disruptor_has_backlog(const struct disruptor *d)
{
	return slowest_lag(d, disruptor_published(d)) > 0;
}

int64_t disruptor_poller_lag(const struct disruptor_poller *poller)
{
	const struct disruptor_poller_private *p = poller->hidden;
	int64_t end = disruptor_published(p->disruptor);

	return end - within(p->disruptor, &poller->record->sequence, end);
}

int64_t disruptor_processor_lag(const struct disruptor_processor *processor)
{
	return disruptor_poller_lag(processor->poller);
}

int64_t disruptor_stream_end(const struct disruptor *d)
{
	return d->header.producer_type == DISRUPTOR_MULTI_PRODUCER ?
		       disruptor_cursor(d) :
		       disruptor_published(d);
}
