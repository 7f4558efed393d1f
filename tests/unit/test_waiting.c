/* SPDX-License-Identifier: MIT */
/* Waiting that is not one strategy's matter: mixed, inherited, ended. */
#include <ring.h>

#define SLEEPERS 6

struct sleeper {
	struct disruptor_poller *poller;
	int64_t result;
};

static void *wait_long(void *argument)
{
	struct sleeper *s = argument;

	s->result = disruptor_poll_wait(s->poller, LONG_NS);
	return NULL;
}

static struct disruptor_poller *
poller_with(struct disruptor *d, enum disruptor_wait_strategy strategy)
{
	return poller_at(
		disruptor_poller_new_opts(
			d, DISRUPTOR_POLLER_OPTIONS(.wait_strategy = strategy)),
		__FILE__, __LINE__);
}

/* One publish wakes all, however each of them waits. */
static void mixed_strategies(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct disruptor_producer *p = PRODUCER(d);
	struct sleeper sleepers[SLEEPERS];
	pthread_t threads[SLEEPERS];
	int i;

	for (i = 0; i < SLEEPERS; i++) {
		sleepers[i].poller =
			poller_with(d, (enum disruptor_wait_strategy)(i + 1));
		threads[i] = thread_start(wait_long, &sleepers[i]);
	}
	pause_ms(5);
	PUT(p, 3);
	for (i = 0; i < SLEEPERS; i++) {
		thread_join(threads[i]);
		CHECK_EQ(sleepers[i].result, 1);
		TAKE(sleepers[i].poller, 3);
	}
	disruptor_free(d);
}

/* Handles that name no strategy have the ring's. */
static void ring_default(const struct flavour *flavour)
{
	int strategy;

	for (strategy = DISRUPTOR_WAIT_DEFAULT;
	     strategy <= DISRUPTOR_WAIT_BLOCKING; strategy++) {
		struct disruptor *d = RING(
			flavour, .capacity = 1,
			.wait_strategy = (enum disruptor_wait_strategy)strategy,
			.wait_spin_ns = 1000, .wait_yield_ns = 1000,
			.wait_sleep_ns = 1000);
		struct disruptor_producer *p = PRODUCER(d);
		struct sleeper s = { POLLER(d, NULL), -1 };
		pthread_t thread = thread_start(wait_long, &s);

		pause_ms(2);
		PUT(p, 1);
		thread_join(thread);
		CHECK_EQ(s.result, 1);
		CHECK_NULL(disruptor_claim_timeout(p, MS), ETIMEDOUT);
		disruptor_free(d);
	}
}

/* A claim in hand is no event: its waiters wait, then it wakes them. */
static void claimed_is_not_published(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct disruptor_producer *p = PRODUCER(d);
	struct sleeper s = { poller_with(d, DISRUPTOR_WAIT_BLOCKING), -1 };
	pthread_t thread;
	int64_t *event = disruptor_claim(p);

	CHECK_EQ(disruptor_poll_wait(s.poller, 2 * MS), 0);
	thread = thread_start(wait_long, &s);
	pause_ms(3);
	*event = 9;
	disruptor_publish(p);
	thread_join(thread);
	CHECK_EQ(s.result, 1);
	TAKE(s.poller, 9);
	disruptor_free(d);
}

/* Abandoning is an end of waiting too, where only gaps were in the way. */
static void abandon_wakes(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct disruptor_producer *a = PRODUCER(d), *b = PRODUCER(d);
	struct sleeper s = { poller_with(d, DISRUPTOR_WAIT_BLOCKING), -1 };
	pthread_t thread;

	CHECK_EQ(disruptor_claim_n(a, 1), 1);
	PUT(b, 4);
	thread = thread_start(wait_long, &s);
	pause_ms(3);
	disruptor_abandon(a);
	thread_join(thread);
	CHECK_EQ(s.result, 1);
	TAKE(s.poller, 4);
	disruptor_free(d);
}

static void ignore_signal(int number)
{
	(void)number;
}

/* Signals that are handled do not end a wait before its time. */
static void signals_do_not_end_waits(const struct flavour *flavour)
{
	struct sigaction action = { .sa_handler = ignore_signal };
	int strategy, i;

	CHECK_EQ(sigaction(SIGUSR1, &action, NULL), 0);
	for (strategy = 1; strategy <= DISRUPTOR_WAIT_BLOCKING; strategy++) {
		struct disruptor *d = RING(flavour, .capacity = 4);
		struct disruptor_producer *p = PRODUCER(d);
		struct sleeper s = {
			poller_with(d, (enum disruptor_wait_strategy)strategy),
			-1
		};
		pthread_t thread = thread_start(wait_long, &s);

		for (i = 0; i < 5; i++) {
			pause_ms(1);
			CHECK_EQ(pthread_kill(thread, SIGUSR1), 0);
		}
		PUT(p, 1);
		thread_join(thread);
		CHECK_EQ(s.result, 1);
		disruptor_free(d);
	}
}

static void *claim_long(void *argument)
{
	CHECK(disruptor_claim_timeout(argument, LONG_NS) != NULL);
	disruptor_publish(argument);
	return NULL;
}

/* Several producers wait for one place; each of them gets one in the end. */
static void many_wait_for_room(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 2,
				   .wait_strategy = DISRUPTOR_WAIT_BLOCKING);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);
	pthread_t threads[4];
	int i;

	put_many(p, 0, 2);
	for (i = 0; i < 4; i++)
		threads[i] = thread_start(claim_long, PRODUCER(d));
	pause_ms(3);
	for (i = 0; i < 6; i++) {
		CHECK_EQ(disruptor_poll_wait(poller, LONG_NS) > 0, 1);
		disruptor_poller_advance(poller, 1);
	}
	for (i = 0; i < 4; i++)
		thread_join(threads[i]);
	CHECK_EQ(disruptor_published(d), 6);
	disruptor_free(d);
}

static void *claim_whole_ring(void *argument)
{
	CHECK_EQ(disruptor_claim_n(argument, 4), 4);
	disruptor_publish(argument);
	return NULL;
}

/* A large claim is not made while a part of it would fit. */
static void all_or_nothing(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4,
				   .wait_strategy = DISRUPTOR_WAIT_BLOCKING);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);
	pthread_t thread;

	put_many(p, 0, 4);
	thread = thread_start(claim_whole_ring, p);
	take_many(poller, 0, 3);
	pause_ms(2);
	CHECK_EQ(disruptor_poll(poller), 1);
	take_many(poller, 3, 1);
	thread_join(thread);
	CHECK_EQ(disruptor_poll(poller), 4);
	disruptor_free(d);
}

/* A follower's wait at the end of stream ends when its upstream is done. */
static void end_for_followers(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4,
				   .wait_strategy = DISRUPTOR_WAIT_BLOCKING);
	struct disruptor_poller *root = POLLER(d, "root");
	struct sleeper s = { FOLLOWER(d, NULL, "root"), 5 };
	struct disruptor_producer *p = PRODUCER(d);
	pthread_t thread;

	PUT(p, 1);
	CHECK_EQ(disruptor_close(d), 0);
	thread = thread_start(wait_long, &s);
	pause_ms(3);
	TAKE(root, 1);
	thread_join(thread);
	CHECK_EQ(s.result, 1);
	TAKE(s.poller, 1);
	CHECK_EQ(disruptor_poll_wait(s.poller, LONG_NS), -ESHUTDOWN);
	disruptor_free(d);
}

TEST_MAIN(TEST_EACH(mixed_strategies), TEST_EACH(ring_default),
	  TEST_MULTI(claimed_is_not_published), TEST_MULTI(abandon_wakes),
	  TEST_EACH(signals_do_not_end_waits), TEST_MULTI(many_wait_for_room),
	  TEST_EACH(all_or_nothing), TEST_EACH(end_for_followers));
