/* SPDX-License-Identifier: MIT */
/*
 * Wake-up: the producer lets the consumer fall asleep, then publishes one
 * event with the time in it; the consumer records how long that took. It rests
 * long enough for every strategy here to have gone to sleep.
 */
#ifndef BENCH_WAKE_UP_H
#define BENCH_WAKE_UP_H

#include "event.h"

#define WAKE_UP_REST_NS 100000

struct wake_up_event {
	uint64_t value;
	uint64_t ticks;
};

/* Until the consumer has seen all before value, and some time after that. */
static inline void wake_up_rest(struct bench_member *m, uint64_t value)
{
	int64_t began;

	while (bench_load(&m->run->word) < value)
		bench_pause();
	began = bench_now();
	while (bench_now() - began < WAKE_UP_REST_NS)
		bench_pause();
}

static inline void wake_up_seen(struct bench_member *m,
				const struct wake_up_event *event)
{
	uint64_t now = bench_ticks();

	m->check.wrong |= event->value ^ m->check.next[0]++;
	histogram_record(&m->run->latency, (int64_t)(now - event->ticks), 1);
	bench_store(&m->run->word, m->check.next[0]);
}

#endif
