/* SPDX-License-Identifier: MIT */
/*
 * Floor: two cache lines, one written by each side. No ring: what is sent is
 * in the word that says that it is there. Nothing can hand over faster.
 */
#include "round_trip.h"

struct floor_lines {
	uint64_t there BENCH_ALIGNED;
	uint64_t back BENCH_ALIGNED;
};

static void *open_lines(struct bench_run *run)
{
	return bench_map(run, sizeof(struct floor_lines));
}

static void close_lines(void *lines)
{
	bench_unmap(lines, sizeof(struct floor_lines));
}

BENCH_INLINE void put(struct bench_member *m, uint64_t value, size_t size)
{
	struct floor_lines *lines = m->run->ring;

	(void)size;
	bench_store(m->is_producer ? &lines->there : &lines->back, value + 1);
}

BENCH_INLINE void get(struct bench_member *m, size_t size)
{
	struct floor_lines *lines = m->run->ring;
	uint64_t *line = m->is_producer ? &lines->back : &lines->there;
	uint64_t value;

	if (size != sizeof(value))
		bench_fail("one word only");
	while ((value = bench_load(line) - 1) == m->check.next[0] - 1)
		bench_wait(m);
	bench_check_event(&m->check, &value, size, false);
}

BENCH_DEFINE_ROUND_TRIP(lines, put, get);

static bool fits(const struct bench_system *system,
		 const struct bench_shape *shape)
{
	(void)system;
	return shape->event_size == sizeof(uint64_t);
}

static const struct bench_system floor_lines = {
	.name = "floor two lines",
	.kind = BENCH_ROUND_TRIP,
	.fits = fits,
	.open = open_lines,
	.close = close_lines,
	.produce = lines_ping,
	.consume = lines_pong,
};
BENCH_SYSTEM(floor_lines);
