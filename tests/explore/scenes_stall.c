/* SPDX-License-Identifier: MIT */
/* Scenes: a consumer that lives and stands still is evicted, and must know. */
#include "play.h"
#include "scenes.h"

#include "internal.h"

#include <errno.h>

#define LOOKS 4
#define NEVER INT64_MAX
#define VALUE(sequence) ((uint64_t)(sequence) * 16)

/* What is known from above. */
static struct {
	int64_t after;	/* the first event since the eviction */
	struct disruptor_stall stall;
} *seen;

static void remember(void)
{
	seen = scene_memory(sizeof(*seen));
	seen->after = NEVER;
}

/* The one consumer, in record 0. */
static uint64_t status(void)
{
	return scene_peek((const int64_t *)&play->ring[0]->consumers[0].status);
}

static bool gates(void)
{
	return disruptor_consumer_gates(status());
}

/*
 * Event 0 is done with, event 1 is in the consumer's hand. Events are read as
 * they may be overwritten, so they are atomic words.
 */
static void put(struct disruptor_producer *p)
{
	if (!gates() && seen->after == NEVER)
		seen->after = disruptor_producer_sequence(p, 0);
	disruptor_store_relaxed_u64((uint64_t *)disruptor_producer_event(p, 0),
				    VALUE(disruptor_producer_sequence(p, 0)));
	disruptor_publish(p);
}

static void take_two(void)
{
	int64_t i;

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

static void stall_setup(void)
{
	play_shared(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 1,
				      .consumers_max = 2));
	play_producer(0);
	play_consumer(1, DISRUPTOR_POLLER_OPTIONS(.stall_limit_ns = 1));
	remember();
	take_two();
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

/* Nothing that came after its eviction is for it. False: it knows of that. */
static bool poll_once(struct disruptor_poller *p)
{
	int64_t n = disruptor_poll(p);

	scene_require(n == 0 || n == 1 || n == -ESTALE, "poll returned %lld",
		      (long long)n);
	scene_require(disruptor_poller_sequence(p, 0) >= 1,
		      "an evicted consumer is told another's place");
	scene_require(n != 1 || disruptor_poller_sequence(p, 0) < seen->after,
		      "an evicted consumer is given an event");
	return n >= 0;
}

/* After it stood still for a while it goes on. */
static void poll_often(void)
{
	struct disruptor_poller *p = play->poller[scene_self()];
	int i;

	scene_wait();
	scene_wait();
	for (i = 0; i < LOOKS; i++) {
		disruptor_poller_advance(p, 1);
		if (!poll_once(p))
			return;
		scene_wait();
	}
}

const struct scene scene_stall_poll = {
	.name = "stall-poll",
	.what = "the same, as the consumer polls all the time",
	.setup = stall_setup,
	.participant = { overwrite, poll_often },
	.mortal = 1,
	.deviations = 4, .kills = 1, .deep_deviations = 6, .deep_kills = 1,
};

/* --- who began it is killed ----------------------------------------------- */

#define LONG_AGO_NS INT64_C(1000000000)

/* As if it had stood still for long, and the third had waited for long. */
static void finish_setup(void)
{
	struct disruptor_producer_private *third;

	play_shared(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 1,
				      .producer_type = DISRUPTOR_MULTI_PRODUCER,
				      .producers_max = 2, .consumers_max = 1));
	play_producer(0);
	play_consumer(1, DISRUPTOR_POLLER_OPTIONS(.stall_limit_ns = 1));
	play_producer(2);
	play_attach(3);
	remember();
	take_two();
	seen->stall.status = status();
	seen->stall.sequence = 1;
	seen->stall.since = -LONG_AGO_NS;
	third = (struct disruptor_producer_private *)play->producer[2];
	scene_act_as(2);
	disruptor_try_claim_n(play->producer[2], 1);
	third->suspicion.since = -LONG_AGO_NS;
}

static void begin_eviction(void)
{
	disruptor_consumer_evict_if_stalled(play->ring[0], &seen->stall, 0);
}

static void finish_eviction(void)
{
	while (!scene_has_ended(0))
		scene_wait();
	disruptor_consumer_evict_if_dead(play->ring[scene_self()], 0);
}

static void overwrite_at_once(void)
{
	struct disruptor_producer *p = play->producer[scene_self()];
	int i;

	for (i = 0; i < 2; i++)
		if (disruptor_try_claim_n(p, 1) == 1) {
			put(p);
			return;
		}
}

static void overwrite_afterwards(void)
{
	while (!scene_has_ended(0))
		scene_wait();
	overwrite_at_once();
}

const struct scene scene_stall_finish = {
	.name = "stall-finish",
	.what = "who evicts is killed, another finishes it, a third overwrites",
	.setup = finish_setup,
	.participant = { begin_eviction, poll_often,
			 overwrite_afterwards, finish_eviction },
	.mortal = 1,
	.deviations = 1, .kills = 1, .deep_deviations = 2, .deep_kills = 1,
};

/* It is about to learn anew whom to follow, whatever the epoch says. */
static void anew_setup(void)
{
	finish_setup();
	play->poller[1]->epoch--;
}

static void poll_anew(void)
{
	poll_once(play->poller[scene_self()]);
}

const struct scene scene_stall_anew = {
	.name = "stall-anew",
	.what = "a consumer that learns anew is evicted, and is told its place",
	.setup = anew_setup,
	.participant = { begin_eviction, poll_anew },
	.deviations = 4, .deep_deviations = 7,
};

/* Asks in the midst of it, and then goes on. */
static void poll_twice(void)
{
	struct disruptor_poller *p = play->poller[scene_self()];

	if (!poll_once(p))
		return;
	disruptor_poller_advance(p, 1);
	poll_once(p);
}

const struct scene scene_stall_third = {
	.name = "stall-third",
	.what = "one evicts, another overwrites, the evicted one polls meanwhile",
	.setup = finish_setup,
	.participant = { begin_eviction, poll_twice, overwrite_at_once },
	.deviations = 3, .deep_deviations = 4,
};
