/* SPDX-License-Identifier: MIT */
/* What the others do while one is stopped, and what they must not do. */
#ifndef CRASH_MEANWHILE_H
#define CRASH_MEANWHILE_H

#include "victims.h"

static inline void nothing_was_taken(struct world *w)
{
	int64_t dead = w->state == CLAIMED ? 2 : 0;
	int64_t recovered = (int64_t)disruptor_load_acquire_u64(
		&w->d->words->control.recovered);

	if (recovered > dead)
		book_fault(&w->s->book.tally.lost, recovered - dead,
			   "live claims taken", &w->survivors[0].reader, VICTIM,
			   &w->survivors[0].reader.places[VICTIM], recovered);
}

/* Unless it is just that which the stopped one is in the middle of. */
static inline void newcomer(struct world *w)
{
	if (disruptor_liveness_alive(w->d, DISRUPTOR_LOCK_REGISTRY))
		return;
	world_adopt(w,
		    disruptor_poller_new_opts(
			    w->d,
			    DISRUPTOR_POLLER_OPTIONS(
					    .start = DISRUPTOR_START_OLDEST)));
}

/* Who takes the record of the dead must not stand there in its name. */
static inline void nobody_stands_for_the_dead(struct world *w)
{
	uint32_t i;

	for (i = 0; i < SCENE_CONSUMERS; i++)
		if (disruptor_consumer_state(w->graves[i]) ==
			    DISRUPTOR_CONSUMER_ACTIVE &&
		    disruptor_load_acquire_u64(&w->d->consumers[i].status) ==
			    w->graves[i] &&
		    disruptor_liveness_alive(w->d, DISRUPTOR_LOCK_CONSUMER(i)))
			world_stuck(w, "a dead consumer looks alive");
}

/* It has claimed nothing yet, and so it is in nobody's way. */
static inline bool is_in_no_way(const struct world *w,
				const struct operation *operation)
{
	return operation->run == run_producer_new && world_multi(w);
}

static inline void meanwhile(struct world *w, const struct operation *operation,
			     int64_t long_ns)
{
	int64_t end = book_now() + long_ns;
	uint32_t i;

	nobody_stands_for_the_dead(w);
	if (world_multi(w))
		world_recover(w);
	newcomer(w);
	if (is_in_no_way(w, operation))
		world_pump(w, SCENE_PUMPED);
	world_push(w);
	for (i = 0; i < SCENE_CONSUMERS; i++)
		disruptor_consumer_evict_if_dead(w->d, i);
	while (book_now() < end) {
		world_take_all(w);
		world_recover(w);
	}
	nothing_was_taken(w);
}

#endif
