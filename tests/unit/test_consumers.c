/* SPDX-License-Identifier: MIT */
/* disruptor.h: consumers join, follow each other, leave. */
#include <ring.h>

static struct disruptor_poller *oldest(struct disruptor *d)
{
	return poller_at(
		disruptor_poller_new_opts(
			d, DISRUPTOR_POLLER_OPTIONS(
					   .start = DISRUPTOR_START_OLDEST)),
		__FILE__, __LINE__);
}

static void late_ones_start_at_the_next(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_poller *first = POLLER(d, NULL), *late;

	put_many(p, 0, 3);
	late = POLLER(d, NULL);
	CHECK_EQ(disruptor_poll(late), 0);
	CHECK_EQ(disruptor_poll(first), 3);
	PUT(p, 3);
	CHECK_EQ(disruptor_poll(late), 1);
	CHECK_EQ(disruptor_poller_sequence(late, 0), 3);
	TAKE(late, 3);
	take_many(first, 0, 4);
	/* From here on it gates like the others. */
	put_many(p, 4, 8);
	take_many(first, 4, 8);
	CHECK_NULL(disruptor_try_claim(p), EAGAIN);
	take_many(late, 4, 8);
	PUT(p, 12);
	disruptor_free(d);
}

/* The producer may have looked at the gate when nobody was there. */
static void joining_binds_at_once(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_poller *late;
	int64_t i;

	for (i = 0; i < 40; i++) {
		PUT(p, i);
		late = POLLER(d, NULL);
		CHECK_EQ(disruptor_poll(late), 0);
		put_many(p, 100, 4);
		CHECK_NULL(disruptor_try_claim(p), EAGAIN);
		take_many(late, 100, 4);
		disruptor_poller_free(late);
	}
	disruptor_free(d);
}

/* A claim in hand when somebody joins is published from then on. */
static void claimed_before_published_after(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	int64_t *event = disruptor_claim(p);
	struct disruptor_poller *late = POLLER(d, NULL);

	CHECK_EQ(disruptor_poll(late), 0);
	*event = 5;
	disruptor_publish(p);
	TAKE(late, 5);
	disruptor_free(d);
}

static void start_oldest(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_poller *slow, *late;

	put_many(p, 0, 3);
	late = oldest(d);
	take_many(late, 0, 3);
	disruptor_poller_free(late);
	slow = POLLER(d, NULL);
	put_many(p, 3, 8);
	take_many(slow, 3, 2);
	late = oldest(d);
	CHECK(disruptor_poll(late) >= 6);
	CHECK(disruptor_poller_sequence(late, 0) <= 5);
	CHECK_EQ(value_at(late, 0), disruptor_poller_sequence(late, 0));
	disruptor_free(d);
}

/* Never more than the ring holds, never an event that was overwritten. */
static void start_oldest_after_laps(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_poller *late;
	int64_t i, j, n;

	for (i = 0; i < 23; i++) {
		late = oldest(d);
		n = disruptor_poll(late);
		CHECK(n <= 4);
		for (j = 0; j < n; j++)
			CHECK_EQ(value_at(late, j), i - n + j);
		disruptor_poller_free(late);
		PUT(p, i);
	}
	disruptor_free(d);
}

static void followers_wait(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *a = POLLER(d, "a"), *b = POLLER(d, "b");
	struct disruptor_poller *c = FOLLOWER(d, "c", "a", "b");
	struct disruptor_poller *e = FOLLOWER(d, NULL, "c");
	struct disruptor_producer *p = PRODUCER(d);

	put_many(p, 0, 4);
	CHECK_EQ(disruptor_poll(c), 0);
	take_many(a, 0, 3);
	CHECK_EQ(disruptor_poll(c), 0);
	take_many(b, 0, 2);
	CHECK_EQ(disruptor_poll(c), 2);
	CHECK_EQ(disruptor_poll(e), 0);
	take_many(b, 2, 2);
	CHECK_EQ(disruptor_poll(c), 3);
	TAKE(c, 0);
	CHECK_EQ(disruptor_poll(e), 1);
	take_many(c, 1, 2);
	take_many(e, 0, 3);
	CHECK_EQ(disruptor_poll(e), 0);
	disruptor_free(d);
}

/* What the first one writes into an event, the follower reads. */
static void followers_see_changes(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *a = POLLER(d, "a");
	struct disruptor_poller *b = FOLLOWER(d, NULL, "a");
	struct disruptor_producer *p = PRODUCER(d);

	PUT(p, 21);
	CHECK_EQ(disruptor_poll(a), 1);
	*(int64_t *)disruptor_poller_event(a, 0) *= 2;
	disruptor_poller_advance(a, 1);
	TAKE(b, 42);
	disruptor_free(d);
}

static void unknown_upstream(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *a = POLLER(d, "a");

	CHECK_NULL(disruptor_poller_new_after(d, NULL,
					      DISRUPTOR_AFTER_NAMES("b")),
		   ENOENT);
	CHECK_NULL(disruptor_poller_new_after(d, "x",
					      DISRUPTOR_AFTER_NAMES("a", "b")),
		   ENOENT);
	CHECK_NULL(disruptor_poller_new_after(d, "x",
					      DISRUPTOR_AFTER_NAMES("")),
		   ENOENT);
	CHECK_EQ(disruptor_consumer_count(d), 1);
	disruptor_poller_free(a);
	disruptor_free(d);
}

/* A late follower starts at the next published, wherever its upstream is. */
static void late_followers(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *a = POLLER(d, "a"), *late;
	struct disruptor_producer *p = PRODUCER(d);

	put_many(p, 0, 4);
	TAKE(a, 0);
	late = FOLLOWER(d, NULL, "a");
	take_many(a, 1, 3);
	CHECK_EQ(disruptor_poll(late), 0);
	PUT(p, 4);
	CHECK_EQ(disruptor_poll(late), 0);
	TAKE(a, 4);
	TAKE(late, 4);
	disruptor_free(d);
}

/* When the one in the middle goes, the last follows the first. */
static void the_middle_leaves(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *a = POLLER(d, "a");
	struct disruptor_poller *b = FOLLOWER(d, "b", "a");
	struct disruptor_poller *c = FOLLOWER(d, "c", "b");
	struct disruptor_producer *p = PRODUCER(d);

	put_many(p, 0, 3);
	TAKE(a, 0);
	CHECK_EQ(disruptor_poll(c), 0);
	disruptor_poller_free(b);
	/* Its name holds its place, and so its follower. */
	CHECK_EQ(disruptor_poll(c), 0);
	CHECK_EQ(disruptor_remove_consumer(d, "b"), 0);
	CHECK_EQ(disruptor_poll(c), 1);
	TAKE(c, 0);
	CHECK_EQ(disruptor_poll(c), 0);
	take_many(a, 1, 2);
	take_many(c, 1, 2);
	put_many(p, 3, 8);
	CHECK_EQ(disruptor_poll(c), 0);
	take_many(a, 3, 8);
	take_many(c, 3, 8);
	disruptor_free(d);
}

static void the_first_leaves(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *a = POLLER(d, "a"), *b = POLLER(d, "b");
	struct disruptor_poller *c = FOLLOWER(d, NULL, "a", "b");
	struct disruptor_producer *p = PRODUCER(d);

	put_many(p, 0, 3);
	take_many(b, 0, 2);
	disruptor_poller_free(a);
	CHECK_EQ(disruptor_remove_consumer(d, "a"), 0);
	take_many(c, 0, 2);
	CHECK_EQ(disruptor_poll(c), 0);
	disruptor_poller_free(b);
	CHECK_EQ(disruptor_remove_consumer(d, "b"), 0);
	TAKE(c, 2);
	put_many(p, 3, 8);
	CHECK_NULL(disruptor_try_claim(p), EAGAIN);
	take_many(c, 3, 8);
	CHECK_EQ(disruptor_close(d), 0);
	CHECK_EQ(disruptor_poll(c), -ESHUTDOWN);
	disruptor_free(d);
}

TEST_MAIN(TEST_EACH(late_ones_start_at_the_next),
	  TEST_EACH(joining_binds_at_once),
	  TEST_MULTI(claimed_before_published_after), TEST_EACH(start_oldest),
	  TEST_EACH(start_oldest_after_laps), TEST_EACH(followers_wait),
	  TEST_EACH(followers_see_changes), TEST_EACH(unknown_upstream),
	  TEST_EACH(late_followers), TEST_EACH(the_middle_leaves),
	  TEST_EACH(the_first_leaves));
