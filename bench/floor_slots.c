/* SPDX-License-Identifier: MIT */
/*
 * Floor: a ring of slots that hold an event and, on the same line, the word
 * that publishes it. One transfer of a line for a hand-over. With one producer
 * no claim; with several, a claim is one fetch-and-add, and nobody minds who
 * dies with it.
 */
#include "event.h"
#include "round_trip.h"

#include <string.h>

struct floor_slots {
	uint64_t cursor BENCH_ALIGNED;	 /* claimed, with several producers */
	uint64_t sequence BENCH_ALIGNED; /* the consumer's */
	uint64_t mask BENCH_ALIGNED;
	size_t size;
	struct floor_slots *back;
	unsigned char slots[] BENCH_ALIGNED;
};

/* Word 0 of a slot is its sequence + 1 when it is published. */
BENCH_INLINE uint64_t *slot(struct floor_slots *r, uint64_t sequence,
			    size_t size)
{
	size_t stride = size <= 8 ? 16 : size <= 24 ? 32 : size + 64;

	return (uint64_t *)(void *)(r->slots + (sequence & r->mask) * stride);
}

static struct floor_slots *new_ring(const struct bench_run *run)
{
	size_t size =
		sizeof(struct floor_slots) +
		(size_t)run->shape.capacity * (run->shape.event_size + 64);
	struct floor_slots *r = bench_map(run, size);

	r->mask = run->shape.capacity - 1;
	r->size = size;
	return r;
}

static void *open_slots(struct bench_run *run)
{
	struct floor_slots *r = new_ring(run);

	if (run->system->kind == BENCH_ROUND_TRIP)
		r->back = new_ring(run);
	return r;
}

static void close_slots(void *memory)
{
	struct floor_slots *r = memory;

	if (r->back != NULL)
		bench_unmap(r->back, r->back->size);
	bench_unmap(r, r->size);
}

BENCH_INLINE void write_slot(struct floor_slots *r, uint64_t sequence,
			     uint64_t value, size_t size)
{
	uint64_t *words = slot(r, sequence, size);

	bench_fill(words + 1, value, size);
	bench_store(words, sequence + 1);
}

BENCH_INLINE bool is_published(struct floor_slots *r, uint64_t sequence,
			       size_t size)
{
	return bench_load(slot(r, sequence, size)) == sequence + 1;
}

/* --- streams -------------------------------------------------------------- */

BENCH_INLINE uint64_t claim(struct floor_slots *r, uint64_t *next,
			    uint64_t batch, bool many)
{
	uint64_t claimed = *next;

	if (many)
		return __atomic_fetch_add(&r->cursor, batch, __ATOMIC_RELAXED);
	*next += batch;
	return claimed;
}

BENCH_INLINE void produce_any(struct bench_member *m, size_t size, bool many)
{
	struct floor_slots *r = m->run->ring;
	uint64_t value = m->value, end = value + m->count;
	uint64_t batch = m->run->shape.batch, limit = 0, next = value, i;

	for (; value < end; value += batch) {
		uint64_t claimed = claim(r, &next, batch, many);

		while (claimed + batch > limit) {
			limit = bench_load(&r->sequence) + r->mask + 1;
			if (claimed + batch > limit)
				bench_wait(m);
		}
		for (i = 0; i < batch; i++)
			write_slot(r, claimed + i, value + i, size);
	}
	m->value = value;
}

static void produce(struct bench_member *m)
{
	BENCH_BY_EVENT(m, produce_any);
}

/* The consumer's sequence goes to the producers when it finds nothing more. */
BENCH_INLINE void consume_any(struct bench_member *m, size_t size, bool many)
{
	struct floor_slots *r = m->run->ring;
	struct bench_check check = m->check;
	uint64_t next = r->sequence, end = next + m->count;

	while (next < end) {
		uint64_t first = next;

		for (; next < end && is_published(r, next, size); next++) {
			/* Count; do not wait for the word to count by it. */
			__asm__("" : "+r"(next));
			bench_check_event(&check, slot(r, next, size) + 1, size,
					  many);
		}
		if (next != first)
			bench_store(&r->sequence, next);
		else
			bench_wait(m);
	}
	m->check = check;
}

static void consume(struct bench_member *m)
{
	BENCH_BY_EVENT(m, consume_any);
}

/* --- round trips ---------------------------------------------------------- */

BENCH_INLINE void put(struct bench_member *m, uint64_t value, size_t size)
{
	struct floor_slots *r = m->run->ring;

	/* There is room: one event is under way at any time. */
	write_slot(m->is_producer ? r : r->back, value, value, size);
}

BENCH_INLINE void get(struct bench_member *m, size_t size)
{
	struct floor_slots *r = m->run->ring;
	uint64_t next = m->check.next[0];

	if (m->is_producer)
		r = r->back;
	while (!is_published(r, next, size))
		bench_wait(m);
	bench_check_event(&m->check, slot(r, next, size) + 1, size, false);
	bench_store(&r->sequence, next + 1);
}

BENCH_DEFINE_ROUND_TRIP(slots, put, get);

/* --- the systems ---------------------------------------------------------- */

static bool fits(const struct bench_system *system,
		 const struct bench_shape *shape)
{
	(void)system;
	return shape->consumers == 1;
}

static const struct bench_system floor_slots = {
	.name = "floor slots",
	.kind = BENCH_STREAM,
	.fits = fits,
	.open = open_slots,
	.close = close_slots,
	.produce = produce,
	.consume = consume,
};
BENCH_SYSTEM(floor_slots);

static const struct bench_system floor_slots_round_trip = {
	.name = "floor slots",
	.kind = BENCH_ROUND_TRIP,
	.fits = fits,
	.open = open_slots,
	.close = close_slots,
	.produce = slots_ping,
	.consume = slots_pong,
};
BENCH_SYSTEM(floor_slots_round_trip);
