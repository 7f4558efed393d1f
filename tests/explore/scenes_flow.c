/* SPDX-License-Identifier: MIT */
/* Scenes: events flow, one producer or several, one stage or two. */
#include "play.h"
#include "scenes.h"

static void single_setup(enum disruptor_slot_layout layout, size_t capacity)
{
	play_ring(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = capacity,
				    .consumers_max = 2,
				    .slot_layout = layout));
	play_producer(0);
	play_consumer(1, DISRUPTOR_POLLER_OPTIONS(.name = NULL));
}

static void packed_setup(void)
{
	single_setup(DISRUPTOR_SLOTS_PACKED, 2);
}

static void stamped_setup(void)
{
	single_setup(DISRUPTOR_SLOTS_STAMPED, 2);
}

static void five_events(void)
{
	play_produce(5, 1);
}

static void two_and_two_and_one(void)
{
	play_produce(2, 2);
	play_produce(1, 1);
}

const struct scene scene_single = {
	.name = "single",
	.what = "one producer, 5 events, capacity 2",
	.setup = packed_setup,
	.participant = { five_events, play_consume },
	.check = play_check,
	.deviations = 4, .deep_deviations = 7,
};

const struct scene scene_single_batch = {
	.name = "single-batch",
	.what = "one producer, batches 2+2+1, capacity 2",
	.setup = packed_setup,
	.participant = { two_and_two_and_one, play_consume },
	.check = play_check,
	.deviations = 4, .deep_deviations = 7,
};

const struct scene scene_single_stamped = {
	.name = "single-stamped",
	.what = "stamped slots, batches 2+2+1, capacity 2",
	.setup = stamped_setup,
	.participant = { two_and_two_and_one, play_consume },
	.check = play_check,
	.deviations = 3, .deep_deviations = 5,
};

/* --- two stages --------------------------------------------------------------- */

static void stages_setup(void)
{
	play_ring(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 2,
				    .consumers_max = 2));
	play_producer(0);
	play_stages();
}

static void three_events(void)
{
	play_produce(3, 1);
}

/* The first stage leaves its mark in the event, and the second finds it. */
static void mark_and_pass(void)
{
	struct disruptor_poller *p = play->poller[scene_self()];
	int64_t n, i;

	while (disruptor_poller_sequence(p, 0) < 3) {
		n = disruptor_poll(p);
		for (i = 0; i < n; i++)
			*(uint64_t *)disruptor_poller_event(p, i) += 1;
		if (n > 0)
			disruptor_poller_advance(p, n);
		else
			scene_wait();
	}
}

static void find_marks(void)
{
	struct disruptor_poller *p = play->poller[scene_self()];
	int64_t n, i;

	while (disruptor_poller_sequence(p, 0) < 3) {
		n = disruptor_poll(p);
		for (i = 0; i < n; i++)
			scene_require(
				*(uint64_t *)disruptor_poller_event(p, i) %
						2 == 1,
				"the second stage is ahead of the first");
		if (n > 0)
			disruptor_poller_advance(p, n);
		else
			scene_wait();
	}
}

const struct scene scene_two_stages = {
	.name = "two-stages",
	.what = "a producer, a stage that writes, one that follows; 3 events",
	.setup = stages_setup,
	.participant = { three_events, mark_and_pass, find_marks },
	.deviations = 2, .deep_deviations = 5,
};

/* --- several producers ----------------------------------------------------------- */

static void multi_setup(void)
{
	play_ring(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 2,
				    .producer_type = DISRUPTOR_MULTI_PRODUCER,
				    .producers_max = 2, .consumers_max = 2));
	play_producer(0);
	play_producer(1);
	play_consumer(2, DISRUPTOR_POLLER_OPTIONS(.name = NULL));
}

static void multi_alone_setup(void)
{
	play_ring(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 2,
				    .producer_type = DISRUPTOR_MULTI_PRODUCER,
				    .producers_max = 2, .consumers_max = 2));
	play_producer(0);
	play_producer(1);
}

static void two_events(void)
{
	play_produce(2, 1);
}

static void batch_of_two(void)
{
	play_produce(1, 2);
}

/* What is given up becomes a gap, and what follows it still comes. */
static void abandon_then_publish(void)
{
	struct disruptor_producer *p = play->producer[scene_self()];

	if (play_claim(1)) {
		play->abandoned[disruptor_producer_sequence(p, 0)] = true;
		disruptor_abandon(p);
	}
	play_produce(1, 1);
}

const struct scene scene_multi = {
	.name = "multi",
	.what = "two producers of 2 events each, capacity 2",
	.setup = multi_setup,
	.participant = { two_events, two_events, play_consume },
	.check = play_check,
	.deviations = 2, .deep_deviations = 4,
};

const struct scene scene_multi_batch = {
	.name = "multi-batch",
	.what = "two producers, a batch of 2 and 2 events, capacity 2",
	.setup = multi_setup,
	.participant = { batch_of_two, two_events, play_consume },
	.check = play_check,
	.deviations = 2, .deep_deviations = 4,
};

const struct scene scene_multi_gap = {
	.name = "multi-gap",
	.what = "two producers, one abandons a claim, capacity 2",
	.setup = multi_setup,
	.participant = { abandon_then_publish, two_events, play_consume },
	.check = play_check,
	.deviations = 2, .deep_deviations = 4,
};

const struct scene scene_multi_alone = {
	.name = "multi-alone",
	.what = "two producers, nobody consumes, the ring wraps",
	.setup = multi_alone_setup,
	.participant = { two_events, two_events },
	.deviations = 3, .deep_deviations = 6,
};

/* --- gaps --------------------------------------------------------------------------- */

static void gap_setup(void)
{
	play_ring(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 2,
				    .producer_type = DISRUPTOR_MULTI_PRODUCER,
				    .producers_max = 1, .consumers_max = 2));
	play_producer(0);
	play_consumer(1, DISRUPTOR_POLLER_OPTIONS(.name = "first"));
}

static void gap_follow_setup(void)
{
	gap_setup();
	play_consumer(2, DISRUPTOR_POLLER_OPTIONS(
				 .name = "second",
				 .upstream = DISRUPTOR_AFTER_NAMES("first")));
}

static void gap_between_events(void)
{
	play_produce(1, 1);
	abandon_then_publish();
	play_produce(1, 1);
}

const struct scene scene_gap_wrap = {
	.name = "gap-wrap",
	.what = "an event, a gap, two events, capacity 2",
	.setup = gap_setup,
	.participant = { gap_between_events, play_consume },
	.check = play_check,
	.deviations = 3, .deep_deviations = 5,
};

const struct scene scene_gap_follow = {
	.name = "gap-follow",
	.what = "a gap, and a follower that knows it only by its upstream",
	.setup = gap_follow_setup,
	.participant = { abandon_then_publish, play_consume, play_consume },
	.check = play_check,
	.deviations = 2, .deep_deviations = 3,
};
