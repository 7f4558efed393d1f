/* SPDX-License-Identifier: MIT */
/* event_processor.h: ends, while producers wait for room (LMAX #182, #506) */
#include "gated.h"

#define PRODUCERS 3

struct waiting {
	struct disruptor_producer *producer;
	bool up_to;
	int64_t result;
	uint32_t over;
};

static void *wait_for_room(void *argument)
{
	struct waiting *w = argument;

	w->result = w->up_to ? disruptor_claim_up_to(w->producer, 2) :
			       disruptor_claim_n(w->producer, 2);
	if (w->result > 0)
		disruptor_publish(w->producer);
	disruptor_store_release_u32(&w->over, 1);
	return NULL;
}

struct scene {
	struct disruptor *d;
	struct gated g;
	struct waiting w[PRODUCERS];
	pthread_t threads[PRODUCERS];
	int producers;
};

/* A full ring, a handler that is held in its first event, who waits for it. */
static void set_up(struct scene *s, const struct flavour *flavour)
{
	int i;

	*s = (struct scene){ .producers = flavour_multi(flavour) ? PRODUCERS :
								     1 };
	s->d = RING(flavour, .capacity = 4);
	GATED(s->d, &s->g, .batch_max = 1);
	for (i = 0; i < s->producers; i++) {
		s->w[i].producer = PRODUCER(s->d);
		s->w[i].up_to = i % 2 != 0;
	}
	put_many(s->w[0].producer, 0, 4);
	CHECK_EQ(disruptor_start(s->d), 0);
	wait_until_entered(&s->g, 1);
	for (i = 0; i < s->producers; i++)
		s->threads[i] = thread_start(wait_for_room, &s->w[i]);
	pause_ms(3);
}

static void join(struct scene *s)
{
	int i;

	for (i = 0; i < s->producers; i++)
		thread_join(s->threads[i]);
}

static bool flavour_private(const struct flavour *flavour)
{
	return !flavour->shared;
}

/* The stream ends: they hear of it at once, while the handler is still held. */
static void shutdown_ends_their_wait(const struct flavour *flavour)
{
	struct scene s;
	int i;

	set_up(&s, flavour);
	CHECK_ERROR(disruptor_shutdown(s.d, MS), ETIMEDOUT);
	join(&s);
	for (i = 0; i < s.producers; i++)
		CHECK_EQ(s.w[i].result, -ESHUTDOWN);
	let(&s.g, ALL);
	CHECK_EQ(disruptor_shutdown(s.d, DISRUPTOR_FOREVER), 0);
	CHECK_EQ(handled_by(&s.g), 4);
	disruptor_free(s.d);
}

/* A shared stream goes on: what is drained is room for those who wait. */
static void shutdown_makes_them_room(const struct flavour *flavour)
{
	struct scene s;
	uint32_t handled;
	int64_t claimed = 0;
	int i;

	set_up(&s, flavour);
	CHECK_ERROR(disruptor_shutdown(s.d, MS), ETIMEDOUT);
	for (i = 0; i < s.producers; i++)
		CHECK_EQ(disruptor_load_acquire_u32(&s.w[i].over), 0);
	let(&s.g, ALL);
	CHECK_EQ(disruptor_shutdown(s.d, DISRUPTOR_FOREVER), 0);
	handled = handled_by(&s.g);
	CHECK(handled >= 4);
	CHECK_EQ(disruptor_start(s.d), 0);
	join(&s);
	for (i = 0; i < s.producers; i++) {
		CHECK(s.w[i].result > 0);
		claimed += s.w[i].result;
	}
	wait_until_handled(&s.g, (uint32_t)(4 + claimed));
	CHECK_EQ(disruptor_shutdown(s.d, DISRUPTOR_FOREVER), 0);
	CHECK_EQ(handled_by(&s.g), 4 + claimed);
	disruptor_free(s.d);
}

/* The handler is held until the halt has reached the producers. */
static void *let_after_the_halt(void *argument)
{
	struct scene *s = argument;
	int i;

	for (i = 0; i < s->producers; i++)
		while (disruptor_load_acquire_u32(&s->w[i].over) == 0)
			pause_ms(1);
	let(&s->g, ALL);
	return NULL;
}

static void halt_ends_their_wait(const struct flavour *flavour)
{
	struct scene s;
	pthread_t opener;
	int i;

	set_up(&s, flavour);
	opener = thread_start(let_after_the_halt, &s);
	CHECK_EQ(disruptor_halt(s.d), 0);
	join(&s);
	thread_join(opener);
	for (i = 0; i < s.producers; i++)
		CHECK_EQ(s.w[i].result, -ECANCELED);
	CHECK_EQ(handled_by(&s.g), 1);
	CHECK_EQ(disruptor_start(s.d), 0);
	CHECK_EQ(disruptor_shutdown(s.d, DISRUPTOR_FOREVER), 0);
	CHECK_EQ(handled_by(&s.g), 4);
	disruptor_free(s.d);
}

/*
 * LMAX #308: a shutdown of what was halted, before it ran or while it did, has
 * nothing to wait for, though there is work left.
 */
static void shutdown_of_the_halted(const struct flavour *flavour)
{
	struct scene s;
	pthread_t opener;

	set_up(&s, flavour);
	opener = thread_start(let_after_the_halt, &s);
	CHECK_EQ(disruptor_halt(s.d), 0);
	join(&s);
	thread_join(opener);
	CHECK_EQ(disruptor_shutdown(s.d, LONG_NS), 0);
	CHECK(disruptor_has_backlog(s.d));
	CHECK_EQ(disruptor_start(s.d), 0);
	CHECK_EQ(disruptor_shutdown(s.d, LONG_NS), 0);
	CHECK_EQ(handled_by(&s.g), 4);
	disruptor_free(s.d);
}

static void shutdown_of_the_never_started(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct gated g = { .let = ALL };

	GATED(d, &g, .name = NULL);
	put_many(PRODUCER(d), 0, 4);
	CHECK_EQ(disruptor_halt(d), 0);
	CHECK_EQ(disruptor_shutdown(d, LONG_NS), 0);
	CHECK(disruptor_has_backlog(d));
	CHECK_EQ(handled_by(&g), 0);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_shutdown(d, LONG_NS), 0);
	CHECK_EQ(handled_by(&g), 4);
	disruptor_free(d);
}

TEST_MAIN(TEST_SOME(shutdown_ends_their_wait, flavour_private),
	  TEST_SHARED(shutdown_makes_them_room),
	  TEST_EACH(halt_ends_their_wait), TEST_EACH(shutdown_of_the_halted),
	  TEST_EACH(shutdown_of_the_never_started));
