/* SPDX-License-Identifier: MIT */
/* producer.h: who may produce, abandon and gaps, close, the last sequence. */
#include <ring.h>

static void one_single_producer(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);
	int64_t i;

	for (i = 0; i < 20; i++) {
		CHECK_NULL(disruptor_producer_new(d), EBUSY);
		PUT(p, i);
		disruptor_producer_free(p);
		p = PRODUCER(d);
		TAKE(poller, i);
	}
	disruptor_free(d);
}

/* The role is one, also when the ring is attached twice. */
static void one_single_producer_in_all(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor *e = disruptor_attach(ring_name(), 8);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);

	CHECK(e != NULL);
	CHECK_NULL(disruptor_producer_new(e), EBUSY);
	PUT(p, 1);
	disruptor_producer_free(p);
	p = PRODUCER(e);
	CHECK_NULL(disruptor_producer_new(d), EBUSY);
	PUT(p, 2);
	disruptor_free(e);
	p = PRODUCER(d);
	PUT(p, 3);
	take_many(poller, 1, 3);
	disruptor_free(d);
}

static void producers_max(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .producers_max = 2);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *a = PRODUCER(d), *b = PRODUCER(d);
	int64_t i;

	for (i = 0; i < 20; i++) {
		CHECK_NULL(disruptor_producer_new(d), EUSERS);
		PUT(a, i);
		disruptor_producer_free(a);
		a = b;
		b = PRODUCER(d);
		TAKE(poller, i);
	}
	disruptor_free(d);
}

/* Many producers, one order: the order of the claims. */
static void order_of_claims(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *a = PRODUCER(d), *b = PRODUCER(d);
	int64_t *first = disruptor_claim(a), *second = disruptor_claim(b);

	*first = 1;
	*second = 2;
	disruptor_publish(b);
	/* Claimed before, published after: nobody overtakes it. */
	CHECK_EQ(disruptor_poll(poller), 0);
	CHECK_EQ(disruptor_published(d), 0);
	disruptor_publish(a);
	CHECK_EQ(disruptor_published(d), 2);
	CHECK_EQ(disruptor_poll(poller), 2);
	take_many(poller, 1, 2);
	disruptor_free(d);
}

static void abandon_single(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);

	put_many(p, 0, 3);
	CHECK_EQ(disruptor_claim_n(p, 4), 4);
	disruptor_abandon(p);
	CHECK_EQ(disruptor_poll(poller), 3);
	CHECK_EQ(disruptor_claim_n(p, 1), 1);
	CHECK_EQ(disruptor_producer_sequence(p, 0), 3);
	*(int64_t *)disruptor_producer_event(p, 0) = 3;
	disruptor_publish(p);
	take_many(poller, 0, 4);
	CHECK_EQ(disruptor_poll(poller), 0);
	disruptor_free(d);
}

/* A producer that leaves with a claim in hand abandons it. */
static void leaving_abandons(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p;
	int64_t i;

	for (i = 0; i < 20; i++) {
		p = PRODUCER(d);
		CHECK_EQ(disruptor_claim_n(p, 3), 3);
		disruptor_producer_free(p);
		CHECK_EQ(disruptor_poll(poller), 0);
		p = PRODUCER(d);
		PUT(p, i);
		disruptor_producer_free(p);
		TAKE(poller, i);
	}
	disruptor_free(d);
}

static void closed(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);

	PUT(p, 0);
	CHECK_EQ(disruptor_close(d), 0);
	CHECK_EQ(disruptor_close(d), 0);
	CHECK_NULL(disruptor_claim(p), ESHUTDOWN);
	CHECK_NULL(disruptor_try_claim(p), ESHUTDOWN);
	CHECK_NULL(disruptor_claim_timeout(p, MS), ESHUTDOWN);
	CHECK_ERROR(disruptor_claim_n(p, 2), ESHUTDOWN);
	CHECK_ERROR(disruptor_try_claim_n(p, 2), ESHUTDOWN);
	CHECK_ERROR(disruptor_claim_up_to(p, 2), ESHUTDOWN);
	disruptor_producer_free(p);
	CHECK_NULL(disruptor_producer_new(d), ESHUTDOWN);
	TAKE(poller, 0);
	CHECK_EQ(disruptor_poll(poller), -ESHUTDOWN);
	disruptor_free(d);
}

/* What was claimed before the end still comes, and is waited for. */
static void closed_with_a_claim_in_hand(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);
	int64_t *event = disruptor_claim(p);

	*event = 77;
	CHECK_EQ(disruptor_close(d), 0);
	CHECK_EQ(disruptor_poll(poller), 0);
	CHECK_EQ(disruptor_poll_wait(poller, MS), 0);
	disruptor_publish(p);
	TAKE(poller, 77);
	CHECK_EQ(disruptor_poll(poller), -ESHUTDOWN);
	disruptor_free(d);
}

static void last_sequence(const struct flavour *flavour)
{
	int64_t first = DISRUPTOR_SEQUENCE_MAX - 5, i;
	struct disruptor *d =
		RING(flavour, .capacity = 8, .first_sequence = first);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);

	CHECK_ERROR(disruptor_try_claim_n(p, 6), EOVERFLOW);
	CHECK_ERROR(disruptor_claim_n(p, 8), EOVERFLOW);
	for (i = 0; i < 5; i++) {
		PUT(p, i);
		CHECK_EQ(disruptor_poll(poller), 1);
		CHECK_EQ(disruptor_poller_sequence(poller, 0), first + i);
		TAKE(poller, i);
	}
	CHECK_NULL(disruptor_try_claim(p), EOVERFLOW);
	CHECK_NULL(disruptor_claim(p), EOVERFLOW);
	CHECK_ERROR(disruptor_claim_up_to(p, 2), EOVERFLOW);
	CHECK_EQ(disruptor_poll(poller), 0);
	CHECK_EQ(disruptor_close(d), 0);
	CHECK_EQ(disruptor_poll(poller), -ESHUTDOWN);
	disruptor_free(d);
}

/* Over 2^31, 2^32 and 2^33 with laps that end anywhere. */
static void over_the_edges_of_words(const struct flavour *flavour)
{
	int bits;

	for (bits = 31; bits <= 33; bits++) {
		int64_t first = (INT64_C(1) << bits) - 5;
		struct disruptor *d =
			RING(flavour, .capacity = 4, .first_sequence = first);
		struct disruptor_poller *poller = POLLER(d, NULL);
		struct disruptor_poller *behind = POLLER(d, NULL);
		struct disruptor_producer *p = PRODUCER(d);
		int64_t i;

		CHECK_EQ(disruptor_published(d), first);
		for (i = 0; i < 16; i += 4) {
			put_many(p, i, 4);
			CHECK_NULL(disruptor_try_claim(p), EAGAIN);
			CHECK_EQ(disruptor_poller_sequence(poller, 0),
				 first + i);
			take_many(poller, i, 4);
			take_many(behind, i, 4);
		}
		disruptor_free(d);
	}
}

static bool shared_single(const struct flavour *flavour)
{
	return flavour->shared && flavour_single(flavour);
}

TEST_MAIN(TEST_SINGLE(one_single_producer),
	  TEST_SOME(one_single_producer_in_all, shared_single),
	  TEST_MULTI(producers_max), TEST_MULTI(order_of_claims),
	  TEST_SINGLE(abandon_single), TEST_EACH(leaving_abandons),
	  TEST_EACH(closed), TEST_MULTI(closed_with_a_claim_in_hand),
	  TEST_EACH(last_sequence), TEST_EACH(over_the_edges_of_words));
