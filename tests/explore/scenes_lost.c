/* SPDX-License-Identifier: MIT */
/* Scenes: consumers are lost or leave, and those who follow them must know. */
#include "play.h"
#include "scenes.h"

#include "internal.h"

#define ANONYMOUS DISRUPTOR_POLLER_OPTIONS(.name = NULL)

static void three_events(void)
{
	play_produce(3, 1);
}

static void evict_setup(void)
{
	play_shared(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 1,
				      .consumers_max = 3));
	play_producer(0);
	play_consumer(1, ANONYMOUS);
	play_consumer(2, ANONYMOUS);
}

const struct scene scene_evict = {
	.name = "evict",
	.what = "a consumer dies, the producer of a full ring evicts it",
	.setup = evict_setup,
	.participant = { three_events, play_consume, play_consume },
	.check = play_check,
	.mortal = 2,
	.deviations = 0, .kills = 1, .deep_deviations = 1, .deep_kills = 1,
};

static void chain_setup(void)
{
	play_shared(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 2,
				      .consumers_max = 3));
	play_producer(0);
	play_stages();
	play_attach(3);
}

static void consume_and_go(void)
{
	play_consume();
	disruptor_poller_free(play->poller[scene_self()]);
}

/* Goes on where the other one stopped. */
static void resume(void)
{
	int me = scene_self();

	while (!scene_has_ended(1))
		scene_wait();
	play->poller[me] = disruptor_poller_new(play->ring[me], "first");
	scene_require(play->poller[me] != NULL, "cannot resume: %s",
		      disruptor_error());
	play->first[me] = disruptor_poller_sequence(play->poller[me], 0);
	play->is_consumer[me] = true;
	play_consume();
}

/* One delivery by either of the two, the last batch of the dead one again. */
static void resume_check(void)
{
	int s;

	play_check();
	for (s = 0; s < PLAY_SEQUENCES; s++)
		scene_require(!play->published[s] || play->delivered[1][s] ||
				      play->delivered[3][s],
			      "event %d is lost between two owners of a place",
			      s);
}

const struct scene scene_resume = {
	.name = "resume",
	.what = "a named stage dies, another process takes its place",
	.setup = chain_setup,
	.participant = { three_events, consume_and_go, play_consume, resume },
	.check = resume_check,
	.mortal = 2,
	.deviations = 0, .kills = 1, .deep_deviations = 1, .deep_kills = 1,
};

/* --- one that must not be passed ------------------------------------------ */

/* Two events are there; nobody has read one. */
static void two_are_published(void)
{
	scene_act_as(0);
	disruptor_try_claim_n(play->producer[0], 2);
	disruptor_publish(play->producer[0]);
}

/* The one that is followed has no name: when it dies nobody keeps its place. */
static void fail_setup(void)
{
	struct disruptor_consumer_set upstream = { { 0 } };

	play_shared(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 2,
				      .consumers_max = 2));
	play_producer(0);
	play_consumer(1, ANONYMOUS);
	disruptor_set_add(&upstream, disruptor_poller_index(play->poller[1]));
	play_attach(2);
	scene_act_as(2);
	play->poller[2] = disruptor_poller_make(
		play->ring[2],
		DISRUPTOR_POLLER_OPTIONS(
			.start = DISRUPTOR_START_OLDEST,
			.on_upstream_lost = DISRUPTOR_UPSTREAM_FAIL),
		&upstream);
	two_are_published();
}

static void evict_first(void)
{
	while (!scene_has_ended(1))
		scene_wait();
	disruptor_consumer_evict_if_dead(
		play->ring[0], disruptor_poller_index(play->poller[1]));
}

/* A call of the system, at which it may be killed. */
static void do_nothing(void)
{
	disruptor_liveness_alive(play->ring[scene_self()],
				 DISRUPTOR_LOCK_REGISTRY);
}

static void follow_until_failed(void)
{
	int64_t n;

	while (!scene_has_ended(1))
		scene_wait();
	while (scene_is_dead(1)) {
		n = disruptor_poll(play->poller[scene_self()]);
		if (n == -EOWNERDEAD)
			return;
		scene_require(n == 0, "poll returned %lld of what was not "
				      "handled upstream", (long long)n);
		scene_wait();
	}
}

const struct scene scene_fail = {
	.name = "fail",
	.what = "a consumer dies, its follower must fail and not pass it",
	.setup = fail_setup,
	.participant = { evict_first, do_nothing,
			 follow_until_failed },
	.mortal = 2,
	.deviations = 3, .kills = 1, .deep_deviations = 6, .deep_kills = 1,
};

/* The one that is followed has a name: dead, it keeps its place. */
static void pass_setup(void)
{
	play_shared(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 2,
				      .consumers_max = 2));
	play_producer(0);
	play_consumer(1, DISRUPTOR_POLLER_OPTIONS(.name = "first"));
	play_consumer(2, DISRUPTOR_POLLER_OPTIONS(
				 .upstream = DISRUPTOR_AFTER_NAMES("first"),
				 .on_upstream_lost = DISRUPTOR_UPSTREAM_PASS));
	two_are_published();
}

static void pass_when_dead(void)
{
	bool was_dead;
	int64_t n;

	do {
		was_dead = scene_is_dead(1);
		n = disruptor_poll(play->poller[scene_self()]);
		scene_require(n == 0 || (n == 2 && scene_is_dead(1)),
			      "poll returned %lld", (long long)n);
		if (n == 0)
			scene_wait();
	} while (n == 0 && (was_dead || !scene_has_ended(1)));
}

const struct scene scene_pass = {
	.name = "pass",
	.what = "a consumer dies that keeps its place, its follower passes it",
	.setup = pass_setup,
	.participant = { NULL, do_nothing, pass_when_dead },
	.mortal = 2,
	.deviations = 3, .kills = 1, .deep_deviations = 6, .deep_kills = 1,
};

/*
 * The set of those that are followed has several words, and the two that change
 * here are of different ones.
 */
#define FAR 64

static void far_setup(void)
{
	struct disruptor_poller *filling[FAR];
	int i;

	play_ring(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 2,
				    .consumers_max = FAR + 1));
	play_producer(0);
	scene_act_as(0);
	for (i = 0; i < FAR; i++)
		filling[i] = disruptor_poller_new(play->ring[0], NULL);
	play_consumer(0, DISRUPTOR_POLLER_OPTIONS(.name = "far"));
	for (i = 0; i < FAR; i++)
		disruptor_poller_free(filling[i]);
	play_consumer(1, DISRUPTOR_POLLER_OPTIONS(
				 .name = "first",
				 .upstream = DISRUPTOR_AFTER_NAMES("far")));
	play_consumer(2, DISRUPTOR_POLLER_OPTIONS(
				 .name = "second",
				 .upstream = DISRUPTOR_AFTER_NAMES("first")));
	two_are_published();
}

static void leave_and_remove(void)
{
	disruptor_poller_free(play->poller[scene_self()]);
	disruptor_remove_consumer(play->ring[scene_self()], "first");
}

static void find_nothing(void)
{
	int i;

	for (i = 0; i < 2; i++)
		scene_require(disruptor_poll(play->poller[scene_self()]) == 0,
			      "it is ahead of one that it follows");
}

const struct scene scene_leave_far = {
	.name = "leave-far",
	.what = "a stage leaves; whom it followed is 64 records away",
	.setup = far_setup,
	.participant = { NULL, leave_and_remove, find_nothing },
	.deviations = 4, .deep_deviations = 7,
};
