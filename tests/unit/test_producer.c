/* SPDX-License-Identifier: MIT */
/* producer.h: claim, fill, publish, abandon; and what is refused. */
#include <ring.h>

static void claim_and_publish(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);
	int64_t *event, i;

	for (i = 0; i < 30; i++) {
		event = disruptor_claim(p);
		CHECK(event != NULL);
		CHECK(event == disruptor_producer_event(p, 0));
		CHECK_EQ(disruptor_producer_sequence(p, 0), i);
		*event = 100 + i;
		CHECK_EQ(disruptor_poll(poller), 0);
		CHECK_EQ(disruptor_published(d), i);
		disruptor_publish(p);
		CHECK_EQ(disruptor_published(d), i + 1);
		TAKE(poller, 100 + i);
	}
	disruptor_free(d);
}

static void claim_many(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);
	int64_t i, lap;

	for (lap = 0; lap < 5; lap++) {
		CHECK_EQ(disruptor_claim_n(p, 5), 5);
		for (i = 0; i < 5; i++) {
			CHECK_EQ(disruptor_producer_sequence(p, i),
				 lap * 5 + i);
			*(int64_t *)disruptor_producer_event(p, i) =
				lap * 5 + i;
		}
		CHECK_EQ(disruptor_poll(poller), 0);
		disruptor_publish(p);
		CHECK_EQ(disruptor_poll(poller), 5);
		take_many(poller, lap * 5, 5);
	}
	CHECK_EQ(disruptor_claim_n(p, 8), 8);
	disruptor_publish(p);
	CHECK_EQ(disruptor_poll(poller), 8);
	disruptor_free(d);
}

static void one_claim_in_hand(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	int64_t *event = disruptor_claim(p);

	CHECK(event != NULL);
	CHECK_NULL(disruptor_claim(p), EBUSY);
	CHECK_NULL(disruptor_try_claim(p), EBUSY);
	CHECK_NULL(disruptor_claim_timeout(p, MS), EBUSY);
	CHECK_ERROR(disruptor_claim_n(p, 2), EBUSY);
	CHECK_ERROR(disruptor_try_claim_n(p, 2), EBUSY);
	CHECK_ERROR(disruptor_claim_up_to(p, 2), EBUSY);
	CHECK_EQ(disruptor_producer_sequence(p, 0), 0);
	disruptor_publish(p);
	CHECK_EQ(disruptor_published(d), 1);
	disruptor_free(d);
}

static void counts_out_of_range(const struct flavour *flavour)
{
	static const int64_t wrong[] = { 0, -1, 9, 16, INT64_MIN, INT64_MAX };
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		CHECK_ERROR(disruptor_claim_n(p, wrong[i]), EINVAL);
		CHECK_ERROR(disruptor_try_claim_n(p, wrong[i]), EINVAL);
		CHECK_ERROR(disruptor_claim_n_timeout(p, wrong[i], MS), EINVAL);
		if (wrong[i] < 1)
			CHECK_ERROR(disruptor_claim_up_to(p, wrong[i]), EINVAL);
	}
	CHECK_EQ(disruptor_claim_n(p, 8), 8);
	CHECK_EQ(disruptor_producer_sequence(p, 0), 0);
	disruptor_free(d);
}

static void full_ring(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);

	put_many(p, 0, 4);
	CHECK_NULL(disruptor_try_claim(p), EAGAIN);
	CHECK_NULL(disruptor_claim_timeout(p, 0), EAGAIN);
	CHECK_ERROR(disruptor_try_claim_n(p, 1), EAGAIN);
	CHECK_ERROR(disruptor_claim_up_to_timeout(p, 4, 0), EAGAIN);
	CHECK_NULL(disruptor_claim_timeout(p, MS), ETIMEDOUT);
	CHECK_ERROR(disruptor_claim_n_timeout(p, 2, MS), ETIMEDOUT);
	CHECK_ERROR(disruptor_claim_up_to_timeout(p, 4, MS), ETIMEDOUT);
	take_many(poller, 0, 1);
	CHECK_ERROR(disruptor_try_claim_n(p, 2), EAGAIN);
	PUT(p, 4);
	CHECK_NULL(disruptor_try_claim(p), EAGAIN);
	take_many(poller, 1, 4);
	CHECK_EQ(disruptor_try_claim_n(p, 4), 4);
	disruptor_free(d);
}

/* A claim that failed for want of room leaves no trace. */
static void failed_claims_change_nothing(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);
	int i;

	put_many(p, 0, 2);
	for (i = 0; i < 10; i++) {
		CHECK_ERROR(disruptor_try_claim_n(p, 3), EAGAIN);
		disruptor_publish(p);
		disruptor_abandon(p);
	}
	CHECK_EQ(disruptor_published(d), 2);
	CHECK_EQ(disruptor_poll(poller), 2);
	put_many(p, 2, 2);
	take_many(poller, 0, 4);
	disruptor_free(d);
}

static void claim_up_to(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);
	int64_t i;

	CHECK_EQ(disruptor_claim_up_to(p, 5), 5);
	for (i = 0; i < 5; i++)
		*(int64_t *)disruptor_producer_event(p, i) = i;
	disruptor_publish(p);
	CHECK_EQ(disruptor_claim_up_to(p, 5), 3);
	for (i = 0; i < 3; i++)
		*(int64_t *)disruptor_producer_event(p, i) = 5 + i;
	disruptor_publish(p);
	take_many(poller, 0, 1);
	CHECK_EQ(disruptor_claim_up_to(p, 8), 1);
	*(int64_t *)disruptor_producer_event(p, 0) = 8;
	disruptor_publish(p);
	take_many(poller, 1, 8);
	CHECK_EQ(disruptor_claim_up_to_timeout(p, 8, 0), 8);
	CHECK_EQ(disruptor_producer_sequence(p, 7), 16);
	disruptor_free(d);
}

/* No consumers: nothing holds the producer up. */
static void nobody_consumes(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct disruptor_producer *p = PRODUCER(d);

	put_many(p, 0, 50);
	CHECK_EQ(disruptor_try_claim_n(p, 4), 4);
	disruptor_publish(p);
	CHECK_EQ(disruptor_published(d), 54);
	disruptor_free(d);
}

static void nothing_in_hand(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct disruptor_producer *p = PRODUCER(d);
	int64_t n = 7;

	disruptor_publish(p);
	disruptor_abandon(p);
	CHECK(disruptor_producer_span(p, 0, &n) == NULL);
	CHECK_EQ(n, 0);
	CHECK_EQ(disruptor_published(d), 0);
	PUT(p, 1);
	disruptor_publish(p);
	disruptor_abandon(p);
	CHECK_EQ(disruptor_published(d), 1);
	disruptor_free(d);
}

static void span(const struct flavour *flavour)
{
	bool packed = flavour->slot_layout == DISRUPTOR_SLOTS_PACKED;
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	int64_t n;

	put_many(p, 0, 5);
	CHECK_EQ(disruptor_claim_n(p, 6), 6);
	CHECK(disruptor_producer_span(p, 0, &n) ==
	      disruptor_producer_event(p, 0));
	CHECK_EQ(n, packed ? 3 : 1);
	CHECK(disruptor_producer_span(p, 3, &n) ==
	      disruptor_producer_event(p, 3));
	CHECK_EQ(n, packed ? 3 : 1);
	CHECK(disruptor_producer_span(p, 5, &n) ==
	      disruptor_producer_event(p, 5));
	CHECK_EQ(n, 1);
	CHECK(disruptor_producer_span(p, 6, &n) == NULL);
	CHECK_EQ(n, 0);
	CHECK(disruptor_producer_span(p, -1, &n) == NULL);
	CHECK_EQ(n, 0);
	disruptor_free(d);
}

/* Two rings in one thread have nothing to do with each other. */
static void two_rings(const struct flavour *flavour)
{
	struct disruptor *a = RING(flavour, .capacity = 4);
	struct disruptor *b = RING(flavour, .capacity = 2);
	struct disruptor_poller *from_a = POLLER(a, "same");
	struct disruptor_poller *from_b = POLLER(b, "same");
	struct disruptor_producer *to_a = PRODUCER(a);
	struct disruptor_producer *to_b = PRODUCER(b);

	put_many(to_a, 10, 4);
	CHECK_EQ(disruptor_poll(from_b), 0);
	put_many(to_b, 20, 2);
	CHECK_NULL(disruptor_try_claim(to_b), EAGAIN);
	take_many(from_a, 10, 4);
	CHECK_NULL(disruptor_try_claim(to_b), EAGAIN);
	take_many(from_b, 20, 2);
	disruptor_free(a);
	PUT(to_b, 22);
	TAKE(from_b, 22);
	disruptor_free(b);
}

TEST_MAIN(TEST_EACH(claim_and_publish), TEST_EACH(claim_many),
	  TEST_EACH(one_claim_in_hand), TEST_EACH(counts_out_of_range),
	  TEST_EACH(full_ring), TEST_EACH(failed_claims_change_nothing),
	  TEST_EACH(claim_up_to), TEST_EACH(nobody_consumes),
	  TEST_EACH(nothing_in_hand), TEST_EACH(span), TEST_EACH(two_rings));
