/* SPDX-License-Identifier: MIT */
/*
 * Scenes: a loop of the program's own sleeps for handles (embedding.h), and is
 * woken. Strict: a sleep that ends because its time is over was a lost wake-up.
 */
#include "play.h"
#include "scenes.h"

#include <disruptor/embedding.h>

#define SLEEP_NS INT64_C(50000000)
#define ANONYMOUS DISRUPTOR_POLLER_OPTIONS(.name = NULL)

static void ring_of(size_t capacity)
{
	play_ring(DISRUPTOR_OPTIONS(.event_size = 8, .capacity = capacity,
				    .consumers_max = 3));
	play_producer(0);
}

static void sleep_on(const struct disruptor_wait_point *points, int count)
{
	int error = disruptor_wait_any(points, count, SLEEP_NS);

	scene_require(error == 0 || error == -ETIMEDOUT, "cannot sleep: %d",
		      error);
}

/* As embedding.h says. */
static void loop_until(int64_t end)
{
	struct disruptor_poller *p = play->poller[scene_self()];
	struct disruptor_wait_point point;

	while (disruptor_poller_sequence(p, 0) < end) {
		if (play_take() != 0)
			continue;
		disruptor_poller_announce(p, &point);
		if (play_take() == 0)
			sleep_on(&point, 1);
	}
}

static void loop_for_one(void)
{
	loop_until(1);
}

static void loop_for_two(void)
{
	loop_until(2);
}

static void loop_and_produce(int events)
{
	struct disruptor_producer *p = play->producer[scene_self()];
	struct disruptor_wait_point point;

	while (events > 0) {
		if (disruptor_try_claim_n(p, 1) != 1) {
			disruptor_producer_announce(p, &point);
			if (disruptor_try_claim_n(p, 1) != 1) {
				sleep_on(&point, 1);
				continue;
			}
		}
		play_publish_claimed(1);
		events--;
	}
}

static void publish_two(void)
{
	play_produce(2, 1);
}

static void loop_and_produce_two(void)
{
	loop_and_produce(2);
}

/* --- events --------------------------------------------------------------- */

static void loop_setup(void)
{
	ring_of(2);
	play_consumer(1, ANONYMOUS);
}

WAIT_SCENE(loop, "loop", "a loop sleeps for 2 events", loop_setup, 3, 6,
	   publish_two, loop_for_two);

/* An event is there; the third follows both others. */
static void loop_two_setup(void)
{
	ring_of(2);
	play_consumer(0, DISRUPTOR_POLLER_OPTIONS(.name = "first"));
	play_consumer(1, DISRUPTOR_POLLER_OPTIONS(.name = "second"));
	play_consumer(2, DISRUPTOR_POLLER_OPTIONS(
				 .upstream = DISRUPTOR_AFTER_NAMES("first",
								   "second")));
	scene_act_as(0);
	play_publish_in_setup(1);
}

static void take_one(void)
{
	play_take();
}

WAIT_SCENE(loop_two, "loop-two", "a loop sleeps for two upstreams",
	   loop_two_setup, 3, 5, take_one, take_one, loop_for_one);

/* The one that it sleeps for goes; from then on it follows the producer. */
static void loop_leave_setup(void)
{
	ring_of(2);
	play_stages();
	scene_act_as(2);
	disruptor_poll(play->poller[2]);
}

static void publish_one(void)
{
	play_produce(1, 1);
}

static void leave_for_good(void)
{
	play->is_consumer[1] = false;
	disruptor_poller_free(play->poller[1]);
	disruptor_remove_consumer(play->ring[1], "first");
}

WAIT_SCENE(loop_leave, "loop-leave", "a loop sleeps for one that goes",
	   loop_leave_setup, 3, 5, publish_one, leave_for_good, loop_for_one);

/* --- room ----------------------------------------------------------------- */

static void loop_full_setup(void)
{
	ring_of(1);
	play_consumer(1, ANONYMOUS);
}

WAIT_SCENE(loop_full, "loop-full", "a loop sleeps for room in a ring of 1",
	   loop_full_setup, 3, 5, loop_and_produce_two, loop_for_two);

static void loop_full_two_setup(void)
{
	ring_of(1);
	play_consumer(1, ANONYMOUS);
	play_consumer(2, ANONYMOUS);
	scene_act_as(0);
	play_publish_in_setup(1);
}

static void loop_and_produce_one(void)
{
	loop_and_produce(1);
}

WAIT_SCENE(loop_full_two, "loop-full-two",
	   "a loop sleeps for room that two consumers make",
	   loop_full_two_setup, 2, 3, loop_and_produce_one, play_consume,
	   play_consume);
