/* SPDX-License-Identifier: MIT */
/*
 * Latency under load. Events are due at a fixed rate, whatever becomes of the
 * earlier ones; each carries the time at which it was due, and the consumer
 * records how much later than that it has it. A producer that is held up sends
 * what has become due meanwhile as fast as it can, and every such event counts
 * with all of its delay: nothing is omitted because the system was slow.
 *
 * The clock takes about as long as a hand-over, so at high rates the consumer
 * reads it for one event of OPEN_LOOP_STRIDE; a prime, that no batch keeps step
 * with.
 *
 * BENCH_DEFINE_OPEN_LOOP(name, put, take) defines name_produce_open(m) and
 * name_consume_open(m) out of
 *
 *	put(m, value, due)	publishes one event
 *	take(m)			calls open_loop_seen() for each event that is
 *				there; how many
 */
#ifndef BENCH_OPEN_LOOP_H
#define BENCH_OPEN_LOOP_H

#include "event.h"

#define OPEN_LOOP_STRIDE 7
#define OPEN_LOOP_STAMP_ALL 10 /* million events a second */
#define OPEN_LOOP_FRACTION 16  /* bits of a tick */

struct open_loop_event {
	uint64_t value;
	uint64_t due; /* ticks */
};

static inline uint64_t open_loop_interval(const struct bench_run *run)
{
	double ticks = 1e3 / run->shape.rate / bench_ns_per_tick();

	return (uint64_t)(ticks * (1 << OPEN_LOOP_FRACTION));
}

BENCH_INLINE void open_loop_seen(struct bench_member *m,
				 const struct open_loop_event *event)
{
	uint64_t value = m->check.next[0]++;

	m->check.wrong |= event->value ^ value;
	if (m->run->shape.rate <= OPEN_LOOP_STAMP_ALL ||
	    value % OPEN_LOOP_STRIDE == 0)
		bench_record(&m->run->latency, event->due);
}

BENCH_INLINE uint64_t open_loop_await(uint64_t now, uint64_t due)
{
	while ((int64_t)(now - due) < 0)
		now = bench_ticks();
	return now;
}

#define BENCH_DEFINE_OPEN_LOOP(name, put, take)                                \
	static void name##_produce_open(struct bench_member *m)                \
	{                                                                      \
		uint64_t interval = open_loop_interval(m->run);                \
		uint64_t start = bench_ticks(), now = start, i;                \
                                                                               \
		for (i = 0; i < m->count; i++) {                               \
			uint64_t due =                                         \
				start + (i * interval >> OPEN_LOOP_FRACTION);  \
                                                                               \
			now = open_loop_await(now, due);                       \
			put(m, m->value, due);                                 \
			m->value++;                                            \
		}                                                              \
	}                                                                      \
	static void name##_consume_open(struct bench_member *m)                \
	{                                                                      \
		uint64_t left = m->count, n;                                   \
                                                                               \
		for (; left > 0; left -= n) {                                  \
			n = take(m);                                           \
			if (n == 0)                                            \
				bench_wait(m);                                 \
		}                                                              \
	}                                                                      \
	struct bench_semicolon_

#endif
