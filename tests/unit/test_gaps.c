/* SPDX-License-Identifier: MIT */
/* Abandoned claims: stepped over by everybody, and counted. */
#include <ring.h>

/* Gaps that the consumer of that name counted; shared rings only. */
static int64_t gaps_of(const char *consumer)
{
	struct disruptor_ring_info *info = disruptor_inspect(ring_name());
	int64_t gaps = -1;
	uint32_t i;

	CHECK(info != NULL);
	for (i = 0; i < info->consumer_count; i++)
		if (strcmp(info->consumers[i].name, consumer) == 0)
			gaps = (int64_t)info->consumers[i].gaps;
	disruptor_inspect_free(info);
	return gaps;
}

static void check_gaps(const struct flavour *flavour, const char *consumer,
		       int64_t gaps)
{
	if (flavour->shared)
		CHECK_EQ(gaps_of(consumer), gaps);
}

static void abandon(struct disruptor_producer *p, int64_t n)
{
	CHECK_EQ(disruptor_try_claim_n(p, n), n);
	disruptor_abandon(p);
}

static void stepped_over(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *poller = POLLER(d, "one");
	struct disruptor_producer *p = PRODUCER(d);

	abandon(p, 3);
	CHECK_EQ(disruptor_poll(poller), 0);
	PUT(p, 100);
	CHECK_EQ(disruptor_poll(poller), 1);
	CHECK_EQ(disruptor_poller_sequence(poller, 0), 3);
	TAKE(poller, 100);
	check_gaps(flavour, "one", 3);
	disruptor_free(d);
}

/* A batch has no gap in it: before, then after. */
static void between_events(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *poller = POLLER(d, "one");
	struct disruptor_producer *p = PRODUCER(d);

	put_many(p, 0, 2);
	abandon(p, 1);
	put_many(p, 3, 3);
	CHECK_EQ(disruptor_poll(poller), 2);
	CHECK_EQ(disruptor_poll(poller), 2);
	disruptor_poller_advance(poller, 1);
	CHECK_EQ(disruptor_poll(poller), 1);
	CHECK_EQ(value_at(poller, 0), 1);
	disruptor_poller_advance(poller, 1);
	CHECK_EQ(disruptor_poll(poller), 3);
	CHECK_EQ(disruptor_poller_sequence(poller, 0), 3);
	take_many(poller, 3, 3);
	CHECK_EQ(disruptor_poll(poller), 0);
	check_gaps(flavour, "one", 1);
	disruptor_free(d);
}

/* A gap of a producer that was overtaken by others. */
static void behind_published_events(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *poller = POLLER(d, "one");
	struct disruptor_producer *a = PRODUCER(d), *b = PRODUCER(d);

	CHECK_EQ(disruptor_claim_n(a, 2), 2);
	put_many(b, 2, 3);
	CHECK_EQ(disruptor_poll(poller), 0);
	disruptor_abandon(a);
	CHECK_EQ(disruptor_poll(poller), 3);
	CHECK_EQ(disruptor_poller_sequence(poller, 0), 2);
	take_many(poller, 2, 3);
	check_gaps(flavour, "one", 2);
	disruptor_free(d);
}

static void followers_step_too(const struct flavour *flavour)
{
	static const int64_t values[] = { 0, 1, 4, 6, 7 };
	struct disruptor *d = RING(flavour, .capacity = 16);
	struct disruptor_poller *root = POLLER(d, "root");
	struct disruptor_poller *next = FOLLOWER(d, "next", "root");
	struct disruptor_poller *last = FOLLOWER(d, "last", "next", "root");
	struct disruptor_producer *p = PRODUCER(d);
	int64_t i;

	put_many(p, 0, 2);
	abandon(p, 2);
	put_many(p, 4, 1);
	abandon(p, 1);
	put_many(p, 6, 2);
	for (i = 0; i < 5; i++)
		TAKE(root, values[i]);
	CHECK_EQ(disruptor_poll(last), 0);
	for (i = 0; i < 5; i++)
		TAKE(next, values[i]);
	for (i = 0; i < 5; i++)
		TAKE(last, values[i]);
	check_gaps(flavour, "root", 3);
	check_gaps(flavour, "next", 3);
	check_gaps(flavour, "last", 3);
	disruptor_free(d);
}

/* A follower's batch has no gap in it either. */
static void followers_batches(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *root = POLLER(d, "root");
	struct disruptor_poller *next = FOLLOWER(d, NULL, "root");
	struct disruptor_producer *p = PRODUCER(d);

	put_many(p, 0, 2);
	abandon(p, 1);
	put_many(p, 3, 2);
	take_many(root, 0, 2);
	take_many(root, 3, 2);
	CHECK_EQ(disruptor_poll(next), 2);
	disruptor_poller_advance(next, 2);
	CHECK_EQ(disruptor_poll(next), 2);
	CHECK_EQ(disruptor_poller_sequence(next, 0), 3);
	CHECK_EQ(disruptor_poll(root), 0);
	disruptor_free(d);
}

/* Gaps alone must not fill a ring: polling steps over them and makes room. */
static void nothing_but_gaps(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 2);
	struct disruptor_poller *root = POLLER(d, "root");
	struct disruptor_poller *next = FOLLOWER(d, "next", "root");
	struct disruptor_producer *p = PRODUCER(d);
	int i;

	for (i = 0; i < 20; i++) {
		abandon(p, 2);
		CHECK_NULL(disruptor_try_claim(p), EAGAIN);
		CHECK_EQ(disruptor_poll(root), 0);
		CHECK_EQ(disruptor_poll(next), 0);
	}
	check_gaps(flavour, "root", 40);
	check_gaps(flavour, "next", 40);
	PUT(p, 1);
	TAKE(root, 1);
	TAKE(next, 1);
	disruptor_free(d);
}

static void gaps_before_the_end(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *root = POLLER(d, "root");
	struct disruptor_poller *next = FOLLOWER(d, "next", "root");
	struct disruptor_producer *p = PRODUCER(d);

	PUT(p, 1);
	abandon(p, 2);
	CHECK_EQ(disruptor_close(d), 0);
	TAKE(root, 1);
	CHECK_EQ(disruptor_poll(root), -ESHUTDOWN);
	TAKE(next, 1);
	CHECK_EQ(disruptor_poll(next), -ESHUTDOWN);
	disruptor_free(d);
}

/* Gaps of an earlier lap mean nothing to this one. */
static void laps(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct disruptor_poller *poller = POLLER(d, "one");
	struct disruptor_poller *behind = FOLLOWER(d, "two", "one");
	struct disruptor_producer *p = PRODUCER(d);
	int64_t i;

	for (i = 0; i < 100; i++) {
		if (i % 3 == 1) {
			abandon(p, 1);
			continue;
		}
		PUT(p, i);
		TAKE(poller, i);
		TAKE(behind, i);
	}
	check_gaps(flavour, "one", 33);
	check_gaps(flavour, "two", 33);
	disruptor_free(d);
}

/* A consumer that joined after a gap did not step over it. */
static void before_the_join(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_poller *poller;

	abandon(p, 2);
	poller = POLLER(d, "late");
	CHECK_EQ(disruptor_poll(poller), 0);
	PUT(p, 5);
	TAKE(poller, 5);
	check_gaps(flavour, "late", 0);
	disruptor_free(d);
}

static void in_numbers(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *poller = POLLER(d, "one");
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_ring_info *info;

	abandon(p, 2);
	PUT(p, 1);
	abandon(p, 3);
	info = disruptor_inspect(ring_name());
	CHECK(info != NULL);
	CHECK_EQ(info->producer_count, 1);
	CHECK_EQ(info->producers[0].abandoned, 5);
	CHECK_EQ(info->recovered, 0);
	CHECK_EQ(info->claimed, 6);
	CHECK_EQ(info->published, 6);
	disruptor_inspect_free(info);
	TAKE(poller, 1);
	disruptor_free(d);
}

static bool shared_multi(const struct flavour *flavour)
{
	return flavour->shared && flavour_multi(flavour);
}

TEST_MAIN(TEST_MULTI(stepped_over), TEST_MULTI(between_events),
	  TEST_MULTI(behind_published_events), TEST_MULTI(followers_step_too),
	  TEST_MULTI(followers_batches), TEST_MULTI(nothing_but_gaps),
	  TEST_MULTI(gaps_before_the_end), TEST_MULTI(laps),
	  TEST_MULTI(before_the_join), TEST_SOME(in_numbers, shared_multi));
