/* SPDX-License-Identifier: MIT */
/*
 * Scenes: a record changes its owner while a third party looks at it, whom
 * nothing else orders with the owners.
 */
#include "play.h"
#include "scenes.h"

#include "internal.h"

#include <errno.h>

#define ANONYMOUS DISRUPTOR_POLLER_OPTIONS(.name = NULL)
#define LONG_AGO_NS INT64_C(1000000000)

/* --- the record of one that an evicted one follows ------------------------ */

static struct disruptor_stall *stall;

static void publish_and_pass(void)
{
	play_publish_in_setup(1);
	scene_act_as(0);
	disruptor_poll(play->poller[0]);
	disruptor_poller_advance(play->poller[0], 1);
}

/* The follower has event 0 in hand, and stands still over it. */
static void evicted_follower_setup(void)
{
	struct disruptor_consumer_set upstream = { { 0 } };

	play_shared(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 1,
				      .consumers_max = 2));
	play_producer(0);
	play_consumer(0, ANONYMOUS);
	disruptor_set_add(&upstream, disruptor_poller_index(play->poller[0]));
	play_attach(1);
	scene_act_as(1);
	play->poller[1] = disruptor_poller_make(
		play->ring[1], DISRUPTOR_POLLER_OPTIONS(.stall_limit_ns = 1),
		&upstream);
	play_attach(2);
	publish_and_pass();
	scene_act_as(1);
	scene_require(disruptor_poll(play->poller[1]) == 1, "no event");
	stall = scene_memory(sizeof(*stall));
	stall->index = disruptor_poller_index(play->poller[1]);
	stall->status = scene_peek(
		(const int64_t *)&play->ring[0]->consumers[stall->index].status);
	stall->since = -LONG_AGO_NS;
}

static void overwrite_one(void)
{
	if (disruptor_try_claim_n(play->producer[0], 1) == 1)
		disruptor_publish(play->producer[0]);
}

static void evict_and_overwrite(void)
{
	disruptor_consumer_evict_if_stalled(play->ring[0], stall, stall->index);
	disruptor_poller_free(play->poller[0]);
	overwrite_one();
	overwrite_one();
}

/* All are gone and two events came, if the others are that far. */
static void join(void)
{
	int me = scene_self();

	play->poller[me] = disruptor_poller_new_opts(play->ring[me], ANONYMOUS);
}

static bool was_evicted(void)
{
	const struct disruptor_control *control = &play->ring[0]->words->control;

	return scene_peek((const int64_t *)&control->stalled) != 0;
}

static void follow_on(void)
{
	struct disruptor_poller *p = play->poller[1];
	int64_t n;

	disruptor_poller_advance(p, 1);
	n = disruptor_poll(p);
	scene_require(!was_evicted() || n == 0 || n == -ESTALE,
		      "an evicted follower is told %lld by a joiner's place",
		      (long long)n);
}

const struct scene scene_stall_heir = {
	.name = "stall-heir",
	.what = "one joins in the record that an evicted one follows",
	.setup = evicted_follower_setup,
	.participant = { evict_and_overwrite, follow_on, join },
	.deviations = 2, .deep_deviations = 3,
};

/* --- the record of one that is followed ----------------------------------- */

/* The first has handled nothing, the second follows it, and the third that. */
static void follow_in_setup(int n, int upstream)
{
	struct disruptor_consumer_set set = { { 0 } };

	disruptor_set_add(&set, disruptor_poller_index(play->poller[upstream]));
	play_attach(n);
	scene_act_as(n);
	play->poller[n] = disruptor_poller_make(
		play->ring[n],
		DISRUPTOR_POLLER_OPTIONS(.start = DISRUPTOR_START_OLDEST),
		&set);
}

static void chain_setup(void)
{
	play_shared(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 2,
				      .consumers_max = 3));
	play_producer(0);
	play_consumer(0, ANONYMOUS);
	follow_in_setup(1, 0);
	follow_in_setup(2, 1);
	play_attach(3);
	scene_act_as(0);
	play_publish_in_setup(1);
}

static void leave(void)
{
	disruptor_poller_free(play->poller[scene_self()]);
}

/* Whose record somebody has who begins behind the event. */
static void join_when_left(void)
{
	while (!scene_has_ended(1))
		scene_wait();
	join();
	scene_require(disruptor_poller_index(play->poller[3]) == 1,
		      "the record was not given to the next one");
}

/* Its first look learns whom to follow; the others go by that. */
static void find_nothing(void)
{
	int i;

	for (i = 0; i < 2; i++)
		scene_require(disruptor_poll(play->poller[2]) == 0,
			      "it is ahead of one that it follows");
}

const struct scene scene_follow_heir = {
	.name = "follow-heir",
	.what = "a stage leaves or dies, its record's next owner is ahead",
	.setup = chain_setup,
	.participant = { NULL, leave, find_nothing, join_when_left },
	.mortal = 2,
	.deviations = 1, .kills = 1, .deep_deviations = 3, .deep_kills = 1,
};

/* --- the record of a producer --------------------------------------------- */

static void left_setup(void)
{
	play_shared(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 1,
				      .producer_type = DISRUPTOR_MULTI_PRODUCER,
				      .producers_max = 1, .consumers_max = 1));
	play_producer(0);
	play_attach(1);
	scene_act_as(0);
	play_publish_in_setup(1);
}

static void overwrite_and_leave(void)
{
	play_produce(1, 1);
	disruptor_producer_free(play->producer[0]);
}

static void join_oldest(void)
{
	play->poller[1] = disruptor_poller_new_opts(
		play->ring[1],
		DISRUPTOR_POLLER_OPTIONS(.start = DISRUPTOR_START_OLDEST));
	play_take();
}

const struct scene scene_join_left = {
	.name = "join-left",
	.what = "a producer overwrites and leaves, as a consumer joins",
	.setup = left_setup,
	.participant = { overwrite_and_leave, join_oldest },
	.deviations = 3, .deep_deviations = 6,
};
