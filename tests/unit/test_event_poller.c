/* SPDX-License-Identifier: MIT */
/* event_poller.h: poll, read, advance; gating; the end. */
#include <ring.h>

static void poll_and_advance(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);
	int64_t i;

	CHECK_EQ(disruptor_poll(poller), 0);
	put_many(p, 0, 5);
	CHECK_EQ(disruptor_poll(poller), 5);
	for (i = 0; i < 5; i++) {
		CHECK_EQ(value_at(poller, i), i);
		CHECK_EQ(disruptor_poller_sequence(poller, i), i);
	}
	disruptor_poller_advance(poller, 2);
	CHECK_EQ(disruptor_poller_sequence(poller, 0), 2);
	CHECK_EQ(disruptor_poll(poller), 3);
	CHECK_EQ(value_at(poller, 0), 2);
	put_many(p, 5, 2);
	CHECK_EQ(disruptor_poll(poller), 5);
	disruptor_poller_advance(poller, 5);
	CHECK_EQ(disruptor_poll(poller), 0);
	disruptor_free(d);
}

static void advance_is_bounded(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);

	disruptor_poller_advance(poller, 3);
	disruptor_poller_advance(poller, -3);
	disruptor_poller_advance(poller, 0);
	put_many(p, 0, 4);
	/* Not polled yet: not ready, so nothing to be done with. */
	disruptor_poller_advance(poller, 4);
	CHECK_EQ(disruptor_poll(poller), 4);
	disruptor_poller_advance(poller, -1);
	disruptor_poller_advance(poller, INT64_MIN);
	CHECK_EQ(disruptor_poller_sequence(poller, 0), 0);
	put_many(p, 4, 1);
	disruptor_poller_advance(poller, INT64_MAX);
	CHECK_EQ(disruptor_poller_sequence(poller, 0), 4);
	TAKE(poller, 4);
	CHECK_EQ(disruptor_poll(poller), 0);
	disruptor_free(d);
}

static void batch_max(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *root = disruptor_poller_new_opts(
		d, DISRUPTOR_POLLER_OPTIONS(.name = "root", .batch_max = 3));
	struct disruptor_poller *next = disruptor_poller_new_opts(
		d, DISRUPTOR_POLLER_OPTIONS(.upstream = DISRUPTOR_AFTER_NAMES(
						    "root"),
					    .batch_max = 1));
	struct disruptor_producer *p = PRODUCER(d);

	CHECK(root != NULL);
	CHECK(next != NULL);
	put_many(p, 0, 8);
	CHECK_EQ(disruptor_poll(root), 3);
	CHECK_EQ(disruptor_poll(root), 3);
	CHECK_EQ(disruptor_poll_wait(root, LONG_NS), 3);
	disruptor_poller_advance(root, 100);
	CHECK_EQ(disruptor_poll(root), 3);
	CHECK_EQ(disruptor_poll(next), 1);
	disruptor_poller_advance(root, 1);
	CHECK_EQ(disruptor_poll(root), 3);
	take_many(root, 4, 2);
	CHECK_EQ(disruptor_poll(root), 2);
	disruptor_poller_advance(next, 3);
	CHECK_EQ(disruptor_poller_sequence(next, 0), 1);
	take_many(next, 1, 5);
	CHECK_EQ(disruptor_poll(next), 0);
	disruptor_free(d);
}

static void span(const struct flavour *flavour)
{
	bool packed = flavour->slot_layout == DISRUPTOR_SLOTS_PACKED;
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);
	int64_t *events, n = 9;

	CHECK(disruptor_poller_span(poller, 0, &n) == NULL);
	CHECK_EQ(n, 0);
	put_many(p, 0, 6);
	take_many(poller, 0, 6);
	put_many(p, 6, 6);
	CHECK_EQ(disruptor_poll(poller), 6);
	events = disruptor_poller_span(poller, 0, &n);
	CHECK_EQ(n, packed ? 2 : 1);
	CHECK_EQ(events[n - 1], packed ? 7 : 6);
	events = disruptor_poller_span(poller, 2, &n);
	CHECK_EQ(n, packed ? 4 : 1);
	CHECK_EQ(events[n - 1], packed ? 11 : 8);
	CHECK(disruptor_poller_span(poller, 6, &n) == NULL);
	CHECK_EQ(n, 0);
	CHECK(disruptor_poller_span(poller, -1, &n) == NULL);
	CHECK_EQ(n, 0);
	disruptor_free(d);
}

static void poll_wait(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *poller = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);

	CHECK_EQ(disruptor_poll_wait(poller, 0), 0);
	CHECK_EQ(disruptor_poll_wait(poller, 1), 0);
	CHECK_EQ(disruptor_poll_wait(poller, MS), 0);
	put_many(p, 0, 2);
	CHECK_EQ(disruptor_poll_wait(poller, 0), 2);
	CHECK_EQ(disruptor_poll_wait(poller, MS), 2);
	CHECK_EQ(disruptor_poll_wait(poller, DISRUPTOR_FOREVER), 2);
	disruptor_free(d);
}

static void the_end(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *root = POLLER(d, "root");
	struct disruptor_poller *next = FOLLOWER(d, NULL, "root");
	struct disruptor_producer *p = PRODUCER(d);

	put_many(p, 0, 3);
	CHECK_EQ(disruptor_close(d), 0);
	CHECK_EQ(disruptor_poll(next), 0);
	CHECK_EQ(disruptor_poll_wait(next, MS), 0);
	take_many(root, 0, 2);
	CHECK_EQ(disruptor_poll(root), 1);
	take_many(root, 2, 1);
	CHECK_EQ(disruptor_poll(root), -ESHUTDOWN);
	CHECK_EQ(disruptor_poll(root), -ESHUTDOWN);
	CHECK_EQ(disruptor_poll_wait(root, DISRUPTOR_FOREVER), -ESHUTDOWN);
	take_many(next, 0, 3);
	CHECK_EQ(disruptor_poll(next), -ESHUTDOWN);
	disruptor_free(d);
}

/* No producer overtakes the slowest of all consumers. */
static void gating(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct disruptor_poller *fast = POLLER(d, NULL);
	struct disruptor_poller *slow = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);
	int64_t i;

	put_many(p, 0, 4);
	take_many(fast, 0, 4);
	for (i = 0; i < 20; i++) {
		CHECK_NULL(disruptor_try_claim(p), EAGAIN);
		TAKE(slow, i);
		PUT(p, i + 4);
		TAKE(fast, i + 4);
	}
	CHECK_EQ(disruptor_poll(slow), 4);
	take_many(slow, 20, 4);
	CHECK_EQ(disruptor_claim_n(p, 4), 4);
	disruptor_free(d);
}

/* The last of a chain gates; who is before it does not make room. */
static void gating_by_the_last(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct disruptor_poller *root = POLLER(d, "root");
	struct disruptor_poller *next = FOLLOWER(d, "next", "root");
	struct disruptor_poller *last = FOLLOWER(d, "last", "next");
	struct disruptor_producer *p = PRODUCER(d);

	put_many(p, 0, 4);
	take_many(root, 0, 4);
	take_many(next, 0, 4);
	CHECK_NULL(disruptor_try_claim(p), EAGAIN);
	TAKE(last, 0);
	PUT(p, 4);
	CHECK_NULL(disruptor_try_claim(p), EAGAIN);
	disruptor_free(d);
}

/* A consumer that leaves makes room. */
static void leaving_makes_room(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct disruptor_poller *fast = POLLER(d, NULL);
	struct disruptor_poller *slow = POLLER(d, NULL);
	struct disruptor_producer *p = PRODUCER(d);

	put_many(p, 0, 4);
	take_many(fast, 0, 4);
	CHECK_NULL(disruptor_try_claim(p), EAGAIN);
	CHECK_EQ(disruptor_consumer_count(d), 2);
	disruptor_poller_free(slow);
	CHECK_EQ(disruptor_consumer_count(d), 1);
	put_many(p, 4, 4);
	CHECK_NULL(disruptor_try_claim(p), EAGAIN);
	take_many(fast, 4, 4);
	disruptor_poller_free(fast);
	put_many(p, 8, 20);
	disruptor_free(d);
}

static void ring_of_one(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 1);
	struct disruptor_poller *root = POLLER(d, "root");
	struct disruptor_poller *next = FOLLOWER(d, NULL, "root");
	struct disruptor_producer *p = PRODUCER(d);
	int64_t i;

	for (i = 0; i < 50; i++) {
		PUT(p, i);
		CHECK_NULL(disruptor_try_claim(p), EAGAIN);
		TAKE(root, i);
		CHECK_NULL(disruptor_try_claim(p), EAGAIN);
		TAKE(next, i);
	}
	disruptor_free(d);
}

TEST_MAIN(TEST_EACH(poll_and_advance), TEST_EACH(advance_is_bounded),
	  TEST_EACH(batch_max), TEST_EACH(span), TEST_EACH(poll_wait),
	  TEST_EACH(the_end), TEST_EACH(gating), TEST_EACH(gating_by_the_last),
	  TEST_EACH(leaving_makes_room), TEST_EACH(ring_of_one));
