/* SPDX-License-Identifier: MIT */
/*
 * Floor: the least that a ring with one producer can be, for each graph of
 * consumers. A cursor, a sequence for each consumer, the gate cached; consumers
 * take all that is there. Nobody joins, leaves, sleeps, dies or closes.
 *
 * "slip" is the same with a consumer that lets a nearly empty ring fill up for
 * a moment, so that fewer lines go back and forth; it only serves saturation.
 */
#include "event.h"
#include "round_trip.h"

#define SLIP_EVENTS 256
#define SLIP_TRIES 64

struct floor_line {
	uint64_t value BENCH_ALIGNED;
};

struct floor_ring {
	struct floor_line cursor;
	struct floor_line sequences[BENCH_CONSUMERS_MAX];
	uint64_t mask BENCH_ALIGNED;
	size_t size;
	struct floor_ring *back; /* round trips */
	uint64_t events[] BENCH_ALIGNED;
};

BENCH_INLINE uint64_t *slot(struct floor_ring *r, uint64_t sequence,
			    size_t size)
{
	return r->events + (sequence & r->mask) * (size / sizeof(uint64_t));
}

static struct floor_ring *new_ring(const struct bench_run *run)
{
	size_t size = sizeof(struct floor_ring) +
		      (size_t)run->shape.capacity * run->shape.event_size;
	struct floor_ring *r = bench_map(run, size);

	r->mask = run->shape.capacity - 1;
	r->size = size;
	return r;
}

static void *open_ring(struct bench_run *run)
{
	struct floor_ring *r = new_ring(run);

	if (run->system->kind == BENCH_ROUND_TRIP)
		r->back = new_ring(run);
	return r;
}

static void close_ring(void *memory)
{
	struct floor_ring *r = memory;

	if (r->back != NULL)
		bench_unmap(r->back, r->back->size);
	bench_unmap(r, r->size);
}

/* --- streams -------------------------------------------------------------- */

BENCH_INLINE uint64_t slowest(struct floor_ring *r, uint32_t consumers)
{
	uint64_t least = bench_load(&r->sequences[0].value);
	uint32_t k;

	for (k = 1; k < consumers; k++) {
		uint64_t s = bench_load(&r->sequences[k].value);

		if (s < least)
			least = s;
	}
	return least;
}

BENCH_INLINE void produce_any(struct bench_member *m, size_t size, bool many)
{
	struct floor_ring *r = m->run->ring;
	uint64_t next = m->value, end = next + m->count, i;
	uint64_t batch = m->run->shape.batch, limit = next;
	uint32_t consumers = m->run->shape.consumers;

	(void)many;
	for (; next < end; next += batch) {
		while (next + batch > limit) {
			limit = slowest(r, consumers) + r->mask + 1;
			if (next + batch > limit)
				bench_wait(m);
		}
		for (i = 0; i < batch; i++)
			bench_fill(slot(r, next + i, size), next + i, size);
		bench_store(&r->cursor.value, next + batch);
	}
	m->value = next;
}

static void produce(struct bench_member *m)
{
	BENCH_BY_SIZE(m, produce_any, false);
}

BENCH_INLINE uint64_t available(struct floor_ring *r, uint32_t after)
{
	uint64_t least = UINT64_MAX;
	uint32_t k;

	if (after == 0)
		return bench_load(&r->cursor.value);
	for (k = 0; k < BENCH_CONSUMERS_MAX; k++) {
		uint64_t s;

		if (!((after >> k) & 1))
			continue;
		s = bench_load(&r->sequences[k].value);
		if (s < least)
			least = s;
	}
	return least;
}

BENCH_INLINE uint64_t await(struct bench_member *m, struct floor_ring *r,
			    uint64_t next, bool slip)
{
	uint64_t ready;
	int tries = 0;

	while ((ready = available(r, m->check.after)) == next)
		bench_wait(m);
	while (slip && ready - next < SLIP_EVENTS && tries++ < SLIP_TRIES) {
		bench_wait(m);
		ready = available(r, m->check.after);
	}
	return ready;
}

BENCH_INLINE void consume_as(struct bench_member *m, size_t size, bool slip)
{
	struct floor_ring *r = m->run->ring;
	struct bench_check check = m->check;
	uint64_t next = check.next[0], end = next + m->count;

	while (next < end) {
		uint64_t ready = await(m, r, next, slip);

		for (; next < ready; next++)
			bench_check_event(&check, slot(r, next, size), size,
					  false);
		bench_store(&r->sequences[m->stage].value, next);
	}
	m->check = check;
}

static void consume(struct bench_member *m)
{
	BENCH_BY_SIZE(m, consume_as, false);
}

static void consume_slip(struct bench_member *m)
{
	BENCH_BY_SIZE(m, consume_as, true);
}

/* --- round trips ---------------------------------------------------------- */

BENCH_INLINE void put(struct bench_member *m, uint64_t value, size_t size)
{
	struct floor_ring *r = m->run->ring;

	if (!m->is_producer)
		r = r->back;
	/* There is room: one event is under way at any time. */
	bench_fill(slot(r, value, size), value, size);
	bench_store(&r->cursor.value, value + 1);
}

BENCH_INLINE void get(struct bench_member *m, size_t size)
{
	struct floor_ring *r = m->run->ring;
	uint64_t next = m->check.next[0];

	if (m->is_producer)
		r = r->back;
	while (bench_load(&r->cursor.value) == next)
		bench_wait(m);
	bench_check_event(&m->check, slot(r, next, size), size, false);
	bench_store(&r->sequences[0].value, next + 1);
}

BENCH_DEFINE_ROUND_TRIP(ring, put, get);

/* --- the systems ---------------------------------------------------------- */

static bool fits(const struct bench_system *system,
		 const struct bench_shape *shape)
{
	(void)system;
	return shape->producers == 1;
}

static bool fits_one_to_one(const struct bench_system *system,
			    const struct bench_shape *shape)
{
	(void)system;
	return shape->producers == 1 && shape->consumers == 1;
}

static const struct bench_system floor_ring = {
	.name = "floor ring",
	.kind = BENCH_STREAM,
	.fits = fits,
	.open = open_ring,
	.close = close_ring,
	.produce = produce,
	.consume = consume,
};
BENCH_SYSTEM(floor_ring);

static const struct bench_system floor_slip = {
	.name = "floor ring, slip",
	.kind = BENCH_STREAM,
	.fits = fits_one_to_one,
	.open = open_ring,
	.close = close_ring,
	.produce = produce,
	.consume = consume_slip,
	.detail = true,
};
BENCH_SYSTEM(floor_slip);

static const struct bench_system floor_round_trip = {
	.name = "floor ring",
	.kind = BENCH_ROUND_TRIP,
	.fits = fits_one_to_one,
	.open = open_ring,
	.close = close_ring,
	.produce = ring_ping,
	.consume = ring_pong,
};
BENCH_SYSTEM(floor_round_trip);
