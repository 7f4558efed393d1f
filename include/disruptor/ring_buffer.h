/* SPDX-License-Identifier: MIT */
/* Room R2: ring buffer. Includes R0. */
#ifndef DISRUPTOR_RING_BUFFER_H
#define DISRUPTOR_RING_BUFFER_H

#include <disruptor/atomic.h>

#include <errno.h>

/*
 * Where a sequence's event and commit word lie. All numbers come from the
 * validated copy of the header and are never read again from the region, so
 * every address is inside it, whatever sequence is asked for.
 *
 * Packed slots: events side by side, words in an array of their own.
 * Stamped slots: the word lies behind its event, on the same cache line.
 */
struct disruptor_ring_buffer {
	unsigned char *events;
	unsigned char *words;	/* NULL: none (single producer, packed) */
	uint64_t mask;		/* capacity - 1 */
	uint64_t event_stride;	/* bytes */
	uint64_t word_stride;	/* bytes */
	uint64_t event_size;	/* bytes */
};

DISRUPTOR_INLINE void *
disruptor_ring_buffer_event(const struct disruptor_ring_buffer *ring,
			    int64_t sequence)
{
	return ring->events +
	       ((uint64_t)sequence & ring->mask) * ring->event_stride;
}

/*
 * Bytes from slot to slot where an event and its commit word share a line: 16,
 * 32 or 64, so that no slot lies across two, or whole lines.
 */
DISRUPTOR_INLINE uint64_t disruptor_stamped_stride(uint64_t event_size)
{
	uint64_t word = sizeof(uint64_t);
	uint64_t need = (event_size + word - 1) / word * word + word;

	if (need > 32)
		return (need + 63) / 64 * 64;
	return need > 16 ? 32 : 16;
}

/*
 * The same address where the event's type is known and not larger than the
 * ring's events: the stride is a constant of the program.
 */
DISRUPTOR_INLINE void *
disruptor_ring_buffer_event_of(const struct disruptor_ring_buffer *ring,
			       int64_t sequence, size_t type_size)
{
	uint64_t slot = (uint64_t)sequence & ring->mask;
	uint64_t stamped = disruptor_stamped_stride(type_size);

	if (DISRUPTOR_LIKELY(ring->event_stride == type_size))
		return ring->events + slot * type_size;
	if (DISRUPTOR_LIKELY(ring->event_stride == stamped))
		return ring->events + slot * stamped;
	return disruptor_ring_buffer_event(ring, sequence);
}

/* NULL and EMSGSIZE for a ring whose events are too small for the type. */
DISRUPTOR_INLINE void *
disruptor_ring_buffer_typed(const struct disruptor_ring_buffer *ring,
			    int64_t sequence, size_t type_size)
{
	if (DISRUPTOR_UNLIKELY(ring->event_size < type_size)) {
		errno = EMSGSIZE;
		return NULL;
	}
	return disruptor_ring_buffer_event_of(ring, sequence, type_size);
}

DISRUPTOR_INLINE uint64_t *
disruptor_ring_buffer_word(const struct disruptor_ring_buffer *ring,
			   int64_t sequence)
{
	return (uint64_t *)(void *)(ring->words +
				    ((uint64_t)sequence & ring->mask) *
					    ring->word_stride);
}

/*
 * The longest run of events side by side that begins at sequence and has at
 * most count events: with packed slots up to the end of the array, else 1.
 */
DISRUPTOR_INLINE int64_t
disruptor_ring_buffer_run(const struct disruptor_ring_buffer *ring,
			  int64_t sequence, int64_t count)
{
	uint64_t left = ring->mask + 1 - ((uint64_t)sequence & ring->mask);

	if (ring->event_stride != ring->event_size)
		return count > 0;
	return (uint64_t)count < left ? count : (int64_t)left;
}

#endif
