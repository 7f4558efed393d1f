/* SPDX-License-Identifier: MIT */
/* Scenes: consumers join, leave, die; and those who are left go on. */
#include "play.h"
#include "scenes.h"

#define ANONYMOUS DISRUPTOR_POLLER_OPTIONS(.name = NULL)

/* What was not being published when it joined, it must see. */
static bool owed[SCENE_PARTICIPANTS][PLAY_SEQUENCES];

static void join(enum disruptor_start_at start)
{
	int me = scene_self(), s;

	play->poller[me] = disruptor_poller_new_opts(
		play->ring[me],
		DISRUPTOR_POLLER_OPTIONS(.name = NULL, .start = start));
	scene_require(play->poller[me] != NULL, "cannot join: %s",
		      disruptor_error());
	play->first[me] = disruptor_poller_sequence(play->poller[me], 0);
	play->is_consumer[me] = true;
	for (s = 0; s < PLAY_SEQUENCES; s++)
		owed[me][s] = !play->publishing[s];
}

static void join_check(void)
{
	int c, s;

	play_check();
	for (c = 0; c < SCENE_PARTICIPANTS; c++)
		for (s = 0; s < PLAY_SEQUENCES && play->is_consumer[c] &&
			    !scene_is_dead(c);
		     s++)
			scene_require(!owed[c][s] || !play->published[s] ||
					      play->delivered[c][s],
				      "event %d came after the joiner and is "
				      "lost to it", s);
}

static void forget_owed(void)
{
	int c, s;

	for (c = 0; c < SCENE_PARTICIPANTS; c++)
		for (s = 0; s < PLAY_SEQUENCES; s++)
			owed[c][s] = false;
}

static void join_oldest(void)
{
	join(DISRUPTOR_START_OLDEST);
	play_consume();
}

static void join_next(void)
{
	join(DISRUPTOR_START_NEXT);
	play_consume();
}

/* --- joining -------------------------------------------------------------- */

static void single_setup(void)
{
	forget_owed();
	play_ring(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 2,
				    .consumers_max = 2));
	play_producer(0);
}

static void stamped_setup(void)
{
	forget_owed();
	play_ring(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 2,
				    .consumers_max = 2,
				    .slot_layout = DISRUPTOR_SLOTS_STAMPED));
	play_producer(0);
}

static void single_consumed_setup(void)
{
	single_setup();
	play_consumer(2, ANONYMOUS);
}

static void multi_setup(void)
{
	forget_owed();
	play_ring(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 2,
				    .producer_type = DISRUPTOR_MULTI_PRODUCER,
				    .producers_max = 2, .consumers_max = 2));
	play_producer(0);
	play_producer(1);
}

static void four_events(void)
{
	play_produce(4, 1);
}

static void two_events(void)
{
	play_produce(2, 1);
}

const struct scene scene_join = {
	.name = "join",
	.what = "a consumer joins while 4 events wrap a ring of 2",
	.setup = single_setup,
	.participant = { four_events, join_oldest },
	.check = join_check,
	.deviations = 3, .deep_deviations = 6,
};

const struct scene scene_join_next = {
	.name = "join-next",
	.what = "the same with stamped slots, from the next event on",
	.setup = stamped_setup,
	.participant = { four_events, join_next },
	.check = join_check,
	.deviations = 3, .deep_deviations = 5,
};

const struct scene scene_join_second = {
	.name = "join-second",
	.what = "a second consumer joins",
	.setup = single_consumed_setup,
	.participant = { four_events, join_oldest, play_consume },
	.check = join_check,
	.deviations = 1, .deep_deviations = 2,
};

/* Event 0 is claimed, event 1 is there; the rest needs event 0. */
static void behind_setup(void)
{
	multi_setup();
	scene_act_as(0);
	disruptor_try_claim_n(play->producer[0], 1);
	play->owner[0] = 1;
	scene_act_as(1);
	disruptor_try_claim_n(play->producer[1], 1);
	*(uint64_t *)disruptor_producer_event(play->producer[1], 0) = 16;
	disruptor_publish(play->producer[1]);
	play->publishing[1] = play->published[1] = true;
}

static void publish_and_go_on(void)
{
	play_fill_and_publish(1);
	play_produce(1, 1);
}

static void one_event_more(void)
{
	play_produce(1, 1);
}

const struct scene scene_join_behind = {
	.name = "join-behind",
	.what = "a consumer joins behind a gate that another producer passes",
	.setup = behind_setup,
	.participant = { publish_and_go_on, one_event_more, join_next },
	.check = join_check,
	.deviations = 1, .deep_deviations = 3,
	.mutant_runs = 12000,
};

const struct scene scene_join_multi = {
	.name = "join-multi",
	.what = "a consumer joins two producers of 2 events, capacity 2",
	.setup = multi_setup,
	.participant = { two_events, two_events, join_next },
	.check = join_check,
	.deviations = 1, .deep_deviations = 3,
};

/* What is published when somebody is there goes to that one. */
static void publish_to_somebody(void)
{
	scene_require(disruptor_wait_for_consumers(play->ring[0], 1,
						   DISRUPTOR_FOREVER) == 0,
		      "nobody came");
	play_produce(1, 1);
}

static void first_is_delivered(void)
{
	join_check();
	scene_require(play->first[1] == 0,
		      "who was waited for begins behind the first event");
}

static void wait_for_setup(void)
{
	forget_owed();
	play_shared(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 2,
				      .consumers_max = 1));
	play_producer(0);
	play_attach(1);
}

const struct scene scene_join_awaited = {
	.name = "join-awaited",
	.what = "a producer waits for a consumer and then publishes",
	.setup = wait_for_setup,
	.participant = { publish_to_somebody, join_next },
	.check = first_is_delivered,
	.deviations = 3, .deep_deviations = 6,
};

/* --- leaving -------------------------------------------------------------- */

static void chain_setup(void)
{
	forget_owed();
	play_ring(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 2,
				    .consumers_max = 3));
	play_producer(0);
	play_stages();
}

static void three_events(void)
{
	play_produce(3, 1);
}

/* A held place is taken away with the consumer: nobody follows it any more. */
static void take_one_and_leave(void)
{
	int me = scene_self();

	while (play_take() == 0)
		scene_wait();
	play->is_consumer[me] = false;
	disruptor_poller_free(play->poller[me]);
	disruptor_remove_consumer(play->ring[me], "first");
}

const struct scene scene_leave = {
	.name = "leave",
	.what = "a stage leaves, and its follower goes on; 3 events",
	.setup = chain_setup,
	.participant = { three_events, take_one_and_leave, play_consume },
	.check = play_check,
	.deviations = 2, .deep_deviations = 4,
	.mutant_deviations = 4,
};

static void blocked_setup(void)
{
	forget_owed();
	play_ring(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 1,
				    .consumers_max = 2,
				    .wait_strategy = DISRUPTOR_WAIT_BLOCKING));
	play_producer(0);
	play_consumer(1, ANONYMOUS);
}

static void two_blocking(void)
{
	play_produce_blocking(2, 1);
}

static void leave(void)
{
	play->is_consumer[scene_self()] = false;
	disruptor_poller_free(play->poller[scene_self()]);
}

const struct scene scene_leave_full = {
	.name = "leave-full",
	.what = "who gates leaves, and the producer that sleeps is woken",
	.setup = blocked_setup,
	.participant = { two_blocking, leave },
	.strict = true,
	.deviations = 3, .deep_deviations = 5,
};

/* The second has joined since the producer looked who is there. */
static void join_behind_the_scan(void)
{
	play_producer(0);
	play_consumer(1, ANONYMOUS);
	scene_act_as(0);
	disruptor_try_claim_n(play->producer[0], 1);
	disruptor_publish(play->producer[0]);
	play_consumer(2, ANONYMOUS);
}

static void reading_setup(void)
{
	forget_owed();
	play_ring(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 1,
				    .consumers_max = 2));
	join_behind_the_scan();
}

static void read_and_leave(void)
{
	struct disruptor_poller *p = play->poller[scene_self()];

	scene_require(disruptor_poll(p) == 1, "the event is not there");
	scene_require(*(uint64_t *)disruptor_poller_event(p, 0) == 0,
		      "the event is overwritten");
	leave();
}

static void one_more_event(void)
{
	play_produce(1, 1);
}

const struct scene scene_leave_reading = {
	.name = "leave-reading",
	.what = "who gates reads an event and leaves; it is overwritten",
	.setup = reading_setup,
	.participant = { one_more_event, read_and_leave },
	.deviations = 3, .deep_deviations = 6,
};

static void heir_setup(void)
{
	forget_owed();
	play_shared(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 1,
				      .consumers_max = 2));
	join_behind_the_scan();
	play_attach(3);
}

/* Into the record that the reader left, if it has by now. */
static void inherit(void)
{
	int me = scene_self();

	play->poller[me] = disruptor_poller_new_opts(play->ring[me], ANONYMOUS);
}

const struct scene scene_leave_heir = {
	.name = "leave-heir",
	.what = "the same, as it dies and another one takes its record",
	.setup = heir_setup,
	.participant = { one_more_event, read_and_leave, NULL, inherit },
	.mortal = 2,
	.deviations = 2, .kills = 1, .deep_deviations = 3, .deep_kills = 1,
	.mutant_runs = 12000,
};

/* A consumer comes where another one has just gone. */
static void leave_and_join(void)
{
	leave();
	join_oldest();
}

const struct scene scene_rejoin = {
	.name = "rejoin",
	.what = "a consumer leaves and joins again in the same record",
	.setup = single_consumed_setup,
	.participant = { four_events, NULL, leave_and_join },
	.check = join_check,
	.deviations = 3, .deep_deviations = 5,
};

static void sleeping_chain_setup(void)
{
	forget_owed();
	play_ring(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 2,
				    .consumers_max = 3,
				    .wait_strategy = DISRUPTOR_WAIT_BLOCKING));
	play_producer(0);
	play_stages();
}

static void one_event(void)
{
	play_produce(1, 1);
}

static void leave_and_remove(void)
{
	leave();
	disruptor_remove_consumer(play->ring[scene_self()], "first");
}

static void sleep_for_one(void)
{
	play_consume_blocking(1);
}

const struct scene scene_leave_asleep = {
	.name = "leave-asleep",
	.what = "a stage leaves while its follower sleeps on it",
	.setup = sleeping_chain_setup,
	.participant = { one_event, leave_and_remove, sleep_for_one },
	.check = play_check,
	.strict = true,
	.deviations = 3, .deep_deviations = 4,
};
