/* SPDX-License-Identifier: MIT */
/* Scenes: a consumer that lives and stands still is evicted, and must know. */
#include "play.h"
#include "scenes.h"

#include "internal.h"

#include <errno.h>

#define LOOKS 4
#define VALUE(sequence) ((uint64_t)(sequence) * 16)

/*
 * Event 0 is done with, event 1 is in the consumer's hand. Events are read as
 * they may be overwritten, so they are atomic words.
 */
static void put(struct disruptor_producer *p)
{
	disruptor_store_relaxed_u64((uint64_t *)disruptor_producer_event(p, 0),
				    VALUE(disruptor_producer_sequence(p, 0)));
	disruptor_publish(p);
}

static void stall_setup(void)
{
	int64_t i;

	play_shared(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 1,
				      .consumers_max = 2));
	play_producer(0);
	play_consumer(1, DISRUPTOR_POLLER_OPTIONS(.stall_limit_ns = 1));
	for (i = 0; i < 2; i++) {
		scene_act_as(0);
		scene_require(disruptor_try_claim_n(play->producer[0], 1) == 1,
			      "no room for event %lld", (long long)i);
		put(play->producer[0]);
		scene_act_as(1);
		scene_require(disruptor_poll(play->poller[1]) == 1,
			      "no event %lld", (long long)i);
		if (i == 0)
			disruptor_poller_advance(play->poller[1], 1);
	}
}

static bool is_evicted(void)
{
	const struct disruptor_control *control = &play->ring[0]->words->control;

	return scene_peek((const int64_t *)&control->stalled) != 0;
}

/*
 * Evicts who holds it up, and overwrites: at once, since after a wait everybody
 * would see everything.
 */
static void overwrite(void)
{
	struct disruptor_producer *p = play->producer[scene_self()];
	int64_t n;

	while ((n = disruptor_try_claim_n(p, 1)) == -EAGAIN)
		if (!is_evicted())
			scene_wait();
	scene_require(n == 1, "a claim returned %lld", (long long)n);
	put(p);
}

static void look_at_event(struct disruptor_poller *p)
{
	uint64_t value = disruptor_load_relaxed_u64(
		(uint64_t *)disruptor_poller_event(p, 0));

	scene_require(value == VALUE(1) || disruptor_poller_is_evicted(p),
		      "an event is overwritten and its reader not told");
}

static void read_slowly(void)
{
	struct disruptor_poller *p = play->poller[scene_self()];
	int64_t n;
	int i;

	for (i = 0; i < LOOKS; i++) {
		scene_wait();
		look_at_event(p);
	}
	while ((n = disruptor_poll(p)) == 0)
		scene_wait();
	if (n == 1)
		look_at_event(p);
	else
		scene_require(n == -ESTALE &&
				      disruptor_poller_sequence(p, 0) == 1,
			      "poll returned %lld at %lld", (long long)n,
			      (long long)disruptor_poller_sequence(p, 0));
}

const struct scene scene_stall = {
	.name = "stall",
	.what = "a consumer stands still over an event, the producer evicts it",
	.setup = stall_setup,
	.participant = { overwrite, read_slowly },
	.mortal = 1,
	.deviations = 5, .kills = 1, .deep_deviations = 7, .deep_kills = 1,
};
