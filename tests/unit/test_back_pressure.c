/* SPDX-License-Identifier: MIT */
/* producer.h: a full ring: wait, drop, cancel; and who would wait for ever. */
#include <ring.h>

static void drop_and_count(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_poller *poller = POLLER(d, NULL);
	int64_t i, *event;

	for (i = 0; i < 10; i++) {
		event = disruptor_claim_or_drop(p);
		CHECK((event != NULL) == (i < 4));
		CHECK(event != NULL || errno == EAGAIN);
		if (event == NULL)
			continue;
		*event = i;
		disruptor_publish(p);
	}
	CHECK_EQ(disruptor_producer_dropped(p), 6);
	/* The newest were dropped; it goes on as soon as there is room. */
	take_many(poller, 0, 4);
	CHECK(disruptor_claim_or_drop(p) != NULL);
	disruptor_publish(p);
	CHECK_EQ(disruptor_producer_dropped(p), 6);
	CHECK_EQ(disruptor_poll(poller), 1);
	disruptor_free(d);
}

/* A claim that fails for another reason is no drop; nor is a plain one. */
static void what_is_no_drop(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 1);
	struct disruptor_producer *p = PRODUCER(d);

	POLLER(d, NULL);
	CHECK(disruptor_claim_or_drop(p) != NULL);
	CHECK_NULL(disruptor_claim_or_drop(p), EBUSY);
	disruptor_publish(p);
	CHECK_NULL(disruptor_try_claim(p), EAGAIN);
	CHECK_NULL(disruptor_claim_timeout(p, 1), ETIMEDOUT);
	disruptor_producer_cancel(p);
	CHECK_NULL(disruptor_claim_or_drop(p), ECANCELED);
	CHECK_EQ(disruptor_halt(d), 0);
	CHECK_NULL(disruptor_claim_or_drop(p), ECANCELED);
	CHECK_EQ(disruptor_close(d), 0);
	CHECK_NULL(disruptor_claim_or_drop(p), ESHUTDOWN);
	CHECK_EQ(disruptor_producer_dropped(p), 0);
	disruptor_free(d);
}

static void drops_are_each_producers_own(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 1);
	struct disruptor_producer *a = PRODUCER(d), *b = PRODUCER(d);

	POLLER(d, NULL);
	PUT(a, 1);
	CHECK_NULL(disruptor_claim_or_drop(a), EAGAIN);
	CHECK_NULL(disruptor_claim_or_drop(b), EAGAIN);
	CHECK_NULL(disruptor_claim_or_drop(b), EAGAIN);
	CHECK_EQ(disruptor_producer_dropped(a), 1);
	CHECK_EQ(disruptor_producer_dropped(b), 2);
	disruptor_free(d);
}

/* --- cancel -------------------------------------------------------------- */

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
	disruptor_store_release_u32(&w->over, 1);
	return NULL;
}

static void cancel_once(const struct flavour *flavour,
			enum disruptor_wait_strategy strategy, bool up_to)
{
	struct disruptor *d = RING(flavour, .capacity = 4,
				   .wait_strategy = strategy);
	struct waiting w = { .producer = PRODUCER(d), .up_to = up_to };
	struct disruptor_poller *poller = POLLER(d, NULL);
	pthread_t thread;

	put_many(w.producer, 0, 4);
	thread = thread_start(wait_for_room, &w);
	pause_ms(2);
	CHECK_EQ(disruptor_load_acquire_u32(&w.over), 0);
	disruptor_producer_cancel(w.producer);
	thread_join(thread);
	CHECK_EQ(w.result, -ECANCELED);
	/* Nothing was claimed, and the next claim is as any other. */
	CHECK_EQ(disruptor_claimed(d), 4);
	CHECK_NULL(disruptor_try_claim(w.producer), EAGAIN);
	take_many(poller, 0, 4);
	PUT(w.producer, 4);
	TAKE(poller, 4);
	disruptor_free(d);
}

static void cancel_a_waiting_claim(const struct flavour *flavour)
{
	int s;

	for (s = DISRUPTOR_WAIT_DEFAULT; s <= DISRUPTOR_WAIT_BLOCKING; s++)
		cancel_once(flavour, (enum disruptor_wait_strategy)s,
			    s % 2 == 0);
}

/* Nobody waits: then it is the next claim, whichever it is, and only that. */
static void cancel_the_next_claim(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct disruptor_producer *p = PRODUCER(d);

	disruptor_producer_cancel(p);
	CHECK_NULL(disruptor_try_claim(p), ECANCELED);
	PUT(p, 0);
	disruptor_producer_cancel(p);
	disruptor_producer_cancel(p);
	CHECK_ERROR((int)disruptor_claim_n(p, 2), ECANCELED);
	CHECK_EQ(disruptor_claim_n(p, 2), 2);
	/* A claim in hand is not touched. */
	disruptor_producer_cancel(p);
	disruptor_publish(p);
	CHECK_EQ(disruptor_published(d), 3);
	CHECK_ERROR((int)disruptor_claim_up_to(p, 2), ECANCELED);
	CHECK_EQ(disruptor_claim_up_to(p, 2), 2);
	disruptor_abandon(p);
	disruptor_free(d);
}

static void cancel_one_of_two(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct waiting a = { .producer = PRODUCER(d) };
	struct waiting b = { .producer = PRODUCER(d) };
	struct disruptor_poller *poller = POLLER(d, NULL);
	pthread_t threads[2];

	put_many(a.producer, 0, 4);
	threads[0] = thread_start(wait_for_room, &a);
	threads[1] = thread_start(wait_for_room, &b);
	pause_ms(2);
	disruptor_producer_cancel(a.producer);
	thread_join(threads[0]);
	CHECK_EQ(a.result, -ECANCELED);
	CHECK_EQ(disruptor_load_acquire_u32(&b.over), 0);
	take_many(poller, 0, 4);
	thread_join(threads[1]);
	CHECK_EQ(b.result, 2);
	disruptor_free(d);
}

/* A start after a halt does not forget a cancel, nor does it make one. */
static void cancel_and_halt(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct disruptor_producer *p = PRODUCER(d);

	CHECK_EQ(disruptor_halt(d), 0);
	disruptor_producer_cancel(p);
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_NULL(disruptor_try_claim(p), ECANCELED);
	PUT(p, 0);
	disruptor_free(d);
}

/* --- exact and up to --------------------------------------------------- */

static void exact_and_up_to(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_poller *poller = POLLER(d, NULL);

	CHECK_ERROR((int)disruptor_claim_n(p, 9), EINVAL);
	CHECK_ERROR((int)disruptor_claim_n(p, 0), EINVAL);
	CHECK_ERROR((int)disruptor_claim_n(p, -1), EINVAL);
	CHECK_ERROR((int)disruptor_claim_up_to(p, 0), EINVAL);
	CHECK_ERROR((int)disruptor_claim_up_to(p, INT64_MIN), EINVAL);
	put_many(p, 0, 5);
	CHECK_ERROR((int)disruptor_try_claim_n(p, 4), EAGAIN);
	CHECK_EQ(disruptor_remaining_capacity(d), 3);
	CHECK_EQ(disruptor_claim_up_to(p, INT64_MAX), 3);
	disruptor_publish(p);
	CHECK_ERROR((int)disruptor_claim_up_to_timeout(p, 4, 0), EAGAIN);
	CHECK_ERROR((int)disruptor_claim_up_to_timeout(p, 4, MS), ETIMEDOUT);
	CHECK_ERROR((int)disruptor_claim_n_timeout(p, 4, MS), ETIMEDOUT);
	take_many(poller, 0, 2);
	CHECK_ERROR((int)disruptor_try_claim_n(p, 3), EAGAIN);
	CHECK_EQ(disruptor_claim_up_to_timeout(p, 3, 0), 2);
	disruptor_abandon(p);
	disruptor_free(d);
}

/* --- handlers that would wait for their own ring ---------------------- */

struct own_ring {
	struct disruptor_producer *own, *other;
	uint32_t calls;
};

/* #118, #138, #164: small ring, logging from a handler. */
static void publish_more(void *context, void *event, int64_t sequence,
			 bool end_of_batch)
{
	struct own_ring *o = context;

	(void)event;
	(void)end_of_batch;
	if (disruptor_fetch_add_u32(&o->calls, 1) != 0)
		return;
	CHECK_NULL(disruptor_try_claim(o->own), EAGAIN);
	CHECK_NULL(disruptor_claim_or_drop(o->own), EAGAIN);
	CHECK_NULL(disruptor_claim(o->own), EDEADLK);
	CHECK_NULL(disruptor_claim_timeout(o->own, LONG_NS), EDEADLK);
	CHECK_ERROR((int)disruptor_claim_n(o->own, 4), EDEADLK);
	CHECK_ERROR((int)disruptor_claim_up_to(o->own, 4), EDEADLK);
	CHECK_NULL(disruptor_claim_timeout(o->other, MS), ETIMEDOUT);
	/* With room, it may. */
	CHECK_EQ(disruptor_release(sequence), 0);
	CHECK(disruptor_claim(o->own) != NULL);
	disruptor_publish(o->own);
}

static void handler_and_its_own_ring(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct disruptor *other = RING(flavour, .capacity = 1);
	struct own_ring o = { PRODUCER(d), PRODUCER(other), 0 };

	POLLER(other, NULL);
	PUT(o.other, 1);
	CHECK(disruptor_handle_events_with(d, publish_more, &o) != NULL);
	put_many(o.own, 0, 4);
	CHECK_EQ(disruptor_start(d), 0);
	while (disruptor_load_acquire_u32(&o.calls) < 5)
		pause_ms(1);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK_EQ(disruptor_producer_dropped(o.own), 1);
	disruptor_free(d);
	disruptor_free(other);
}

TEST_MAIN(TEST_EACH(drop_and_count), TEST_EACH(what_is_no_drop),
	  TEST_MULTI(drops_are_each_producers_own),
	  TEST_EACH(cancel_a_waiting_claim), TEST_EACH(cancel_the_next_claim),
	  TEST_MULTI(cancel_one_of_two), TEST_EACH(cancel_and_halt),
	  TEST_EACH(exact_and_up_to), TEST_EACH(handler_and_its_own_ring));
