/* SPDX-License-Identifier: MIT */
/*
 * Lost wake-ups: two threads hand one number to and fro through rings of one
 * event, with pauses around the lengths of the phases of waiting. A wake-up
 * that is lost for good hangs; one that a time-out has to repair is told.
 */
#include <ring.h>

struct half {
	struct disruptor_producer *to;
	struct disruptor_poller *from;
	int64_t rounds;
	uint64_t random;
	int64_t longest; /* wait, ns */
};

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* 0 to 32 µs, so that the other is now spinning, now about to sleep. */
static void dawdle(struct half *h)
{
	int64_t end = now() + (int64_t)(test_random(&h->random) % 32000);

	if (test_random(&h->random) % 4 != 0)
		return;
	while (now() < end)
		;
}

static void receive(struct half *h, int64_t value)
{
	int64_t begin = now();

	CHECK_EQ(disruptor_poll_wait(h->from, DISRUPTOR_FOREVER), 1);
	if (now() - begin > h->longest)
		h->longest = now() - begin;
	dawdle(h);
	TAKE(h->from, value);
}

static void send(struct half *h, int64_t value)
{
	int64_t *event = disruptor_claim(h->to);

	CHECK(event != NULL);
	dawdle(h);
	*event = value;
	disruptor_publish(h->to);
}

static void *answer(void *argument)
{
	struct half *h = argument;
	int64_t i;

	for (i = 0; i < h->rounds; i++) {
		receive(h, i);
		send(h, -i);
	}
	return NULL;
}

static void *ask(void *argument)
{
	struct half *h = argument;
	int64_t i;

	for (i = 0; i < h->rounds; i++) {
		send(h, i);
		receive(h, -i);
	}
	return NULL;
}

static void ping_pong(const struct flavour *flavour,
		      enum disruptor_wait_strategy strategy, int64_t spin_ns)
{
	struct disruptor *there = RING(flavour, .capacity = 1,
				       .wait_strategy = strategy,
				       .wait_spin_ns = spin_ns);
	struct disruptor *back = RING(flavour, .capacity = 1,
				      .wait_strategy = strategy,
				      .wait_spin_ns = spin_ns);
	struct half a = { PRODUCER(there), POLLER(back, NULL), scaled(3000), 1,
			  0 };
	struct half b = { PRODUCER(back), POLLER(there, NULL), scaled(3000), 2,
			  0 };
	pthread_t thread = thread_start(answer, &b);

	ask(&a);
	thread_join(thread);
	disruptor_free(there);
	disruptor_free(back);
	if (a.longest > 40 * MS || b.longest > 40 * MS)
		print_message("  longest wait: %lld us (%s)\n",
			      (long long)((a.longest > b.longest ? a.longest :
								   b.longest) /
					  1000),
			      flavour->name);
}

static void blocking(const struct flavour *flavour)
{
	ping_pong(flavour, DISRUPTOR_WAIT_BLOCKING, 0);
}

static void blocking_after_a_spin(const struct flavour *flavour)
{
	ping_pong(flavour, DISRUPTOR_WAIT_BLOCKING, 10000);
}

static void by_default(const struct flavour *flavour)
{
	ping_pong(flavour, DISRUPTOR_WAIT_DEFAULT, 0);
}

struct crowd {
	struct disruptor_poller *poller;
	int64_t count;
};

static void *consume(void *argument)
{
	struct crowd *c = argument;
	int64_t i;

	for (i = 0; i < c->count; i++) {
		CHECK(disruptor_poll_wait(c->poller, DISRUPTOR_FOREVER) > 0);
		TAKE(c->poller, i);
	}
	return NULL;
}

/* Two side by side and two after both, all asleep again and again. */
static void crowd(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 2,
				   .wait_strategy = DISRUPTOR_WAIT_BLOCKING);
	struct disruptor_producer *p = PRODUCER(d);
	struct crowd c[4];
	pthread_t threads[4];
	int64_t i, *event;

	c[0].poller = POLLER(d, "a");
	c[1].poller = POLLER(d, "b");
	c[2].poller = FOLLOWER(d, NULL, "a", "b");
	c[3].poller = FOLLOWER(d, NULL, "b", "a");
	for (i = 0; i < 4; i++) {
		c[i].count = scaled(5000);
		threads[i] = thread_start(consume, &c[i]);
	}
	for (i = 0; i < scaled(5000); i++) {
		event = disruptor_claim(p);
		CHECK(event != NULL);
		*event = i;
		disruptor_publish(p);
	}
	for (i = 0; i < 4; i++)
		thread_join(threads[i]);
	disruptor_free(d);
}

TEST_MAIN(TEST_EACH(blocking), TEST_EACH(blocking_after_a_spin),
	  TEST_EACH(by_default), TEST_EACH(crowd));
