/* SPDX-License-Identifier: MIT */
/* disruptor.h, shared_memory.h: consumers with names, and how many. */
#include <ring.h>

static void lengths(const struct flavour *flavour)
{
	char name[DISRUPTOR_CONSUMER_NAME_SIZE + 1];
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *poller;

	memset(name, 'n', sizeof(name));
	name[DISRUPTOR_CONSUMER_NAME_SIZE] = '\0';
	CHECK_NULL(disruptor_poller_new(d, name), ENAMETOOLONG);
	CHECK_EQ(disruptor_consumer_count(d), 0);
	name[DISRUPTOR_CONSUMER_NAME_SIZE - 1] = '\0';
	poller = POLLER(d, name);
	CHECK_NULL(disruptor_poller_new(d, name), EBUSY);
	disruptor_poller_free(poller);
	poller = POLLER(d, name);
	disruptor_poller_free(poller);
	CHECK_EQ(disruptor_consumer_count(d), 1);
	CHECK_EQ(disruptor_remove_consumer(d, name), 0);
	CHECK_EQ(disruptor_consumer_count(d), 0);
	disruptor_free(d);
}

static void resume(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_poller *poller = POLLER(d, "home");

	put_many(p, 0, 3);
	take_many(poller, 0, 1);
	/* Polled and not advanced over: unread. */
	CHECK_EQ(disruptor_poll(poller), 2);
	disruptor_poller_free(poller);
	CHECK_EQ(disruptor_consumer_count(d), 1);
	put_many(p, 3, 2);
	CHECK_NULL(disruptor_try_claim(p), EAGAIN);
	poller = POLLER(d, "home");
	CHECK_EQ(disruptor_poller_sequence(poller, 0), 1);
	take_many(poller, 1, 4);
	CHECK_EQ(disruptor_poll(poller), 0);
	PUT(p, 5);
	TAKE(poller, 5);
	disruptor_free(d);
}

/* A name that comes back resumes, whatever start it asks for. */
static void resume_beats_start(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_poller *poller = POLLER(d, "home");

	put_many(p, 0, 5);
	take_many(poller, 0, 2);
	disruptor_poller_free(poller);
	poller = disruptor_poller_new_opts(
		d, DISRUPTOR_POLLER_OPTIONS(.name = "home",
					    .start = DISRUPTOR_START_OLDEST));
	CHECK(poller != NULL);
	take_many(poller, 2, 3);
	disruptor_free(d);
}

/* Where a ring is attached again, a name resumes too. */
static void resume_elsewhere(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor *e = disruptor_attach(ring_name(), 0);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_poller *poller = POLLER(d, "home");

	CHECK(e != NULL);
	put_many(p, 0, 4);
	TAKE(poller, 0);
	CHECK_NULL(disruptor_poller_new(e, "home"), EBUSY);
	CHECK_ERROR(disruptor_remove_consumer(e, "home"), EBUSY);
	disruptor_free(d);
	poller = POLLER(e, "home");
	take_many(poller, 1, 3);
	disruptor_free(e);
	e = disruptor_attach(ring_name(), 0);
	CHECK(e != NULL);
	CHECK_EQ(disruptor_consumer_count(e), 1);
	CHECK_EQ(disruptor_remove_consumer(e, "home"), 0);
	CHECK_EQ(disruptor_consumer_count(e), 0);
	disruptor_free(e);
}

static void anonymous_ones_are_forgotten(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_poller *poller = POLLER(d, NULL);

	put_many(p, 0, 4);
	disruptor_poller_free(poller);
	CHECK_EQ(disruptor_consumer_count(d), 0);
	put_many(p, 4, 10);
	disruptor_free(d);
}

static void remove_consumer(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_poller *poller = POLLER(d, "home");

	CHECK_ERROR(disruptor_remove_consumer(d, "home"), EBUSY);
	CHECK_ERROR(disruptor_remove_consumer(d, "away"), ENOENT);
	put_many(p, 0, 4);
	disruptor_poller_free(poller);
	CHECK_NULL(disruptor_try_claim(p), EAGAIN);
	CHECK_EQ(disruptor_remove_consumer(d, "home"), 0);
	CHECK_ERROR(disruptor_remove_consumer(d, "home"), ENOENT);
	CHECK_EQ(disruptor_consumer_count(d), 0);
	put_many(p, 4, 8);
	/* A new one of that name begins anew. */
	poller = POLLER(d, "home");
	CHECK_EQ(disruptor_poll(poller), 0);
	PUT(p, 12);
	TAKE(poller, 12);
	disruptor_free(d);
}

static void consumers_max(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .consumers_max = 2);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_poller *a = POLLER(d, "a"), *b = POLLER(d, NULL);
	int64_t i;

	for (i = 0; i < 10; i++) {
		CHECK_NULL(disruptor_poller_new(d, NULL), EUSERS);
		CHECK_NULL(disruptor_poller_new(d, "c"), EUSERS);
		disruptor_poller_free(b);
		b = POLLER(d, NULL);
		PUT(p, i);
		TAKE(a, i);
		TAKE(b, i);
	}
	/* A name that holds its place takes one of them. */
	disruptor_poller_free(a);
	CHECK_NULL(disruptor_poller_new(d, "c"), EUSERS);
	a = POLLER(d, "a");
	disruptor_poller_free(a);
	CHECK_EQ(disruptor_remove_consumer(d, "a"), 0);
	a = POLLER(d, "c");
	CHECK_EQ(disruptor_consumer_count(d), 2);
	disruptor_free(d);
}

/* As many as the layout has room for, all of which gate. */
static void all_consumers(const struct flavour *flavour)
{
	struct disruptor *d =
		RING(flavour, .consumers_max = DISRUPTOR_CONSUMERS_LIMIT);
	struct disruptor_poller *pollers[DISRUPTOR_CONSUMERS_LIMIT];
	struct disruptor_producer *p = PRODUCER(d);
	int64_t i;

	for (i = 0; i < DISRUPTOR_CONSUMERS_LIMIT; i++)
		pollers[i] = POLLER(d, NULL);
	CHECK_NULL(disruptor_poller_new(d, NULL), EUSERS);
	put_many(p, 0, 8);
	for (i = 0; i < DISRUPTOR_CONSUMERS_LIMIT; i++) {
		CHECK_NULL(disruptor_try_claim(p), EAGAIN);
		TAKE(pollers[i], 0);
	}
	PUT(p, 8);
	disruptor_free(d);
}

static void names_are_whole(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_poller *a = POLLER(d, "abc"), *b = POLLER(d, "ab");
	struct disruptor_poller *c = POLLER(d, "abcd");

	CHECK_NULL(disruptor_poller_new_after(d, NULL,
					      DISRUPTOR_AFTER_NAMES("a")),
		   ENOENT);
	CHECK_EQ(disruptor_consumer_count(d), 3);
	disruptor_poller_free(b);
	CHECK_ERROR(disruptor_remove_consumer(d, "abc"), EBUSY);
	CHECK_EQ(disruptor_remove_consumer(d, "ab"), 0);
	disruptor_poller_free(a);
	disruptor_poller_free(c);
	disruptor_free(d);
}

TEST_MAIN(TEST_EACH(lengths), TEST_EACH(resume), TEST_EACH(resume_beats_start),
	  TEST_SHARED(resume_elsewhere),
	  TEST_EACH(anonymous_ones_are_forgotten), TEST_EACH(remove_consumer),
	  TEST_EACH(consumers_max), TEST_EACH(all_consumers),
	  TEST_EACH(names_are_whole));
