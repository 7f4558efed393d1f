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

/* --- two stages ----------------------------------------------------------- */

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

/* The first stage's work is there when nobody has anything left to do. */
static void backlog_setup(void)
{
	play_ring(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 2,
				    .consumers_max = 1));
	play_producer(0);
	play_consumer(1, DISRUPTOR_POLLER_OPTIONS(.name = "first"));
	scene_act_as(0);
	play_publish_in_setup(1);
}

static void mark_one(void)
{
	struct disruptor_poller *p = play->poller[scene_self()];

	scene_require(disruptor_poll(p) == 1, "the event is not there");
	*(uint64_t *)disruptor_poller_event(p, 0) += 1;
	disruptor_poller_advance(p, 1);
}

static void look_when_done(void)
{
	struct disruptor *d = play->ring[scene_self()];
	uint64_t *event = disruptor_producer_event(play->producer[0], -1);

	while (disruptor_has_backlog(d))
		scene_wait();
	scene_require(*event % 2 == 1, "what is done is not to be seen");
}

const struct scene scene_backlog = {
	.name = "backlog",
	.what = "a consumer works, another thread waits until it is done",
	.setup = backlog_setup,
	.participant = { NULL, mark_one, look_when_done },
	.deviations = 3, .deep_deviations = 6,
};

/* --- one that follows two ------------------------------------------------- */

#define UPSTREAMS 2

static void two_upstreams_setup(void)
{
	scene_act_as(0);
	play_ring(DISRUPTOR_OPTIONS(.event_size = 8 * UPSTREAMS, .capacity = 1,
				    .consumers_max = 3));
	play_producer(0);
	play_consumer(1, DISRUPTOR_POLLER_OPTIONS(.name = "first"));
	play_consumer(2, DISRUPTOR_POLLER_OPTIONS(.name = "second"));
	play_consumer(3, DISRUPTOR_POLLER_OPTIONS(
				 .name = "third",
				 .upstream = DISRUPTOR_AFTER_NAMES("first",
								   "second")));
	disruptor_try_claim_n(play->producer[0], 1);
	disruptor_publish(play->producer[0]);
}

/* Each leaves its own mark. */
static void mark_own(void)
{
	struct disruptor_poller *p = play->poller[scene_self()];
	uint64_t *event;

	scene_require(disruptor_poll(p) == 1, "the event is not there");
	event = disruptor_poller_event(p, 0);
	event[scene_self() - 1] = 1;
	disruptor_poller_advance(p, 1);
}

static void find_both_marks(void)
{
	struct disruptor_poller *p = play->poller[scene_self()];
	const uint64_t *event;

	while (disruptor_poll(p) == 0)
		scene_wait();
	event = disruptor_poller_event(p, 0);
	scene_require(event[0] == 1 && event[1] == 1,
		      "it is ahead of one of those that it follows");
}

const struct scene scene_two_upstreams = {
	.name = "two-upstreams",
	.what = "two stages write an event side by side, a third follows both",
	.setup = two_upstreams_setup,
	.participant = { NULL, mark_own, mark_own, find_both_marks },
	.deviations = 3, .deep_deviations = 5,
};

/* --- several producers ---------------------------------------------------- */

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

/* --- gaps ----------------------------------------------------------------- */

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

/* A claim is held; nothing but its gap will ever come. */
static void gap_only_setup(void)
{
	gap_follow_setup();
	scene_act_as(0);
	disruptor_try_claim_n(play->producer[0], 1);
	scene_act_as(2);
	disruptor_poll(play->poller[2]);
}

static void give_up(void)
{
	disruptor_abandon(play->producer[0]);
}

static void find_no_event(void)
{
	scene_require(disruptor_poll(play->poller[scene_self()]) == 0,
		      "a gap is taken for an event");
}

const struct scene scene_gap_only = {
	.name = "gap-only",
	.what = "a claim that is held becomes a gap as two stages look",
	.setup = gap_only_setup,
	.participant = { give_up, find_no_event, find_no_event },
	.deviations = 5, .deep_deviations = 8,
};

const struct scene scene_gap_follow = {
	.name = "gap-follow",
	.what = "a gap, and a follower that knows it only by its upstream",
	.setup = gap_follow_setup,
	.participant = { abandon_then_publish, play_consume, play_consume },
	.check = play_check,
	.deviations = 2, .deep_deviations = 4,
};
