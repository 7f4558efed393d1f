/* SPDX-License-Identifier: MIT */
/*
 * Threads take and give up the role of the producer all the time. There are
 * never more than there may be, and each goes on where the last one stopped.
 */
#include <load.h>

#define CANDIDATES 4

struct contest {
	struct disruptor *d;
	uint32_t holders;
	uint32_t holders_max;
	int64_t terms; /* to be served by each */
};

static struct disruptor_producer *run_for_it(struct contest *c)
{
	int refusal = c->holders_max == 1 ? EBUSY : EUSERS;
	struct disruptor_producer *p;

	while ((p = disruptor_producer_new(c->d)) == NULL) {
		CHECK_EQ(errno, refusal);
		sched_yield();
	}
	return p;
}

static void serve(struct disruptor_producer *p, int64_t n)
{
	struct load_event *event;
	int64_t i;

	for (i = 0; i < n; i++) {
		event = disruptor_claim(p);
		CHECK(event != NULL);
		load_fill(event, 0,
			  (uint64_t)disruptor_producer_sequence(p, 0));
		disruptor_publish(p);
	}
	/* Left in hand: given back, or gaps. */
	CHECK(disruptor_claim_n(p, 2) == 2);
}

static void *candidate(void *argument)
{
	struct contest *c = argument;
	uint64_t random = (uint64_t)(uintptr_t)&random;
	int64_t i;

	for (i = 0; i < c->terms; i++) {
		struct disruptor_producer *p = run_for_it(c);

		CHECK(disruptor_fetch_add_u32(&c->holders, 1) < c->holders_max);
		serve(p, (int64_t)(test_random(&random) % 20));
		disruptor_fetch_add_u32(&c->holders, UINT32_MAX);
		disruptor_producer_free(p);
	}
	return NULL;
}

struct count {
	struct disruptor_poller *poller;
	int64_t events, gaps;
};

static void *consume(void *argument)
{
	struct count *c = argument;
	int64_t n, i, next = 0;

	while ((n = disruptor_poll_wait(c->poller, DISRUPTOR_FOREVER)) > 0) {
		c->gaps += disruptor_poller_sequence(c->poller, 0) - next;
		for (i = 0; i < n; i++) {
			struct load_event *event =
				disruptor_poller_event(c->poller, i);
			int64_t s = disruptor_poller_sequence(c->poller, i);

			CHECK_EQ(event->number, s);
			CHECK_EQ(event->check, load_check(0, (uint64_t)s));
		}
		next = disruptor_poller_sequence(c->poller, 0) + n;
		c->events += n;
		disruptor_poller_advance(c->poller, n);
	}
	CHECK_EQ(n, -ESHUTDOWN);
	return NULL;
}

static void contest(const struct flavour *flavour)
{
	bool multi = flavour_multi(flavour);
	struct disruptor *d = RING(flavour, .capacity = 16,
				   .producers_max = multi ? 2 : 0,
				   .event_size = sizeof(struct load_event));
	struct contest c = { .d = d,
			     .holders_max = multi ? 2 : 1,
			     .terms = scaled(500) };
	struct count count = { POLLER(d, NULL), 0, 0 };
	pthread_t consumer = thread_start(consume, &count);
	pthread_t threads[CANDIDATES];
	int i;

	for (i = 0; i < CANDIDATES; i++)
		threads[i] = thread_start(candidate, &c);
	for (i = 0; i < CANDIDATES; i++)
		thread_join(threads[i]);
	CHECK_EQ(disruptor_close(d), 0);
	thread_join(consumer);
	/* The last gaps have no event behind them, so they do not show. */
	CHECK(count.events + count.gaps <= disruptor_published(d));
	CHECK(count.gaps <= 2 * CANDIDATES * c.terms);
	if (!multi) {
		CHECK_EQ(count.gaps, 0);
		CHECK_EQ(count.events, disruptor_published(d));
	} else {
		CHECK_EQ(disruptor_published(d),
			 count.events + 2 * CANDIDATES * c.terms);
	}
	disruptor_free(d);
}

TEST_MAIN(TEST_EACH(contest));
