/* SPDX-License-Identifier: MIT */
/* Floor of publishing: room is looked up, an event and a cursor are stored. */
#include "event.h"

struct floor_publish {
	uint64_t cursor BENCH_ALIGNED;
	uint64_t sequence BENCH_ALIGNED;
	uint64_t mask BENCH_ALIGNED;
	size_t size;
	uint64_t events[] BENCH_ALIGNED;
};

static void *open_ring(struct bench_run *run)
{
	size_t size = sizeof(struct floor_publish) +
		      run->shape.capacity * sizeof(uint64_t);
	struct floor_publish *r = bench_map(run, size);

	r->mask = run->shape.capacity - 1;
	r->size = size;
	return r;
}

static void close_ring(void *memory)
{
	struct floor_publish *r = memory;

	bench_unmap(r, r->size);
}

static void publish_each(struct floor_publish *r, uint64_t value, uint64_t end,
			 uint64_t limit)
{
	for (; value < end; value++) {
		if (value >= limit)
			bench_fail("the ring is full");
		bench_fill(r->events + (value & r->mask), value, 8);
		bench_store(&r->cursor, value + 1);
	}
}

static void drain(struct bench_member *m, struct floor_publish *r)
{
	for (; r->sequence < bench_load(&r->cursor); r->sequence++)
		bench_check_event(&m->check,
				  r->events + (r->sequence & r->mask), 8,
				  false);
}

static void produce(struct bench_member *m)
{
	struct floor_publish *r = m->run->ring;
	uint64_t n = (r->mask + 1) / 2, end = m->value + m->count;

	for (m->run->block = n; m->value < end; m->value += n) {
		uint64_t began = bench_ticks();

		publish_each(r, m->value, m->value + n,
			     r->sequence + r->mask + 1);
		bench_record(&m->run->blocks, began);
		drain(m, r);
	}
}

static const struct bench_system floor_publish = {
	.name = "floor store",
	.kind = BENCH_PUBLISH,
	.open = open_ring,
	.close = close_ring,
	.produce = produce,
};
BENCH_SYSTEM(floor_publish);
