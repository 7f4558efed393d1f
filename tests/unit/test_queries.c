/* SPDX-License-Identifier: MIT */
/* disruptor.h: how full a ring is, and how far everybody has come. */
#include <ring.h>

static bool is_multi(const struct flavour *flavour)
{
	return flavour->producer_type == DISRUPTOR_MULTI_PRODUCER;
}

/* LMAX: shouldReturnRemainingCapacity, shouldTrackRemainingCapacity */
static void remaining_capacity(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8,
				   .first_sequence = 1000);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_poller *a = POLLER(d, NULL), *b = POLLER(d, NULL);
	int64_t lap, i;

	for (lap = 0; lap < 3; lap++) {
		CHECK_EQ(disruptor_remaining_capacity(d), 8);
		for (i = 1; i <= 8; i++) {
			PUT(p, i);
			CHECK_EQ(disruptor_remaining_capacity(d), 8 - i);
		}
		/* The slowest counts. */
		take_many(a, 1, 8);
		CHECK_EQ(disruptor_remaining_capacity(d), 0);
		take_many(b, 1, 3);
		CHECK_EQ(disruptor_remaining_capacity(d), 3);
		take_many(b, 4, 5);
	}
	disruptor_free(d);
}

static void capacity_without_consumers(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_poller *poller;

	put_many(p, 0, 20);
	CHECK_EQ(disruptor_remaining_capacity(d), 8);
	CHECK(!disruptor_has_backlog(d));
	poller = POLLER(d, NULL);
	put_many(p, 20, 3);
	CHECK_EQ(disruptor_remaining_capacity(d), 5);
	disruptor_poller_free(poller);
	CHECK_EQ(disruptor_remaining_capacity(d), 8);
	CHECK(!disruptor_has_backlog(d));
	disruptor_free(d);
}

/* A name that is away holds its place, so it counts. */
static void held_places_count(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);

	disruptor_poller_free(POLLER(d, "away"));
	put_many(p, 0, 2);
	CHECK_EQ(disruptor_remaining_capacity(d), 6);
	CHECK(disruptor_has_backlog(d));
	disruptor_free(d);
}

/* Claimed and published: apart from each other while a claim is in hand. */
static void claimed_and_published(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_poller *poller = POLLER(d, NULL);

	PUT(p, 0);
	CHECK_EQ(disruptor_claimed(d), 1);
	CHECK_EQ(disruptor_claim_n(p, 3), 3);
	CHECK_EQ(disruptor_claimed(d), is_multi(flavour) ? 4 : 1);
	CHECK_EQ(disruptor_published(d), 1);
	CHECK_EQ(disruptor_remaining_capacity(d), is_multi(flavour) ? 4 : 7);
	/* What is not published is nobody's lag. */
	CHECK_EQ(disruptor_poller_lag(poller), 1);
	TAKE(poller, 0);
	CHECK_EQ(disruptor_poller_lag(poller), 0);
	CHECK(!disruptor_has_backlog(d));
	disruptor_publish(p);
	CHECK_EQ(disruptor_claimed(d), 4);
	CHECK_EQ(disruptor_published(d), 4);
	CHECK_EQ(disruptor_poller_lag(poller), 3);
	CHECK(disruptor_has_backlog(d));
	disruptor_free(d);
}

/* LMAX #203, #363: looks change nothing, also between claim and publish. */
static void looks_change_nothing(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 4);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_poller *poller = POLLER(d, NULL);
	int64_t i;

	for (i = 0; i < 12; i++) {
		int64_t *event = disruptor_claim(p);

		CHECK(event != NULL);
		CHECK_EQ(disruptor_published(d), i);
		CHECK(!disruptor_has_backlog(d));
		CHECK(disruptor_remaining_capacity(d) >= 3);
		CHECK_EQ(disruptor_poll(poller), 0);
		*event = i;
		disruptor_publish(p);
		TAKE(poller, i);
	}
	disruptor_free(d);
}

/* Lag is each consumer's own; a follower's includes what is not ready yet. */
static void lag_of_each(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_poller *a = POLLER(d, "a"), *b;

	b = FOLLOWER(d, "b", "a");
	CHECK_EQ(disruptor_poller_lag(a), 0);
	put_many(p, 0, 5);
	take_many(a, 0, 3);
	take_many(b, 0, 1);
	CHECK_EQ(disruptor_poller_lag(a), 2);
	CHECK_EQ(disruptor_poller_lag(b), 4);
	/* What is polled and not advanced over is not finished. */
	CHECK_EQ(disruptor_poll(a), 2);
	CHECK_EQ(disruptor_poller_lag(a), 2);
	take_many(a, 3, 2);
	take_many(b, 1, 4);
	CHECK_EQ(disruptor_poller_lag(b), 0);
	CHECK(!disruptor_has_backlog(d));
	disruptor_free(d);
}

static void ignore(void *context, void *event, int64_t sequence,
		   bool end_of_batch)
{
	(void)context;
	(void)event;
	(void)sequence;
	(void)end_of_batch;
}

static void lag_of_a_processor(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct disruptor_producer *p = PRODUCER(d);
	struct disruptor_processor *processor =
		disruptor_handle_events_with(d, ignore, NULL);

	CHECK_EQ(disruptor_processor_lag(processor), 0);
	put_many(p, 0, 5);
	CHECK_EQ(disruptor_processor_lag(processor), 5);
	CHECK(disruptor_has_backlog(d));
	CHECK_EQ(disruptor_start(d), 0);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK_EQ(disruptor_processor_lag(processor), 0);
	CHECK(!disruptor_has_backlog(d));
	CHECK_EQ(disruptor_remaining_capacity(d), 8);
	disruptor_free(d);
}

/* --- in motion ------------------------------------------------------------ */

struct motion {
	struct disruptor *d;
	struct disruptor_producer *producer;
	int64_t events;
	uint32_t over;
};

static void *publish_all(void *argument)
{
	struct motion *m = argument;
	int64_t i;

	for (i = 0; i < m->events; i++) {
		CHECK(disruptor_claim(m->producer) != NULL);
		disruptor_publish(m->producer);
	}
	disruptor_store_release_u32(&m->over, 1);
	return NULL;
}

/* Never out of range, while events fly; and cursors go forward. */
static void looks_in_motion(const struct flavour *flavour)
{
	struct disruptor *d = RING(flavour, .capacity = 8);
	struct motion m = { d, PRODUCER(d), scaled(1000), 0 };
	struct disruptor_processor *processor =
		disruptor_handle_events_with(d, ignore, NULL);
	int64_t claimed = 0, published = 0, look;
	pthread_t thread;

	CHECK_EQ(disruptor_start(d), 0);
	thread = thread_start(publish_all, &m);
	while (disruptor_load_acquire_u32(&m.over) == 0) {
		look = disruptor_remaining_capacity(d);
		CHECK(look >= 0);
		CHECK(look <= 8);
		look = disruptor_processor_lag(processor);
		CHECK(look >= 0);
		CHECK(look <= 8);
		look = disruptor_published(d);
		CHECK(look >= published);
		published = look;
		look = disruptor_claimed(d);
		CHECK(look >= claimed);
		CHECK(look >= published);
		claimed = look;
	}
	thread_join(thread);
	CHECK_EQ(disruptor_claimed(d), m.events);
	CHECK_EQ(disruptor_published(d), m.events);
	CHECK_EQ(disruptor_shutdown(d, DISRUPTOR_FOREVER), 0);
	CHECK(!disruptor_has_backlog(d));
	disruptor_free(d);
}

TEST_MAIN(TEST_EACH(remaining_capacity), TEST_EACH(capacity_without_consumers),
	  TEST_EACH(held_places_count), TEST_EACH(claimed_and_published),
	  TEST_EACH(looks_change_nothing), TEST_EACH(lag_of_each),
	  TEST_EACH(lag_of_a_processor), TEST_EACH(looks_in_motion));
