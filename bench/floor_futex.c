/* SPDX-License-Identifier: MIT */
/* Floor: a word, and a futex on it. */
#include "wake_up.h"

#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

struct floor_futex {
	struct wake_up_event event;
	uint32_t word BENCH_ALIGNED;
};

static void *open_futex(struct bench_run *run)
{
	return bench_map(run, sizeof(struct floor_futex));
}

static void close_futex(void *futex)
{
	bench_unmap(futex, sizeof(struct floor_futex));
}

static void call(const struct bench_member *m, uint32_t *word, int operation,
		 uint32_t value)
{
	if (!m->run->shape.processes)
		operation |= FUTEX_PRIVATE_FLAG;
	syscall(SYS_futex, word, operation, value, NULL, NULL, 0);
}

static void produce(struct bench_member *m)
{
	struct floor_futex *f = m->run->ring;
	uint64_t value = m->value, end = value + m->count;

	for (; value < end; value++) {
		wake_up_rest(m, value);
		f->event.value = value;
		f->event.ticks = bench_ticks();
		__atomic_store_n(&f->word, (uint32_t)value + 1,
				 __ATOMIC_RELEASE);
		call(m, &f->word, FUTEX_WAKE, INT_MAX);
	}
	m->value = value;
}

static void consume(struct bench_member *m)
{
	struct floor_futex *f = m->run->ring;
	uint64_t left;

	for (left = m->count; left > 0; left--) {
		uint32_t seen = (uint32_t)m->check.next[0];

		while (__atomic_load_n(&f->word, __ATOMIC_ACQUIRE) == seen)
			call(m, &f->word, FUTEX_WAIT, seen);
		wake_up_seen(m, &f->event);
	}
}

static bool fits(const struct bench_system *system,
		 const struct bench_shape *shape)
{
	(void)system;
	(void)shape;
	return true;
}

static const struct bench_system floor_futex = {
	.name = "floor futex",
	.kind = BENCH_WAKE_UP,
	.fits = fits,
	.open = open_futex,
	.close = close_futex,
	.produce = produce,
	.consume = consume,
};
BENCH_SYSTEM(floor_futex);
