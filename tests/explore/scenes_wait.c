/* SPDX-License-Identifier: MIT */
/*
 * Scenes: who sleeps is woken. All are strict: a sleep that ends because its
 * time is over was a lost wake-up.
 */
#include "play.h"
#include "scenes.h"

#define BLOCKING(...)                                                          \
	DISRUPTOR_OPTIONS(.event_size = 8, .consumers_max = 2,                 \
			  .wait_strategy = DISRUPTOR_WAIT_BLOCKING,            \
			  __VA_ARGS__)
#define ANONYMOUS DISRUPTOR_POLLER_OPTIONS(.name = NULL)

static void one_sleeper_setup(void)
{
	play_ring(BLOCKING(.capacity = 2));
	play_producer(0);
	play_consumer(1, ANONYMOUS);
}

static void two_sleepers_setup(void)
{
	one_sleeper_setup();
	play_consumer(2, ANONYMOUS);
}

static void follower_setup(void)
{
	play_ring(BLOCKING(.capacity = 2));
	play_producer(0);
	play_stages();
}

static void full_setup(void)
{
	play_ring(BLOCKING(.capacity = 1));
	play_producer(0);
	play_consumer(1, ANONYMOUS);
}

static void multi_setup(void)
{
	play_ring(BLOCKING(.capacity = 2,
			   .producer_type = DISRUPTOR_MULTI_PRODUCER,
			   .producers_max = 2));
	play_producer(0);
	play_producer(1);
	play_consumer(2, ANONYMOUS);
}

static void publish_one(void)
{
	play_produce(1, 1);
}

static void publish_two(void)
{
	play_produce(2, 1);
}

static void publish_two_blocking(void)
{
	play_produce_blocking(2, 1);
}

static void sleep_for_one(void)
{
	play_consume_blocking(1);
}

static void sleep_for_two(void)
{
	play_consume_blocking(2);
}

WAIT_SCENE(wait_one, "wait", "a consumer sleeps for 2 events", one_sleeper_setup,
	   3, 6, publish_two, sleep_for_two);
WAIT_SCENE(wait_two, "wait-two", "two consumers sleep for an event",
	   two_sleepers_setup, 3, 5, publish_one, sleep_for_one,
	   sleep_for_one);
WAIT_SCENE(wait_follower, "wait-follower",
	   "a follower sleeps for its upstream", follower_setup, 2, 4,
	   publish_one, sleep_for_one, sleep_for_one);
WAIT_SCENE(wait_full, "wait-full", "a producer sleeps for room in a ring of 1",
	   full_setup, 3, 5, publish_two_blocking, sleep_for_two);
WAIT_SCENE(wait_multi, "wait-multi", "two producers wake a consumer",
	   multi_setup, 2, 4, publish_one, publish_one, sleep_for_two);

/* --- halt and close ------------------------------------------------------- */

/* Written before the end, for whoever is told of it. */
static uint64_t *why;

static void give_reason(void)
{
	*why = 1;
}

static void read_reason(void)
{
	scene_require(*why == 1, "it is told of the end, but not why");
}

static void reason_setup(void)
{
	why = scene_memory(sizeof(*why));
	scene_share(why, sizeof(*why));
}

static void quiet_setup(void)
{
	reason_setup();
	play_ring(BLOCKING(.capacity = 1));
	play_producer(0);
	play_consumer(1, ANONYMOUS);
}

static void halt(void)
{
	give_reason();
	disruptor_halt(play->ring[scene_self()]);
}

static void close_ring(void)
{
	give_reason();
	disruptor_close(play->ring[scene_self()]);
}

static void sleep_until_halted(void)
{
	int64_t n = disruptor_poll_wait(play->poller[scene_self()],
					DISRUPTOR_FOREVER);

	scene_require(n == -ECANCELED, "a halted poll returned %lld",
		      (long long)n);
	read_reason();
}

/* No room any more. */
static void filled_setup(void)
{
	quiet_setup();
	disruptor_try_claim_n(play->producer[0], 1);
	disruptor_publish(play->producer[0]);
}

static void claim_until_told(void)
{
	int64_t n = disruptor_claim_n(play->producer[scene_self()], 1);

	scene_require(n == -ECANCELED, "a claim that ends returned %lld",
		      (long long)n);
	read_reason();
}

static void cancel_producer(void)
{
	give_reason();
	disruptor_producer_cancel(play->producer[0]);
}

/* A single producer's claims are its own business: it closes itself. */
static void publish_and_close(void)
{
	play_produce(1, 1);
	close_ring();
}

static void sleep_until_closed(void)
{
	int64_t n = play_consume_blocking(PLAY_SEQUENCES);

	scene_require(n == -ESHUTDOWN, "a poll of a closed ring returned %lld",
		      (long long)n);
	read_reason();
}

/* The consumer that would make room does not: only a cancel ends the claim. */
WAIT_SCENE(halt, "halt", "a consumer sleeps, and the ring is halted",
	   quiet_setup, 3, 6, NULL, sleep_until_halted, halt);
WAIT_SCENE(cancel, "cancel", "a producer sleeps, and is canceled", filled_setup,
	   3, 5, claim_until_told, NULL, cancel_producer);
WAIT_SCENE(halt_claim, "halt-claim", "a producer sleeps, and the ring is halted",
	   filled_setup, 3, 5, claim_until_told, NULL, halt);
WAIT_SCENE(wait_close, "wait-close", "a consumer sleeps, and the ring closes",
	   quiet_setup, 3, 5, publish_and_close, sleep_until_closed);

/* --- the end of stream is one instant ------------------------------------- */

static void close_setup(void)
{
	reason_setup();
	play_ring(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = 2,
				    .producer_type = DISRUPTOR_MULTI_PRODUCER,
				    .producers_max = 2, .consumers_max = 2));
	play_producer(0);
	play_producer(1);
	play_consumer(2, ANONYMOUS);
}

/* A claim that meets the close becomes a gap by itself. */
static void close_check(void)
{
	play_check();
	scene_require(play->closed[2], "the consumer missed the close");
}

static void consume_until_closed(void)
{
	while (play_take() >= 0)
		scene_wait();
	play->closed[scene_self()] = true;
}

static void close_setup_gaps(void)
{
	int s;

	close_setup();
	/* Whatever is claimed and refused in the same instant. */
	for (s = 0; s < PLAY_SEQUENCES; s++)
		play->abandoned[s] = true;
}

const struct scene scene_close = {
	.name = "close",
	.what = "two producers publish while a third closes",
	.setup = close_setup_gaps,
	.participant = { publish_one, publish_one, consume_until_closed,
			 close_ring },
	.check = close_check,
	.deviations = 2, .deep_deviations = 4,
};

/* Three that are told of it by the state alone. */
static void claim_if_open(void)
{
	struct disruptor_producer *p = play->producer[scene_self()];

	if (disruptor_try_claim_n(p, 1) == -ESHUTDOWN)
		read_reason();
}

static void produce_if_open(void)
{
	if (disruptor_producer_new(play->ring[scene_self()]) == NULL &&
	    errno == ESHUTDOWN)
		read_reason();
}

static void wait_if_open(void)
{
	if (disruptor_wait_for_consumers(play->ring[scene_self()], 2, 0) ==
	    -ESHUTDOWN)
		read_reason();
}

const struct scene scene_close_told = {
	.name = "close-told",
	.what = "one closes, others are told so",
	.setup = close_setup,
	.participant = { close_ring, claim_if_open, produce_if_open,
			 wait_if_open },
	.deviations = 2, .deep_deviations = 4,
};
